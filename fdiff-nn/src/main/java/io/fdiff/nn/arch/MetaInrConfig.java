package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link MetaInr}.
 *
 * @param channels channels of the functions, at least 1
 * @param mlp the perceptron over the points, with at least 1 hidden layer
 * @param latent length of the latent {@code m} that gives the shifts linearly, 0 if the shifts
 *     themselves are adapted
 * @param inner the steps on the noisy input
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param conditioning what the network is told besides state and level; no context channels where
 *     the steps are of first order
 */
@JsonTypeName("meta-inr")
public record MetaInrConfig(
    int channels,
    CoordinateMlp mlp,
    int latent,
    InnerLoop inner,
    int levelFeatures,
    Conditioning conditioning)
    implements NetworkConfig {

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param mlp the perceptron over the points, with at least 1 hidden layer
   * @param latent length of the latent {@code m} that gives the shifts linearly, 0 if the shifts
   *     themselves are adapted
   * @param inner the steps on the noisy input
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param conditioning what the network is told besides state and level; no context channels where
   *     the steps are of first order
   * @throws IllegalArgumentException if a number is out of range
   */
  public MetaInrConfig {
    Objects.requireNonNull(mlp, "mlp");
    Objects.requireNonNull(inner, "inner");
    Objects.requireNonNull(conditioning, "conditioning");
    CoordinateLayers.requireSizes(channels, levelFeatures);
    CoordinateLayers.requireTrainable(inner, conditioning);
    if (mlp.layers() < 1) {
      throw new IllegalArgumentException(
          "layers 0: there are no shifts to adapt; give at least 1 hidden layer, or adapt all"
              + " weights with an AdaptedInrConfig");
    }
    if (latent < 0) {
      throw new IllegalArgumentException(
          "latent " + latent + ": give its length, or 0 to adapt the shifts themselves");
    }
  }

  /**
   * One channel, 5 hidden layers of 128 sines on an interval, latent 64, three steps with learned
   * rates, 16 level features.
   *
   * @return the default configuration
   */
  public static MetaInrConfig defaults() {
    return new MetaInrConfig(
        1,
        CoordinateMlp.siren(1, 128, 5),
        64,
        InnerLoop.defaults().withLearnedRates(),
        16,
        Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public MetaInrConfig withChannels(int value) {
    return new MetaInrConfig(value, mlp, latent, inner, levelFeatures, conditioning);
  }

  /**
   * A copy with another perceptron.
   *
   * @param value the perceptron
   * @return the copy
   */
  public MetaInrConfig withMlp(CoordinateMlp value) {
    return new MetaInrConfig(channels, value, latent, inner, levelFeatures, conditioning);
  }

  /**
   * A copy with other inner steps.
   *
   * @param value the steps on the noisy input
   * @return the copy
   */
  public MetaInrConfig withInner(InnerLoop value) {
    return new MetaInrConfig(channels, mlp, latent, value, levelFeatures, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public MetaInrConfig withConditioning(Conditioning value) {
    return new MetaInrConfig(channels, mlp, latent, inner, levelFeatures, value);
  }

  @Override
  public Network network() {
    return new MetaInr(this);
  }
}
