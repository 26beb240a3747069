package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Resampling;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y(p) = (x(p) − m_c(p))/s_c(p)} with one shift and one scale for each channel and point:
 * the mean and the standard deviation of the training functions there ("unit Gaussian normaliser"
 * of operator learning).
 *
 * <p>The constants are functions and belong to one grid; {@link #on} interpolates them linearly to
 * another one, which is meaningful where mean and deviation are continuous. Arithmetic is in double
 * precision: going there and back changes {@code x} by at most a few units of {@code 2⁻⁵³ (|x| +
 * |m|)}. Immutable and thread-safe; equal by grid and constants.
 */
public final class PointwiseNormalizer implements Normalizer {

  private final Grid grid;
  private final int channels;
  private final double[] shift;
  private final double[] scale;

  private PointwiseNormalizer(Grid grid, int channels, double[] shift, double[] scale) {
    this.grid = grid;
    this.channels = channels;
    this.shift = shift;
    this.scale = scale;
  }

  /**
   * The map with given functions.
   *
   * @param grid the grid
   * @param shift {@code [1, channels, n1, …, nd]}, FLOAT or DOUBLE, finite. Not modified.
   * @param scale same shape, positive and finite. Not modified.
   * @return the normalizer
   * @throws IllegalArgumentException if shapes do not fit or a value is out of range
   */
  public static PointwiseNormalizer of(Grid grid, INDArray shift, INDArray scale) {
    FunctionBatch m = FunctionBatch.of(grid, shift);
    FunctionBatch s = FunctionBatch.of(grid, scale);
    m.requireSameShape(s);
    if (m.batch() != 1) {
      throw new IllegalArgumentException(
          "shift of shape " + Arrays.toString(shift.shape()) + " holds more than one function");
    }
    double[] shifts = m.toDoubles();
    double[] scales = s.toDoubles();
    for (int i = 0; i < shifts.length; i++) {
      if (!(Double.isFinite(shifts[i]) && scales[i] > 0 && scales[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            place(grid, i)
                + ": shift "
                + shifts[i]
                + ", scale "
                + scales[i]
                + ": the shift must be finite, the scale positive and finite");
      }
    }
    return new PointwiseNormalizer(grid, m.channels(), shifts, scales);
  }

  /**
   * The map to mean 0 and standard deviation 1 at every point, {@code m = (1/n) Σ_b x_b} and {@code
   * s² = (1/n) Σ_b (x_b − m)²}.
   *
   * @param data functions in data units, not constant at any point
   * @return the normalizer on the grid of the data
   * @throws IllegalArgumentException if all functions agree at some point
   */
  public static PointwiseNormalizer standard(FunctionDataset data) {
    return fit(data, 0);
  }

  /**
   * As {@link #standard(FunctionDataset)}, with {@code max(s, minimumScale)} as the scale, for data
   * that are constant at some points such as the margin of images.
   *
   * @param data functions in data units
   * @param minimumScale smallest scale, data units, positive and finite
   * @return the normalizer on the grid of the data
   * @throws IllegalArgumentException if the smallest scale is out of range
   */
  public static PointwiseNormalizer standard(FunctionDataset data, double minimumScale) {
    if (!(minimumScale > 0 && minimumScale < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "smallest scale " + minimumScale + " must be positive and finite");
    }
    return fit(data, minimumScale);
  }

  private static PointwiseNormalizer fit(FunctionDataset data, double minimum) {
    double[] values = data.held();
    int n = data.size();
    int block = values.length / n;
    double[] shift = new double[block];
    double[] scale = new double[block];
    for (int i = 0; i < block; i++) {
      // Relative to one of the values, so that constant data give exactly zero.
      double origin = values[i];
      double sum = 0;
      for (int at = i; at < values.length; at += block) {
        sum += values[at] - origin;
      }
      double offset = sum / n;
      double square = 0;
      for (int at = i; at < values.length; at += block) {
        double d = values[at] - origin - offset;
        square += d * d;
      }
      shift[i] = origin + offset;
      scale[i] = Math.max(Math.sqrt(square / n), minimum);
      if (!(scale[i] > 0 && scale[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            place(data.grid(), i)
                + " has spread "
                + scale[i]
                + " around "
                + shift[i]
                + ": the scale is the spread, which must be positive and finite; give a smallest"
                + " scale or use AffineNormalizer");
      }
    }
    return new PointwiseNormalizer(data.grid(), data.channels(), shift, scale);
  }

  private static String place(Grid grid, int i) {
    return "channel " + i / grid.size() + ", point " + i % grid.size();
  }

  /**
   * The same map on another grid, its functions interpolated linearly; beyond the outermost points
   * they continue as constants.
   *
   * @param other a grid of the same domain
   * @return the normalizer there
   * @throws IllegalArgumentException if the domains differ, or this grid is scattered in more than
   *     one dimension
   */
  public PointwiseNormalizer on(Grid other) {
    Objects.requireNonNull(other, "other");
    if (other.equals(grid)) {
      return this;
    }
    return of(other, carry(shift(), other), carry(scale(), other));
  }

  private INDArray carry(INDArray function, Grid other) {
    return Resampling.linear(function, grid, other, Resampling.Extension.CONSTANT);
  }

  /**
   * The grid of the constants.
   *
   * @return the grid
   */
  public Grid grid() {
    return grid;
  }

  /**
   * The shift.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE, data units
   */
  public INDArray shift() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, shift);
  }

  /**
   * The scale.
   *
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE, data units, positive
   */
  public INDArray scale() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, scale);
  }

  @Override
  public INDArray normalize(INDArray x) {
    double[] values = values(x);
    for (int at = 0; at < values.length; at++) {
      int i = at % shift.length;
      values[at] = (values[at] - shift[i]) / scale[i];
    }
    return ChannelValues.array(x, values);
  }

  @Override
  public INDArray denormalize(INDArray y) {
    double[] values = values(y);
    for (int at = 0; at < values.length; at++) {
      int i = at % shift.length;
      values[at] = shift[i] + scale[i] * values[at];
    }
    return ChannelValues.array(y, values);
  }

  private double[] values(INDArray x) {
    FunctionBatch batch = FunctionBatch.of(grid, x);
    if (batch.channels() != channels) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(x.shape())
              + ": this normalizer has constants for "
              + channels
              + " channels on "
              + grid
              + "; give as many");
    }
    return batch.toDoubles();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PointwiseNormalizer that
        && grid.equals(that.grid)
        && Arrays.equals(shift, that.shift)
        && Arrays.equals(scale, that.scale);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * grid.hashCode() + Arrays.hashCode(shift)) + Arrays.hashCode(scale);
  }

  @Override
  public String toString() {
    return "PointwiseNormalizer[" + channels + " channels on " + grid + "]";
  }
}
