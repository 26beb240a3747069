package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of an {@link AdaptedInr}.
 *
 * @param channels channels of the functions, at least 1
 * @param mlp the perceptron over the points
 * @param inner the steps on the noisy input
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param conditioning what the network is told besides state and level; no context channels where
 *     the steps are of first order
 */
@JsonTypeName("adapted-inr")
public record AdaptedInrConfig(
    int channels, CoordinateMlp mlp, InnerLoop inner, int levelFeatures, Conditioning conditioning)
    implements NetworkConfig {

  /** More weights than this are too many to copy for each sample. */
  private static final long MAX_WEIGHTS = 1 << 20;

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param mlp the perceptron over the points
   * @param inner the steps on the noisy input
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param conditioning what the network is told besides state and level; no context channels where
   *     the steps are of first order
   * @throws IllegalArgumentException if a number is out of range, or there are more than 2²⁰
   *     weights, which each sample would copy at each step
   */
  public AdaptedInrConfig {
    Objects.requireNonNull(mlp, "mlp");
    Objects.requireNonNull(inner, "inner");
    Objects.requireNonNull(conditioning, "conditioning");
    CoordinateLayers.requireSizes(channels, levelFeatures);
    CoordinateLayers.requireTrainable(inner, conditioning);
    if (mlp.layers() == 0 && conditioning.contextChannels() > 0) {
      throw new IllegalArgumentException(
          "layers 0 with "
              + conditioning.contextChannels()
              + " context channels: channels of a linear map are adapted apart, so that the context"
              + " has no effect; give at least 1 hidden layer");
    }
    long input = (long) mlp.encodedSize() + levelFeatures + conditioning.features();
    long outputs = (long) channels + conditioning.contextChannels();
    double weights = 0;
    for (int layer = 0; layer <= mlp.layers(); layer++) {
      double rows = 1.0 + (layer == 0 ? 0 : mlp.width()) + (mlp.hasInput(layer) ? input : 0);
      weights += rows * (layer == mlp.layers() ? outputs : mlp.width());
    }
    if (!(weights <= MAX_WEIGHTS)) {
      throw new IllegalArgumentException(
          String.format(
              "%.0f weights: every sample would adapt a copy of them at each step, more than %d is"
                  + " refused; use fewer or narrower layers, or a MetaInrConfig",
              weights, MAX_WEIGHTS));
    }
  }

  /**
   * One channel on an interval, 4 wavelet layers of 64, three steps at the fixed rate 0.01, 4 level
   * features.
   *
   * @return the default configuration
   */
  public static AdaptedInrConfig defaults() {
    return new AdaptedInrConfig(
        1, CoordinateMlp.wavelet(1, 64, 4), InnerLoop.defaults(), 4, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public AdaptedInrConfig withChannels(int value) {
    return new AdaptedInrConfig(value, mlp, inner, levelFeatures, conditioning);
  }

  /**
   * A copy with another perceptron.
   *
   * @param value the perceptron
   * @return the copy
   */
  public AdaptedInrConfig withMlp(CoordinateMlp value) {
    return new AdaptedInrConfig(channels, value, inner, levelFeatures, conditioning);
  }

  /**
   * A copy with other inner steps.
   *
   * @param value the steps on the noisy input
   * @return the copy
   */
  public AdaptedInrConfig withInner(InnerLoop value) {
    return new AdaptedInrConfig(channels, mlp, value, levelFeatures, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public AdaptedInrConfig withConditioning(Conditioning value) {
    return new AdaptedInrConfig(channels, mlp, inner, levelFeatures, value);
  }

  @Override
  public Network network() {
    return new AdaptedInr(this);
  }
}
