package io.fdiff.nn.arch;

import io.fdiff.nn.Initializer;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The numbers of a perceptron over the points of a domain, the function that {@link Siren}, {@link
 * MetaInr} and {@link AdaptedInr} evaluate.
 *
 * <p>A point {@code p} has its coordinates in {@code [−1, 1]} on each axis. It is encoded as {@code
 * p} and, if there are frequencies, {@code sin ω_j p_a} and {@code cos ω_j p_a} on each axis {@code
 * a}, with {@code ω_j} in geometric progression from {@code π/2} (half a wave over the domain) to
 * {@code ω_0}; a single one is {@code ω_0}.
 *
 * <p>Initial laws. Sine and wavelet: the weights of the encoded point in the first layer {@code
 * U(±1/n)} with {@code n} encoded numbers, hidden weights {@code U(±√(6/n)/ω_0)} (Sitzmann et al.
 * 2020), values, features and later copies of the point {@code U(±√(3/n)/ω_0)}, so that {@code
 * ω_0z} gets variance 1 from inputs of variance 1. Gelu and swish: normal with variance {@code 2/n}
 * behind an activation, else {@code 1/n}. Biases are 0, and the output's weights are smaller by
 * {@code 1/ω_0} (contained in the law of sines).
 *
 * @param dimension axes of the domain, at least 1
 * @param width hidden features, at least 1
 * @param layers hidden layers, at least 0; with 0 the function is linear in the encoded point
 * @param activation nonlinearity of the hidden layers
 * @param omega {@code ω_0}, positive and finite: factor within the sines, or highest frequency of
 *     the encoding
 * @param frequencies encoding frequencies of each axis, at least 0
 * @param inputInEveryLayer whether point, values and features enter all layers and the output
 *     instead of the first layer alone
 */
