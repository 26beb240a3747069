package io.fdiff.nn;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.NormalizedGaussianSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** The law of the initial values of a parameter. */
@FunctionalInterface
public interface Initializer {

  /**
   * Draws initial values.
   *
   * @param noise where to read random numbers; another stream for each parameter
   * @param values to be filled. Modified.
   */
  void fill(NoiseSource noise, double[] values);

  /**
   * All values 0.
   *
   * @return the initializer
   */
  static Initializer zeros() {
    return (noise, values) -> Arrays.fill(values, 0);
  }

  /**
   * Independent normals with mean 0.
   *
   * @param deviation standard deviation, positive and finite
   * @return the initializer
   * @throws IllegalArgumentException if the deviation is not positive and finite
   */
  static Initializer normal(double deviation) {
    if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "standard deviation " + deviation + " of initial values is not positive and finite");
    }
    return (noise, values) -> {
      noise.normals(0, 0, new int[] {values.length}, values, 0);
      for (int i = 0; i < values.length; i++) {
        values[i] *= deviation;
      }
    };
  }

  /**
   * All values the same.
   *
   * @param value the value, finite
   * @return the initializer
   * @throws IllegalArgumentException if the value is not finite
   */
  static Initializer constant(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("initial value " + value + " is not finite");
    }
    return (noise, values) -> Arrays.fill(values, value);
  }

  /**
   * Independent uniform values on {@code [−bound, bound)}.
   *
   * @param bound positive and finite
   * @return the initializer
   * @throws IllegalArgumentException if the bound is not positive and finite
   */
  static Initializer uniform(double bound) {
    if (!(bound > 0 && bound < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "bound " + bound + " of initial values is not positive and finite");
    }
    return (noise, values) -> {
      UniformRandomProvider generator = noise.uniform(0);
      for (int i = 0; i < values.length; i++) {
        values[i] = bound * (2 * generator.nextDouble() - 1);
      }
    };
  }

  /**
   * Independent normals with mean 0, those beyond two standard deviations drawn anew (the law that
   * transformers start from).
   *
   * @param deviation standard deviation before the truncation, positive and finite
   * @return the initializer
   * @throws IllegalArgumentException if the deviation is not positive and finite
   */
  static Initializer truncatedNormal(double deviation) {
    if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "standard deviation " + deviation + " of initial values is not positive and finite");
    }
    return (noise, values) -> {
      UniformRandomProvider generator = noise.uniform(0);
      NormalizedGaussianSampler normal = ZigguratSampler.NormalizedGaussian.of(generator);
      for (int i = 0; i < values.length; i++) {
        double z = normal.sample();
        while (!(Math.abs(z) <= 2)) {
          z = normal.sample();
        }
        values[i] = deviation * z;
      }
    };
  }
}
