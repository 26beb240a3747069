package io.fdiff.covariance;

/** The check of a factor on a covariance. */
final class Scale {

  private Scale() {}

  static double positive(double factor) {
    if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "factor " + factor + " on a covariance operator is not positive and finite");
    }
    return factor;
  }
}
