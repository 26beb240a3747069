package io.fdiff.flow;

/** The coefficients of an explicit Runge–Kutta method. */
final class Tableau {

  /** Order 2, the trapezoidal rule with an Euler prediction. */
  static final Tableau HEUN =
      new Tableau(
          "Heun",
          new double[] {0, 1},
          new double[][] {{}, {1}},
          new double[] {0.5, 0.5},
          new double[2]);

  /** Order 4, Kutta 1901. */
  static final Tableau CLASSICAL =
      new Tableau(
          "Runge–Kutta 4",
          new double[] {0, 0.5, 0.5, 1},
          new double[][] {{}, {0.5}, {0, 0.5}, {0, 0, 1}},
          new double[] {1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0},
          new double[4]);

  /** Order 5 with an error of order 4, first same as last (Dormand and Prince 1980, RK5(4)7M). */
  static final Tableau DORMAND_PRINCE =
      new Tableau(
          "Dormand–Prince 5(4)",
          new double[] {0, 1 / 5.0, 3 / 10.0, 4 / 5.0, 8 / 9.0, 1, 1},
          new double[][] {
            {},
            {1 / 5.0},
            {3 / 40.0, 9 / 40.0},
            {44 / 45.0, -56 / 15.0, 32 / 9.0},
            {19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0},
            {9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0},
            {35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0}
          },
          new double[] {35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0, 0},
          new double[] {
            71 / 57600.0, 0, -71 / 16695.0, 71 / 1920.0, -17253 / 339200.0, 22 / 525.0, -1 / 40.0
          });

  private final String title;
  private final double[] nodes;
  private final double[][] rows;
  private final double[] weights;
  private final double[] errorWeights;

  private Tableau(
      String title, double[] nodes, double[][] rows, double[] weights, double[] errorWeights) {
    this.title = title;
    this.nodes = nodes;
    this.rows = rows;
    this.weights = weights;
    this.errorWeights = errorWeights;
  }

  int stages() {
    return nodes.length;
  }

  double node(int stage) {
    return nodes[stage];
  }

  /** The increment of the state at a stage, per unit of step, of component i. */
  double inner(int stage, double[][] k, int i) {
    return sum(rows[stage], k, i);
  }

  /** The increment of the step, per unit of step. */
  double increment(double[][] k, int i) {
    return sum(weights, k, i);
  }

  /** The difference of the two orders, per unit of step. */
  double error(double[][] k, int i) {
    return sum(errorWeights, k, i);
  }

  private static double sum(double[] factors, double[][] k, int i) {
    double sum = 0;
    for (int stage = 0; stage < factors.length; stage++) {
      sum += factors[stage] * k[stage][i];
    }
    return sum;
  }

  @Override
  public String toString() {
    return title;
  }
}
