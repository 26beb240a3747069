package io.fdiff.nn.data;

import io.fdiff.space.Grid;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Functions to train on, read one at a time: from an array, or from wherever an implementation
 * keeps them.
 *
 * <p>Law: a function depends on its index alone. Read by one thread at a time.
 */
public interface TrainingData {

  /**
   * The grid of the functions.
   *
   * @return the grid
   */
  Grid grid();

  /**
   * The number of channels.
   *
   * @return channels, at least 1
   */
  int channels();

  /**
   * The number of functions.
   *
   * @return functions, at least 1
   */
  int size();

  /**
   * Reads a function.
   *
   * @param index which one, {@code 0 ≤ index < size()}
   * @param out Modified: {@code channels × points} finite values in C order, from {@code offset}
   * @param offset first index to fill
   */
  void read(int index, double[] out, int offset);

  /**
   * Functions in memory, in the type of the array: 60,000 images of 32 × 32 in FLOAT are 246 MB.
   *
   * @param grid the grid
   * @param functions {@code [functions, channels, n1, …, nd]}, FLOAT or DOUBLE; copied once
   * @return the data
   * @throws IllegalArgumentException if the shape does not fit or a value is not finite
   */
  static TrainingData of(Grid grid, INDArray functions) {
    return ArrayData.of(grid, functions);
  }
}
