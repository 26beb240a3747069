package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link UVit}.
 *
 * @param channels channels of the functions, at least 1
 * @param transformer patches and blocks; an odd number of blocks
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("u-vit")
public record UVitConfig(
    int channels, Transformer transformer, int levelFeatures, Conditioning conditioning)
    implements NetworkConfig {

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param transformer patches and blocks; an odd number of blocks
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public UVitConfig {
    Objects.requireNonNull(transformer, "transformer");
    Objects.requireNonNull(conditioning, "conditioning");
    Layers.checkSizes(channels, levelFeatures);
    if (transformer.depth() % 2 == 0) {
      throw new IllegalArgumentException(
          "depth "
              + transformer.depth()
              + ": must be odd, as many blocks before the middle one as after it; use "
              + (transformer.depth() + 1));
    }
  }

  /**
   * One channel on 32 × 32 points: {@link Transformer#defaults}, 64 level features; 1.17 million
   * parameters.
   *
   * @return the default configuration
   */
  public static UVitConfig defaults() {
    return new UVitConfig(1, Transformer.defaults(), 64, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public UVitConfig withChannels(int value) {
    return new UVitConfig(value, transformer, levelFeatures, conditioning);
  }

  /**
   * A copy with another transformer.
   *
   * @param value patches and blocks
   * @return the copy
   */
  public UVitConfig withTransformer(Transformer value) {
    return new UVitConfig(channels, value, levelFeatures, conditioning);
  }

  /**
   * A copy with another number of level features.
   *
   * @param value features, even and at least 2
   * @return the copy
   */
  public UVitConfig withLevelFeatures(int value) {
    return new UVitConfig(channels, transformer, value, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public UVitConfig withConditioning(Conditioning value) {
    return new UVitConfig(channels, transformer, levelFeatures, value);
  }

  @Override
  public Network network() {
    return new UVit(this);
  }
}