public record CoordinateMlp(
    int dimension,
    int width,
    int layers,
    Activation activation,
    double omega,
    int frequencies,
    boolean inputInEveryLayer) {

  private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBIC = 0.044715;
  private static final double WINDOW = 10;

  /** Nonlinearities of coordinate networks; all are smooth, so that inner gradients are. */
  public enum Activation {
    /** {@code sin ω_0z} (Sitzmann et al. 2020). */
    SINE {
      @Override
      SDVariable of(SameDiff graph, SDVariable z, double omega) {
        return graph.math().sin(z.mul(omega));
      }

      @Override
      SDVariable slope(SameDiff graph, SDVariable z, double omega) {
        return graph.math().cos(z.mul(omega)).mul(omega);
      }
    },
    /** {@code ½z(1 + tanh(√(2/π)(z + 0.044715z³)))}. */
    GELU {
      @Override
      SDVariable of(SameDiff graph, SDVariable z, double omega) {
        return Layers.gelu(graph, z);
      }

      @Override
      SDVariable slope(SameDiff graph, SDVariable z, double omega) {
        SDVariable square = graph.math().square(z);
        SDVariable inner = z.mul(square.mul(GELU_CUBIC).add(1)).mul(GELU_SCALE);
        SDVariable tanh = graph.math().tanh(inner);
        SDVariable innerSlope = square.mul(3 * GELU_CUBIC).add(1).mul(GELU_SCALE);
        SDVariable rise = graph.math().square(tanh).rsub(1).mul(innerSlope).mul(z);
        return tanh.add(1).add(rise).mul(0.5);
      }
    },
    /** {@code z/(1 + e^{−z})}. */
    SWISH {
      @Override
      SDVariable of(SameDiff graph, SDVariable z, double omega) {
        return Layers.swish(graph, z);
      }

      @Override
      SDVariable slope(SameDiff graph, SDVariable z, double omega) {
        SDVariable half = z.mul(0.5);
        SDVariable tanh = graph.math().tanh(half);
        SDVariable rise = graph.math().square(tanh).rsub(1).mul(half);
        return tanh.add(1).add(rise).mul(0.5);
      }
    },
    /** {@code sin(ω_0z) e^{−10z²}} (Franzese et al. 2023, with {@code ω_0 = 30}). */
    WAVELET {
      @Override
      SDVariable of(SameDiff graph, SDVariable z, double omega) {
        return graph.math().sin(z.mul(omega)).mul(window(graph, z));
      }

      @Override
      SDVariable slope(SameDiff graph, SDVariable z, double omega) {
        SDVariable angle = z.mul(omega);
        SDVariable wave = graph.math().cos(angle).mul(omega);
        SDVariable fall = z.mul(graph.math().sin(angle)).mul(2 * WINDOW);
        return wave.sub(fall).mul(window(graph, z));
      }

      private static SDVariable window(SameDiff graph, SDVariable z) {
        return graph.math().exp(graph.math().square(z).mul(-WINDOW));
      }
    };

    /** {@code σ(z)}. */
    abstract SDVariable of(SameDiff graph, SDVariable z, double omega);

    /** {@code σ'(z)}, in operations that can be differentiated again and do not overflow. */
    abstract SDVariable slope(SameDiff graph, SDVariable z, double omega);

    boolean oscillates() {
      return this == SINE || this == WAVELET;
    }
  }

  /**
   * Checks the numbers.
   *
   * @param dimension axes of the domain, at least 1
   * @param width hidden features, at least 1
   * @param layers hidden layers, at least 0; with 0 the function is linear in the encoded point
   * @param activation nonlinearity of the hidden layers
   * @param omega {@code ω_0}, positive and finite: factor within the sines, or highest frequency of
   *     the encoding
   * @param frequencies encoding frequencies of each axis, at least 0
   * @param inputInEveryLayer whether point, values and features enter all layers and the output
   *     instead of the first layer alone
   * @throws IllegalArgumentException if a number is out of range
   */
  public CoordinateMlp {
    Objects.requireNonNull(activation, "activation");
    if (dimension < 1 || width < 1) {
      throw new IllegalArgumentException(
          "dimension " + dimension + ", width " + width + ": each must be at least 1");
    }
    if (layers < 0 || frequencies < 0) {
      throw new IllegalArgumentException(
          "layers " + layers + ", frequencies " + frequencies + ": give 0 for none");
    }
    if (!(omega > 0 && omega < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "omega " + omega + " is not positive and finite; 30 suits sines on [−1, 1]");
    }
  }

  /**
   * Sines with {@code ω_0 = 30} (Sitzmann et al. 2020).
   *
   * @param dimension axes of the domain
   * @param width hidden features
   * @param layers hidden layers
   * @return the perceptron
   */
  public static CoordinateMlp siren(int dimension, int width, int layers) {
    return new CoordinateMlp(dimension, width, layers, Activation.SINE, 30, 0, false);
  }

  /**
   * Another activation behind Fourier features of the point (Tancik et al. 2020).
   *
   * @param dimension axes of the domain
   * @param width hidden features
   * @param layers hidden layers
   * @param activation gelu or swish
   * @param frequencies frequencies of each axis, from {@code π/2} to {@code omega}
   * @param omega highest frequency, radians by unit of {@code [−1, 1]}
   * @return the perceptron
   */
  public static CoordinateMlp fourier(
      int dimension, int width, int layers, Activation activation, int frequencies, double omega) {
    return new CoordinateMlp(dimension, width, layers, activation, omega, frequencies, false);
  }

  /**
   * Wavelets {@code sin(30z) e^{−10z²}} with the input in every layer (Franzese et al. 2023).
   *
   * @param dimension axes of the domain
   * @param width hidden features
   * @param layers hidden layers
   * @return the perceptron
   */
  public static CoordinateMlp wavelet(int dimension, int width, int layers) {
    return new CoordinateMlp(dimension, width, layers, Activation.WAVELET, 30, 0, true);
  }

  /**
   * The length of an encoded point.
   *
   * @return {@code dimension · (1 + 2 · frequencies)}
   */
  public int encodedSize() {
    return Math.multiplyExact(dimension, 1 + 2 * frequencies);
  }

  /** {@code ω_j}. */
  double frequency(int j) {
    double lowest = Math.PI / 2;
    return frequencies == 1 ? omega : lowest * Math.pow(omega / lowest, j / (frequencies - 1.0));
  }

  /** Whether a layer sees the input; the output counts as the layer after the last hidden one. */
  boolean hasInput(int layer) {
    return layer == 0 || inputInEveryLayer;
  }

  /** Law of the weights of an encoded point in a hidden layer. */
  Initializer pointLaw(int layer) {
    return layer == 0 && activation.oscillates()
        ? Initializer.uniform(1.0 / encodedSize())
        : inputLaw(encodedSize());
  }

  /** Law of the weights of {@code n} inputs of variance 1. */
  Initializer inputLaw(int n) {
    return activation.oscillates()
        ? Initializer.uniform(Math.sqrt(3.0 / n) / omega)
        : Initializer.normal(Math.sqrt(1.0 / n));
  }

  /** Law of the weights behind hidden features. */
  Initializer hiddenLaw() {
    return activation.oscillates()
        ? Initializer.uniform(Math.sqrt(6.0 / width) / omega)
        : Initializer.normal(Math.sqrt(2.0 / width));
  }

  /** Law of the output's weights of {@code n} inputs. */
  Initializer outputLaw(int n) {
    return activation.oscillates()
        ? Initializer.uniform(Math.sqrt(6.0 / n) / omega)
        : Initializer.normal(Math.sqrt(2.0 / n) / omega);
  }
}
