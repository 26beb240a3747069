package io.fdiff.data;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = arsinh(x/s_c)} with one scale a channel, for data with heavy tails such as rainfall:
 * linear below the scale, logarithmic above it, {@code y ≈ sign(x) ln(2|x|/s)}, and defined at 0.
 *
 * <p>The inverse is {@code x = s sinh y}. Going there and back in double precision changes {@code
 * x} by at most {@code 12·2⁻⁵³ (1 + |y|) |x|}, since an error of {@code y} is one of {@code ln x};
 * in FLOAT arrays by {@code 2·2⁻²⁴ (1 + |y|) |x|}. Follow it with an {@link AffineNormalizer}
 * through {@link #then} for a range or unit variance. Immutable and thread-safe; equal by
 * constants.
 */
public final class AsinhNormalizer implements Normalizer {

  /** Above it {@code 1 + u²} is {@code u²} in double precision. */
  private static final double LARGE = 0x1p28;

  private static final double LN2 = Math.log(2);

  private final double[] scale;

  private AsinhNormalizer(double[] scale) {
    this.scale = scale;
  }

  /**
   * The map with given scales.
   *
   * @param scale {@code [channels]}, data units, positive and finite; copied
   * @return the normalizer
   * @throws IllegalArgumentException if there is no channel or a scale is out of range
   */
  public static AsinhNormalizer of(double... scale) {
    if (scale.length == 0) {
      throw new IllegalArgumentException("no scale: give one for each channel");
    }
    for (int c = 0; c < scale.length; c++) {
      if (!(scale[c] >= Double.MIN_NORMAL && scale[c] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "channel " + c + ": scale " + scale[c] + " must be positive, normal and finite");
      }
    }
    return new AsinhNormalizer(scale.clone());
  }

  /**
   * The map whose scales are the medians of the moduli {@code |x|} of each channel that are not
   * zero, over all functions and points: half of such data lie in the linear part.
   *
   * @param data functions in data units, not constant in any channel
   * @return the normalizer
   * @throws IllegalArgumentException if a channel is constant
   */
  public static AsinhNormalizer median(FunctionDataset data) {
    double[] values = data.held();
    int points = data.grid().size();
    double[] scale = new double[data.channels()];
    for (int c = 0; c < scale.length; c++) {
      double[] moduli = new double[data.size() * points];
      double first = values[c * points];
      boolean constant = true;
      int count = 0;
      for (int b = 0; b < data.size(); b++) {
        int from = (b * scale.length + c) * points;
        for (int at = from; at < from + points; at++) {
          constant &= values[at] == first;
          if (values[at] != 0) {
            moduli[count++] = Math.abs(values[at]);
          }
        }
      }
      if (constant) {
        throw new IllegalArgumentException(
            "channel "
                + c
                + " is "
                + first
                + " everywhere: the scale of a channel is a median, which tells nothing of constant"
                + " data; give scales with AsinhNormalizer.of");
      }
      Arrays.sort(moduli, 0, count);
      scale[c] = moduli[(count - 1) / 2];
    }
    return of(scale);
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
    double[] values = ChannelValues.of(x, scale.length);
    int row = values.length / (int) (x.size(0) * x.size(1));
    for (int at = 0; at < values.length; at++) {
      values[at] = arsinh(values[at] / scale[at / row % scale.length]);
    }
    return ChannelValues.array(x, values);
  }

  /**
   * {@code ln(u + √(1 + u²))} through {@code log1p}. The one of Commons Math takes the logarithm of
   * numbers near 1, and loses up to 7 units of the last place that the inverse does not return.
   */
  private static double arsinh(double x) {
    double u = Math.abs(x);
    double y = u > LARGE ? Math.log(u) + LN2 : Math.log1p(u + u * u / (1 + Math.sqrt(1 + u * u)));
    return Math.copySign(y, x);
  }

  @Override
  public INDArray denormalize(INDArray y) {
    double[] values = ChannelValues.of(y, scale.length);
    int row = values.length / (int) (y.size(0) * y.size(1));
    for (int at = 0; at < values.length; at++) {
      values[at] = scale[at / row % scale.length] * Math.sinh(values[at]);
    }
    return ChannelValues.array(y, values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AsinhNormalizer that && Arrays.equals(scale, that.scale);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(scale);
  }

  @Override
  public String toString() {
    return "AsinhNormalizer[scale " + Arrays.toString(scale) + "]";
  }
}
