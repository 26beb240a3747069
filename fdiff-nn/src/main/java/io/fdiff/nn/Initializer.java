package io.fdiff.nn;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;

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
}
