package io.fdiff.nn;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * The numbers that fix an architecture; together with the weights they rebuild a network.
 *
 * <p>Implementations are records. In JSON the property {@code type} names the architecture.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public interface NetworkConfig {

  /**
   * The number of channels of the functions that enter and leave.
   *
   * @return channels, at least 1
   */
  int channels();

  /**
   * The number of sinusoidal features of the noise level, see {@link LevelFeatures}.
   *
   * @return features, even and at least 2
   */
  int levelFeatures();

  /**
   * What the network is told besides state and level.
   *
   * @return the conditioning, {@link Conditioning#NONE} for none
   */
  Conditioning conditioning();

  /**
   * The number of channels that enter: those of the functions, then those of the context.
   *
   * @return channels of {@link GraphContext#values}
   */
  default int inputChannels() {
    return channels() + conditioning().contextChannels();
  }

  /**
   * The number of features of one sample: those of the level, then those of the condition.
   *
   * @return columns of {@link GraphContext#features}
   */
  default int inputFeatures() {
    return levelFeatures() + conditioning().features();
  }

  /**
   * The network of this configuration.
   *
   * @return a network without weights
   */
  Network network();
}
