package io.fdiff.sampler;

/** Checks of strengths of noise. */
final class Strength {

  private Strength() {}

  static double unbounded(double eta) {
    if (!(eta >= 0 && eta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "noise strength "
              + eta
              + " is not finite and at least 0: 0 is the probability flow, 1 the reverse SDE");
    }
    return eta;
  }

  static double fraction(double eta) {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException(
          "noise strength "
              + eta
              + " is not in [0, 1]: 0 is deterministic, 1 ancestral; ExponentialIntegrator takes"
              + " larger ones");
    }
    return eta;
  }
}
