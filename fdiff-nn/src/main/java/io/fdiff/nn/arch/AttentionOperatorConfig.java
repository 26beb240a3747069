package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of an {@link AttentionOperator}.
 *
 * @param channels channels of the functions, at least 1
 * @param dimension axes of the domain, at least 1
 * @param width hidden channels, at least 1
 * @param layers layers, at least 1
 * @param heads parts of the hidden channels with a product of their own, a divisor of the width, at
 *     most a quarter of it
 * @param frequencies highest frequency of the positions on each axis, at least 1
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param levelWidth hidden features of the noise level, at least 1
 * @param projection hidden channels of the output map, at least 1
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("attention-operator")
public record AttentionOperatorConfig(
    int channels,
    int dimension,
    int width,
    int layers,
    int heads,
    int frequencies,
    int levelFeatures,
    int levelWidth,
    int projection,
    Conditioning conditioning)
    implements NetworkConfig {

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param dimension axes of the domain, at least 1
   * @param width hidden channels, at least 1
   * @param layers layers, at least 1
   * @param heads parts of the hidden channels with a product of their own, a divisor of the width,
   *     at most a quarter of it
   * @param frequencies highest frequency of the positions on each axis, at least 1
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param levelWidth hidden features of the noise level, at least 1
   * @param projection hidden channels of the output map, at least 1
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public AttentionOperatorConfig {
    Objects.requireNonNull(conditioning, "conditioning");
    OperatorFrame.positive("channels", channels);
    OperatorFrame.positive("dimension", dimension);
    OperatorFrame.positive("width", width);
    OperatorFrame.positive("layers", layers);
    OperatorFrame.positive("heads", heads);
    OperatorFrame.positive("frequencies", frequencies);
    OperatorFrame.positive("levelWidth", levelWidth);
    OperatorFrame.positive("projection", projection);
    OperatorFrame.evenLevelFeatures(levelFeatures);
    // Normalising two features would leave only a sign.
    if (width % heads != 0 || width < 4 * heads) {
      throw new IllegalArgumentException(
          heads
              + " heads for width "
              + width
              + ": each has equally many hidden channels, at least 4");
    }
  }

  /**
   * One channel, two dimensions, width 48, 4 layers, 4 heads, positions of frequency up to 4, 32
   * level features in a layer of 64, projection 64.
   *
   * @return the default configuration
   */
  public static AttentionOperatorConfig defaults() {
    return new AttentionOperatorConfig(1, 2, 48, 4, 4, 4, 32, 64, 64, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public AttentionOperatorConfig withChannels(int value) {
    return new AttentionOperatorConfig(
        value,
        dimension,
        width,
        layers,
        heads,
        frequencies,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another dimension.
   *
   * @param value axes of the domain, at least 1
   * @return the copy
   */
  public AttentionOperatorConfig withDimension(int value) {
    return new AttentionOperatorConfig(
        channels,
        value,
        width,
        layers,
        heads,
        frequencies,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another number of hidden channels.
   *
   * @param value width, at least 1
   * @return the copy
   */
  public AttentionOperatorConfig withWidth(int value) {
    return new AttentionOperatorConfig(
        channels,
        dimension,
        value,
        layers,
        heads,
        frequencies,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another number of layers.
   *
   * @param value layers, at least 1
   * @return the copy
   */
  public AttentionOperatorConfig withLayers(int value) {
    return new AttentionOperatorConfig(
        channels,
        dimension,
        width,
        value,
        heads,
        frequencies,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another number of heads.
   *
   * @param value heads, a divisor of the width
   * @return the copy
   */
  public AttentionOperatorConfig withHeads(int value) {
    return new AttentionOperatorConfig(
        channels,
        dimension,
        width,
        layers,
        value,
        frequencies,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another highest frequency of the positions.
   *
   * @param value frequency, at least 1
   * @return the copy
   */
  public AttentionOperatorConfig withFrequencies(int value) {
    return new AttentionOperatorConfig(
        channels,
        dimension,
        width,
        layers,
        heads,
        value,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public AttentionOperatorConfig withConditioning(Conditioning value) {
    return new AttentionOperatorConfig(
        channels,
        dimension,
        width,
        layers,
        heads,
        frequencies,
        levelFeatures,
        levelWidth,
        projection,
        value);
  }

  @Override
  public Network network() {
    return new AttentionOperator(this);
  }
}
