package io.fdiff.data;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = (x − shift_c)/scale_c} with one shift and one scale a channel.
 *
 * <p>The constants are scalars, not functions of the point, so the map means the same on every
 * grid. Arithmetic is in double precision. Immutable and thread-safe; equal by constants.
 */
public final class AffineNormalizer implements Normalizer {

  private final double[] shift;
  private final double[] scale;

  private AffineNormalizer(double[] shift, double[] scale) {
    this.shift = shift;
    this.scale = scale;
  }

  /**
   * The map with given constants.
   *
   * @param shift {@code [channels]}, data units, finite; copied
   * @param scale {@code [channels]}, data units, positive and finite; copied
   * @return the normalizer
   * @throws IllegalArgumentException if there is no channel, lengths differ, or a constant is out
   *     of range
   */
  public static AffineNormalizer of(double[] shift, double[] scale) {
    if (shift.length == 0 || shift.length != scale.length) {
      throw new IllegalArgumentException(
          shift.length + " shifts and " + scale.length + " scales: give one of each a channel");
    }
    for (int c = 0; c < shift.length; c++) {
      if (!(Double.isFinite(shift[c]) && scale[c] > 0 && scale[c] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "channel "
                + c
                + ": shift "
                + shift[c]
                + ", scale "
                + scale[c]
                + ": the shift must be finite, the scale positive and finite");
      }
    }
    return new AffineNormalizer(shift.clone(), scale.clone());
  }

  /**
   * The map of the range of each channel onto {@code [−1, 1]}.
   *
   * @param data functions in data units, not constant in any channel
   * @return the normalizer
   * @throws IllegalArgumentException if a channel is constant
   */
  public static AffineNormalizer minMax(FunctionDataset data) {
    return minMax(data, -1, 1);
  }

  /**
   * The map of the range of each channel, over all functions and points, onto {@code [low, high]}.
   *
   * @param data functions in data units, not constant in any channel
   * @param low image of the smallest value, finite
   * @param high image of the largest value, finite, above {@code low}
   * @return the normalizer
   * @throws IllegalArgumentException if {@code low < high} is false or a channel is constant
   */
  public static AffineNormalizer minMax(FunctionDataset data, double low, double high) {
    if (!(low < high && Double.isFinite(low) && Double.isFinite(high))) {
      throw new IllegalArgumentException(
          "range [" + low + ", " + high + "]: give finite ends with low < high");
    }
    double[] values = data.held();
    int channels = data.channels();
    int points = data.grid().size();
    double[] shift = new double[channels];
    double[] scale = new double[channels];
    for (int c = 0; c < channels; c++) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int b = 0; b < data.size(); b++) {
        int from = (b * channels + c) * points;
        for (int at = from; at < from + points; at++) {
          min = Math.min(min, values[at]);
          max = Math.max(max, values[at]);
        }
      }
      scale[c] = requireSpread(c, max - min, min) / (high - low);
      shift[c] = min - low * scale[c];
    }
    return of(shift, scale);
  }

  /**
   * The map to mean 0 and standard deviation 1 of each channel, {@code shift = (1/n) Σ_b ∫ x_b/|D|}
   * and {@code scale² = (1/n) Σ_b ∫ (x_b − shift)²/|D|} by the quadrature of the grid.
   *
   * @param data functions in data units, not constant in any channel
   * @return the normalizer
   * @throws IllegalArgumentException if a channel is constant
   */
  public static AffineNormalizer standard(FunctionDataset data) {
    double[] shift = new double[data.channels()];
    double[] scale = new double[shift.length];
    double[] values = data.held();
    for (int c = 0; c < shift.length; c++) {
      // Relative to one of the values, so that constant data give exactly zero.
      double origin = values[c * data.grid().size()];
      double offset = mean(data, values, c, x -> x - origin);
      shift[c] = origin + offset;
      double variance = mean(data, values, c, x -> (x - origin - offset) * (x - origin - offset));
      scale[c] = requireSpread(c, Math.sqrt(variance), origin);
    }
    return of(shift, scale);
  }

  /** {@code (1/n) Σ_b ∫ f(x_b)/|D|} of one channel. */
  private static double mean(
      FunctionDataset data, double[] values, int channel, DoubleUnaryOperator f) {
    double[] weights = data.grid().weights();
    double sum = 0;
    double mass = 0;
    for (int b = 0; b < data.size(); b++) {
      int from = (b * data.channels() + channel) * weights.length;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * f.applyAsDouble(values[from + i]);
        mass += weights[i];
      }
    }
    return sum / mass;
  }

  private static double requireSpread(int channel, double spread, double value) {
    if (!(spread > 0 && spread < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "channel "
              + channel
              + " has spread "
              + spread
              + " around "
              + value
              + ": the scale of a channel is its spread, which must be positive and finite; give"
              + " constants with AffineNormalizer.of");
    }
    return spread;
  }

  /**
   * The shifts.
   *
   * @return a fresh array {@code [channels]}, data units
   */
  public double[] shift() {
    return shift.clone();
  }

  /**
   * The scales.
   *
   * @return a fresh array {@code [channels]}, data units, positive
   */
  public double[] scale() {
    return scale.clone();
  }

  @Override
  public INDArray normalize(INDArray x) {
    return map(x, true);
  }

  @Override
  public INDArray denormalize(INDArray y) {
    return map(y, false);
  }

  private INDArray map(INDArray x, boolean normalize) {
    double[] values = ChannelValues.of(x, shift.length);
    int row = values.length / (int) (x.size(0) * x.size(1));
    for (int at = 0; at < values.length; at++) {
      int c = at / row % shift.length;
      values[at] =
          normalize ? (values[at] - shift[c]) / scale[c] : shift[c] + scale[c] * values[at];
    }
    return ChannelValues.array(x, values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AffineNormalizer that
        && Arrays.equals(shift, that.shift)
        && Arrays.equals(scale, that.scale);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shift) + Arrays.hashCode(scale);
  }

  @Override
  public String toString() {
    return "AffineNormalizer[shift "
        + Arrays.toString(shift)
        + ", scale "
        + Arrays.toString(scale)
        + "]";
  }
}
