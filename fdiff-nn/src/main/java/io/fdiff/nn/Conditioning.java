package io.fdiff.nn;

/**
 * What a network may be told besides state and noise level: the class of the function, other
 * functions on the same grid, and a vector of measurements.
 *
 * <p>Every architecture takes all three in the same way, see {@link GraphContext}: context
 * functions are further channels of the input, class and measurements are further features beside
 * those of the noise level. A feature that is 1 where a condition is given and 0 where it is
 * withheld tells a withheld condition (all zeros) from a condition that is zero, which is what
 * classifier-free guidance needs (Ho and Salimans 2022).
 *
 * @param classes number of classes, 0 for none
 * @param contextChannels channels of the context functions, 0 for none
 * @param measurements length of the vector of measurements, 0 for none
 */
public record Conditioning(int classes, int contextChannels, int measurements) {

  /** No condition of any kind. */
  public static final Conditioning NONE = new Conditioning(0, 0, 0);

  /**
   * Checks the numbers.
   *
   * @param classes number of classes, 0 for none
   * @param contextChannels channels of the context functions, 0 for none
   * @param measurements length of the vector of measurements, 0 for none
   * @throws IllegalArgumentException if a number is negative
   */
  public Conditioning {
    if (classes < 0 || contextChannels < 0 || measurements < 0) {
      throw new IllegalArgumentException(
          "conditioning on "
              + classes
              + " classes, "
              + contextChannels
              + " context channels, "
              + measurements
              + " measurements: give 0 for what there is not");
    }
  }

  /**
   * Classes only.
   *
   * @param count number of classes, at least 1
   * @return the conditioning
   */
  public static Conditioning onClasses(int count) {
    return new Conditioning(count, 0, 0);
  }

  /**
   * Context functions only.
   *
   * @param channels their channels, at least 1
   * @return the conditioning
   */
  public static Conditioning onFunctions(int channels) {
    return new Conditioning(0, channels, 0);
  }

  /**
   * Measurements only.
   *
   * @param count length of the vector, at least 1
   * @return the conditioning
   */
  public static Conditioning onMeasurements(int count) {
    return new Conditioning(0, 0, count);
  }

  /**
   * The number of features of a condition: one for its presence, one for each class and each
   * measurement, in this order; 0 without any condition.
   *
   * @return length of the vector of features
   */
  public int features() {
    return equals(NONE) ? 0 : 1 + classes + measurements;
  }
}
