package io.fdiff.covariance;

import io.fdiff.space.Grid;
import java.util.Objects;

/** The checks that operators share: of factors, and of the grids they go to. */
final class Scale {

  private Scale() {}

  static double positive(double factor) {
    return positive("factor", factor);
  }

  static double positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " " + value + " on a covariance operator is not positive and finite");
    }
    return value;
  }

  /** The other grid, if it is one of the same domain. */
  static Grid sameDomain(Grid own, Grid other) {
    Objects.requireNonNull(other, "grid");
    if (!own.domain().equals(other.domain())) {
      throw new IllegalArgumentException(
          "an operator on "
              + own
              + " cannot go to "
              + other
              + ": give a grid of the same domain "
              + own.domain());
    }
    return other;
  }
}
