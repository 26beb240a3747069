package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link Siren}.
 *
 * @param channels channels of the functions, at least 1
 * @param mlp the perceptron over the points
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("siren")
public record SirenConfig(
    int channels, CoordinateMlp mlp, int levelFeatures, Conditioning conditioning)
    implements NetworkConfig {

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param mlp the perceptron over the points
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public SirenConfig {
    Objects.requireNonNull(mlp, "mlp");
    Objects.requireNonNull(conditioning, "conditioning");
    CoordinateLayers.requireSizes(channels, levelFeatures);
  }

  /**
   * One channel, 4 hidden layers of 128 sines on an interval, 16 level features.
   *
   * @return the default configuration
   */
  public static SirenConfig defaults() {
    return new SirenConfig(1, CoordinateMlp.siren(1, 128, 4), 16, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public SirenConfig withChannels(int value) {
    return new SirenConfig(value, mlp, levelFeatures, conditioning);
  }

  /**
   * A copy with another perceptron.
   *
   * @param value the perceptron
   * @return the copy
   */
  public SirenConfig withMlp(CoordinateMlp value) {
    return new SirenConfig(channels, value, levelFeatures, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public SirenConfig withConditioning(Conditioning value) {
    return new SirenConfig(channels, mlp, levelFeatures, value);
  }

  @Override
  public Network network() {
    return new Siren(this);
  }
}
