package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link VisionTransformer}.
 *
 * @param channels channels of the functions, at least 1
 * @param transformer patches and blocks
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("vision-transformer")
public record VisionTransformerConfig(
    int channels, Transformer transformer, int levelFeatures, Conditioning conditioning)
    implements NetworkConfig {

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param transformer patches and blocks
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public VisionTransformerConfig {
    Objects.requireNonNull(transformer, "transformer");
    Objects.requireNonNull(conditioning, "conditioning");
    Layers.checkSizes(channels, levelFeatures);
  }

  /**
   * One channel on 32 × 32 points: {@link Transformer#defaults}, 64 level features; 1.1 million
   * parameters.
   *
   * @return the default configuration
   */
  public static VisionTransformerConfig defaults() {
    return new VisionTransformerConfig(1, Transformer.defaults(), 64, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public VisionTransformerConfig withChannels(int value) {
    return new VisionTransformerConfig(value, transformer, levelFeatures, conditioning);
  }

  /**
   * A copy with another transformer.
   *
   * @param value patches and blocks
   * @return the copy
   */
  public VisionTransformerConfig withTransformer(Transformer value) {
    return new VisionTransformerConfig(channels, value, levelFeatures, conditioning);
  }

  /**
   * A copy with another number of level features.
   *
   * @param value features, even and at least 2
   * @return the copy
   */
  public VisionTransformerConfig withLevelFeatures(int value) {
    return new VisionTransformerConfig(channels, transformer, value, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public VisionTransformerConfig withConditioning(Conditioning value) {
    return new VisionTransformerConfig(channels, transformer, levelFeatures, value);
  }

  @Override
  public Network network() {
    return new VisionTransformer(this);
  }
}
