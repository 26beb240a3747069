package io.fdiff.kernel;

/** Euclidean distance, and the checks that kernels share. */
final class Distance {

  private Distance() {}

  static double between(double[] p, double[] q) {
    double squared = 0;
    for (int a = 0; a < p.length; a++) {
      squared += (p[a] - q[a]) * (p[a] - q[a]);
    }
    return Math.sqrt(squared);
  }

  static double norm(double[] h) {
    double squared = 0;
    for (double v : h) {
      squared += v * v;
    }
    return Math.sqrt(squared);
  }

  static void positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " " + value + " is not positive and finite");
    }
  }

  static void axes(Object kernel, int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          kernel + " is a kernel of " + expected + " axes, the points have " + found);
    }
  }
}
