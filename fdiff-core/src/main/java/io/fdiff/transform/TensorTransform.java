package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.stream.IntStream;

/**
 * Fast transform on a regular grid: one-dimensional transforms along each axis in many lanes at
 * once, blocks of the batch in parallel.
 *
 * <p>{@code O(N log N)} a function. Each function has the bits that it has alone. In single
 * precision the error relative to the largest value is about {@code 1e-6}.
 */
final class TensorTransform implements SpectralTransform {

  /** Below this many values the threads cost more than they bring. */
  private static final int PARALLEL_VALUES = 1 << 14;

  private final Basis basis;
  private final RegularGrid grid;
  private final LaneTransform kernel;

  /**
   * The transform of a basis on a grid.
   *
   * @throws IllegalArgumentException if the basis is not orthonormal on the layout of the grid
   */
  TensorTransform(Basis basis, RegularGrid grid) {
    this.basis = basis;
    this.grid = grid;
    int[] shape = grid.shape();
    LineTransform[] lines = new LineTransform[shape.length];
    for (int a = 0; a < shape.length; a++) {
      double length = grid.domain().get(a).length();
      lines[a] = LineTransform.of(basis, grid.layout(), shape[a], length);
    }
    this.kernel = new LaneTransform(shape, lines);
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public Basis basis() {
    return basis;
  }

  @Override
  public int[] modeShape() {
    return grid.shape();
  }

  @Override
  public void forward(double[] values, double[] coefficients, int rows) {
    transform(DoubleLanes.INSTANCE, true, values, coefficients, rows);
  }

  @Override
  public void inverse(double[] coefficients, double[] values, int rows) {
    transform(DoubleLanes.INSTANCE, false, coefficients, values, rows);
  }

  @Override
  public void forward(float[] values, float[] coefficients, int rows) {
    transform(FloatLanes.INSTANCE, true, values, coefficients, rows);
  }

  @Override
  public void inverse(float[] coefficients, float[] values, int rows) {
    transform(FloatLanes.INSTANCE, false, coefficients, values, rows);
  }

  @Override
  public void inverseBlock(double[] coefficients, double[] values, int rows) {
    kernel.inverse(DoubleLanes.INSTANCE, coefficients, 0, values, 0, rows);
  }

  @Override
  public void inverseBlock(float[] coefficients, float[] values, int rows) {
    kernel.inverse(FloatLanes.INSTANCE, coefficients, 0, values, 0, rows);
  }

  @Override
  public void inverseBlock(double[][] coefficients, double[] values, int rows, int[] corner) {
    kernel.corner(DoubleLanes.INSTANCE, coefficients, values, rows, corner);
  }

  @Override
  public void inverseBlock(float[][] coefficients, float[] values, int rows, int[] corner) {
    kernel.corner(FloatLanes.INSTANCE, coefficients, values, rows, corner);
  }

  private <A> void transform(Lanes<A> lanes, boolean forward, A in, A out, int rows) {
    int n = grid.size();
    int each = blockRows(rows);
    int blocks = (rows + each - 1) / each;
    IntStream range = IntStream.range(0, blocks);
    if (blocks > 1 && (long) rows * n >= PARALLEL_VALUES) {
      range = range.parallel();
    }
    range.forEach(
        block -> {
          int from = block * each;
          int count = Math.min(each, rows - from);
          if (forward) {
            kernel.forward(lanes, in, from * n, out, from * n, count);
          } else {
            kernel.inverse(lanes, in, from * n, out, from * n, count);
          }
        });
  }
}
