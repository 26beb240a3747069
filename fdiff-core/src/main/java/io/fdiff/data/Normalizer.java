package io.fdiff.data;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An invertible scaling of function values to the range that a network is trained in.
 *
 * <p>Law: {@code denormalize(normalize(x)) = x} up to rounding. A normalizer acts on values point
 * by point and in the same way on every grid. Implementations are immutable and thread-safe.
 */
public interface Normalizer {

  /**
   * Data units to network units.
   *
   * @param x {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shape or type do not fit
   */
  INDArray normalize(INDArray x);

  /**
   * Network units to data units.
   *
   * @param y {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shape or type do not fit
   */
  INDArray denormalize(INDArray y);

  /**
   * A data set in network units.
   *
   * @param data functions in data units
   * @return the same functions on the same grid, scaled
   * @throws IllegalArgumentException if the number of channels does not fit
   */
  default FunctionDataset normalize(FunctionDataset data) {
    return data.withValues(normalize(data.values()));
  }
}
