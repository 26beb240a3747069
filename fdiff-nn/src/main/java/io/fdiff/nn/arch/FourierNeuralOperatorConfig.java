package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The numbers of a {@link FourierNeuralOperator}.
 *
 * @param channels channels of the functions, at least 1
 * @param width hidden channels, at least 1
 * @param layers Fourier layers, at least 1
 * @param modes highest frequency {@code M_a} of the spectral products on each axis of the domain,
 *     each at least 1; an axis needs more than {@code 2M_a} points
 * @param basis basis of the spectral products on each axis: {@code FOURIER}, or another one with
 *     its {@code M_a + 1} lowest functions
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
    List<Integer> modes,
    Basis basis,
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
   * @param modes highest frequency {@code M_a} of the spectral products on each axis of the domain,
   *     each at least 1; an axis needs more than {@code 2M_a} points
   * @param basis basis of the spectral products on each axis: {@code FOURIER}, or another one with
   *     its {@code M_a + 1} lowest functions
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param levelWidth hidden features of the noise level, at least 1
   * @param projection hidden channels of the output map, at least 1
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public FourierNeuralOperatorConfig {
    Objects.requireNonNull(conditioning, "conditioning");
    Objects.requireNonNull(basis, "basis");
    modes = List.copyOf(modes);
    OperatorFrame.positive("channels", channels);
    OperatorFrame.positive("width", width);
    OperatorFrame.positive("layers", layers);
    OperatorFrame.positive("levelWidth", levelWidth);
    OperatorFrame.positive("projection", projection);
    OperatorFrame.evenLevelFeatures(levelFeatures);
    if (modes.isEmpty() || modes.stream().anyMatch(m -> m < 1)) {
      throw new IllegalArgumentException(
          "modes " + modes + ": give one number for each axis of the domain, at least 1");
    }
    // In double, which no number of modes overflows.
    double weights = (double) width * width;
    for (int m : modes) {
      weights *= 2.0 * m + 1;
    }
    if (weights > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "modes " + modes + " of width " + width + ": more than 2^31 weights a layer; use fewer");
    }
  }

  /**
   * The numbers of an operator in one dimension with the Fourier basis.
   *
   * @param channels channels of the functions, at least 1
   * @param width hidden channels, at least 1
   * @param layers Fourier layers, at least 1
   * @param modes highest frequency {@code M} of the spectral products, at least 1
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param levelWidth hidden features of the noise level, at least 1
   * @param projection hidden channels of the output map, at least 1
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public FourierNeuralOperatorConfig(
      int channels,
      int width,
      int layers,
      int modes,
      int levelFeatures,
      int levelWidth,
      int projection,
      Conditioning conditioning) {
    this(
        channels,
        width,
        layers,
        List.of(modes),
        Basis.FOURIER,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * One channel, one dimension, width 48, 4 layers, 16 modes, 32 level features in a layer of 64,
   * projection 64.
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
        value, width, layers, modes, basis, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with another number of hidden channels.
   *
   * @param value width, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withWidth(int value) {
    return new FourierNeuralOperatorConfig(
        channels, value, layers, modes, basis, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with another number of layers.
   *
   * @param value layers, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withLayers(int value) {
    return new FourierNeuralOperatorConfig(
        channels, width, value, modes, basis, levelFeatures, levelWidth, projection, conditioning);
  }

  /**
   * A copy with other highest frequencies, and so perhaps in another dimension.
   *
   * @param values modes of each axis, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withModes(int... values) {
    return new FourierNeuralOperatorConfig(
        channels,
        width,
        layers,
        Arrays.stream(values).boxed().toList(),
        basis,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another basis.
   *
   * @param value basis on each axis
   * @return the copy
   */
  public FourierNeuralOperatorConfig withBasis(Basis value) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, modes, value, levelFeatures, levelWidth, projection, conditioning);
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
        channels, width, layers, modes, basis, features, hidden, projection, conditioning);
  }

  /**
   * A copy with another number of hidden channels of the output map.
   *
   * @param value projection, at least 1
   * @return the copy
   */
  public FourierNeuralOperatorConfig withProjection(int value) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, modes, basis, levelFeatures, levelWidth, value, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public FourierNeuralOperatorConfig withConditioning(Conditioning value) {
    return new FourierNeuralOperatorConfig(
        channels, width, layers, modes, basis, levelFeatures, levelWidth, projection, value);
  }

  @Override
  public Network network() {
    return new FourierNeuralOperator(this);
  }
}
