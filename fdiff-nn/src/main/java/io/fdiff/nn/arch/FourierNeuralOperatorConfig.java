package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link FourierNeuralOperator}.
 *
 * @param channels channels of the functions, at least 1
 * @param width hidden channels, at least 1
 * @param layers Fourier layers, at least 1
 * @param modes highest frequency {@code M} of the spectral products, at least 1; a grid needs more
 *     than {@code 2M} points
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param levelWidth hidden features of the noise level, at least 1
 * @param projection hidden channels of the output map, at least 1
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("fourier-neural-operator")
public record FourierNeuralOperatorConfig(
    int channels,
    int width,
    int layers,
    int modes,
    int levelFeatures,
    int levelWidth,
    int projection,
    Conditioning conditioning)
    implements NetworkConfig {

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param width hidden channels, at least 1
   * @param layers Fourier layers, at least 1
   * @param modes highest frequency {@code M} of the spectral products, at least 1; a grid needs
   *     more than {@code 2M} points
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param levelWidth hidden features of the noise level, at least 1
   * @param projection hidden channels of the output map, at least 1
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public FourierNeuralOperatorConfig {
    Objects.requireNonNull(conditioning, "conditioning");
    positive("channels", channels);
    positive("width", width);
    positive("layers", layers);
    positive("modes", modes);
    positive("levelWidth", levelWidth);
    positive("projection", projection);
    if (levelFeatures < 2 || levelFeatures % 2 != 0) {
      throw new IllegalArgumentException(
          "levelFeatures " + levelFeatures + ": must be even and at least 2");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": must be at least 1");
    }
  }

  /**
   * One channel, width 48, 4 layers, 16 modes, 32 level features in a layer of 64, projection 64.
   *
   * @return the default configuration
   */
  public static FourierNeuralOperatorConfig defaults() {
    return new FourierNeuralOperatorConfig(1, 48, 4, 16, 32, 64, 64, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withChannels(int value) {
    return new FourierNeuralOperatorConfig(
        value, width, layers, modes, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with another number of hidden channels.
   *
   * @param value width, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withWidth(int value) {
    return new FourierNeuralOperatorConfig(
        channels, value, layers, modes, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with another number of layers.
   *
   * @param value layers, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withLayers(int value) {
    return new FourierNeuralOperatorConfig(
        channels, width, value, modes, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with another highest frequency.
   *
   * @param value modes, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withModes(int value) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, value, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with other sizes of the noise level's path.
   *
   * @param features sinusoidal features, even and at least 2
   * @param hidden hidden features, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withLevel(int features, int hidden) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, modes, features, hidden, projection, conditioning);
  }

  /**
   * A copy with another number of hidden channels of the output map.
   *
   * @param value projection, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withProjection(int value) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, modes, levelFeatures, levelWidth, value, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public FourierNeuralOperatorConfig withConditioning(Conditioning value) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, modes, levelFeatures, levelWidth, projection, value);
  }

  @Override
  public Network network() {
    return new FourierNeuralOperator(this);
  }
}
