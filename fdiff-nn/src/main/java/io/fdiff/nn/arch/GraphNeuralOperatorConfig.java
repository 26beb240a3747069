package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link GraphNeuralOperator}.
 *
 * @param channels channels of the functions, at least 1
 * @param dimension axes of the domain, at least 1
 * @param width hidden channels, at least 1
 * @param layers layers, at least 1
 * @param radius radius {@code r} of the kernels in units of the domain, positive and finite
 * @param tapered whether kernels fall to 0 at the radius by the factor {@code (1 − s²)²}, {@code s
 *     = |p − p'|/r}; else they are cut off
 * @param kernels scalar kernels a layer, a divisor of the width
 * @param kernelWidth hidden features of the perceptron that gives the kernels, at least 1
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param levelWidth hidden features of the noise level, at least 1
 * @param projection hidden channels of the output map, at least 1
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("graph-neural-operator")
public record GraphNeuralOperatorConfig(
    int channels,
    int dimension,
    int width,
    int layers,
    double radius,
    boolean tapered,
    int kernels,
    int kernelWidth,
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
   * @param radius radius {@code r} of the kernels in units of the domain, positive and finite
   * @param tapered whether kernels fall to 0 at the radius by the factor {@code (1 − s²)²}, {@code
   *     s = |p − p'|/r}; else they are cut off
   * @param kernels scalar kernels a layer, a divisor of the width
   * @param kernelWidth hidden features of the perceptron that gives the kernels, at least 1
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param levelWidth hidden features of the noise level, at least 1
   * @param projection hidden channels of the output map, at least 1
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public GraphNeuralOperatorConfig {
    Objects.requireNonNull(conditioning, "conditioning");
    OperatorFrame.positive("channels", channels);
    OperatorFrame.positive("dimension", dimension);
    OperatorFrame.positive("width", width);
    OperatorFrame.positive("layers", layers);
    OperatorFrame.positive("kernels", kernels);
    OperatorFrame.positive("kernelWidth", kernelWidth);
    OperatorFrame.positive("levelWidth", levelWidth);
    OperatorFrame.positive("projection", projection);
    OperatorFrame.evenLevelFeatures(levelFeatures);
    if (!(radius > 0 && radius < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "radius "
              + radius
              + " is not positive and finite: give one in units of the domain, a few spacings of"
              + " the coarsest grid");
    }
    if (width % kernels != 0) {
      throw new IllegalArgumentException(
          kernels
              + " kernels for width "
              + width
              + ": each acts on equally many hidden channels, so their number divides the width");
    }
  }

  /**
   * One channel, two dimensions, width 32, 4 layers, radius 0.15, tapered, 8 kernels from 16
   * features, 32 level features in a layer of 64, projection 64.
   *
   * @return the default configuration
   */
  public static GraphNeuralOperatorConfig defaults() {
    return new GraphNeuralOperatorConfig(
        1, 2, 32, 4, 0.15, true, 8, 16, 32, 64, 64, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public GraphNeuralOperatorConfig withChannels(int value) {
    return new GraphNeuralOperatorConfig(
        value,
        dimension,
        width,
        layers,
        radius,
        tapered,
        kernels,
        kernelWidth,
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
  public GraphNeuralOperatorConfig withDimension(int value) {
    return new GraphNeuralOperatorConfig(
        channels,
        value,
        width,
        layers,
        radius,
        tapered,
        kernels,
        kernelWidth,
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
  public GraphNeuralOperatorConfig withWidth(int value) {
    return new GraphNeuralOperatorConfig(
        channels,
        dimension,
        value,
        layers,
        radius,
        tapered,
        kernels,
        kernelWidth,
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
  public GraphNeuralOperatorConfig withLayers(int value) {
    return new GraphNeuralOperatorConfig(
        channels,
        dimension,
        width,
        value,
        radius,
        tapered,
        kernels,
        kernelWidth,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another radius.
   *
   * @param value radius in units of the domain, positive and finite
   * @return the copy
   */
  public GraphNeuralOperatorConfig withRadius(double value) {
    return new GraphNeuralOperatorConfig(
        channels,
        dimension,
        width,
        layers,
        value,
        tapered,
        kernels,
        kernelWidth,
        levelFeatures,
        levelWidth,
        projection,
        conditioning);
  }

  /**
   * A copy with another number of scalar kernels.
   *
   * @param value kernels, a divisor of the width
   * @return the copy
   */
  public GraphNeuralOperatorConfig withKernels(int value) {
    return new GraphNeuralOperatorConfig(
        channels,
        dimension,
        width,
        layers,
        radius,
        tapered,
        value,
        kernelWidth,
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
  public GraphNeuralOperatorConfig withConditioning(Conditioning value) {
    return new GraphNeuralOperatorConfig(
        channels,
        dimension,
        width,
        layers,
        radius,
        tapered,
        kernels,
        kernelWidth,
        levelFeatures,
        levelWidth,
        projection,
        value);
  }

  @Override
  public Network network() {
    return new GraphNeuralOperator(this);
  }
}
