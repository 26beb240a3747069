package io.fdiff.nn.data;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.apache.commons.rng.UniformRandomProvider;

/** The reflection of an axis in its middle. */
record Flip(int axis) implements Augmentation {

  Flip {
    if (axis < 0) {
      throw new IllegalArgumentException("axis " + axis + " is negative: axes count from 0");
    }
  }

  @Override
  public void apply(Grid grid, int channels, double[] values, UniformRandomProvider random) {
    if (!(grid instanceof RegularGrid regular) || axis >= grid.dimension()) {
      throw new IllegalArgumentException(
          "reflection of axis " + axis + " of " + grid + ": give an axis of a regular grid");
    }
    int[] shape = regular.shape();
    int n = shape[axis];
    int inner = 1;
    for (int a = axis + 1; a < shape.length; a++) {
      inner *= shape[a];
    }
    // The reflection of the periodic node 0 is node 0.
    int first = regular.layout() == RegularGrid.Layout.PERIODIC ? 1 : 0;
    for (int block = 0; block < values.length; block += n * inner) {
      for (int i = first, j = n - 1; i < j; i++, j--) {
        for (int k = 0; k < inner; k++) {
          double kept = values[block + i * inner + k];
          values[block + i * inner + k] = values[block + j * inner + k];
          values[block + j * inner + k] = kept;
        }
      }
    }
  }
}
