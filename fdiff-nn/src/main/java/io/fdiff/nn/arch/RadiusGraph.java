package io.fdiff.nn.arch;

import io.fdiff.space.Grid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The pairs of points of a grid within a radius, as dense matrices {@code [·, points · points]}:
 * pair {@code (i, j)} has column {@code iN + j}.
 */
final class RadiusGraph {

  /** Radii are often multiples of the spacing: a pair at the radius counts, despite rounding. */
  private static final double ROUNDING = 1e-9;

  private final Grid grid;
  private final double radius;
  private final boolean tapered;

  /**
   * The graph of a grid.
   *
   * @throws IllegalArgumentException if a point has no neighbour but itself
   */
  RadiusGraph(Grid grid, double radius, boolean tapered) {
    this.grid = grid;
    this.radius = radius;
    this.tapered = tapered;
    for (int i = 0; i < grid.size(); i++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int j = 0; j < grid.size(); j++) {
        nearest = j == i ? nearest : Math.min(nearest, distance(i, j));
      }
      if (!within(nearest)) {
        throw new IllegalArgumentException(
            "point "
                + i
                + " has no neighbour within the radius "
                + radius
                + ", the nearest is at "
                + nearest
                + ": give a radius of a few spacings, or more points");
      }
    }
  }

  /** Rows of {@link #features}. */
  static int features(int dimension) {
    return 2 * dimension + 2;
  }

  private boolean within(double distance) {
    return distance <= radius * (1 + ROUNDING);
  }

  private double offset(int i, int j, int axis) {
    return grid.coordinate(j, axis) - grid.coordinate(i, axis);
  }

  private double distance(int i, int j) {
    double sum = 0;
    for (int a = 0; a < grid.dimension(); a++) {
      sum += offset(i, j, a) * offset(i, j, a);
    }
    return Math.sqrt(sum);
  }

  /**
   * What the kernel sees of a pair, 0 for pairs beyond the radius: {@code (p_j − p_i)/r}, {@code
   * |p_j − p_i|/r}, {@code p_i} with each axis of the domain scaled to {@code [−1, 1]}, 1.
   *
   * @return {@code [2d + 2, points · points]}
   */
  INDArray features(DataType type) {
    int points = grid.size();
    int dimension = grid.dimension();
    int pairs = points * points;
    double[] values = new double[features(dimension) * pairs];
    for (int i = 0; i < points; i++) {
      for (int j = 0; j < points; j++) {
        double distance = distance(i, j);
        if (within(distance)) {
          int pair = i * points + j;
          for (int a = 0; a < dimension; a++) {
            values[a * pairs + pair] = offset(i, j, a) / radius;
            values[(dimension + 1 + a) * pairs + pair] =
                2 * grid.domain().get(a).toUnit(grid.coordinate(i, a)) - 1;
          }
          values[dimension * pairs + pair] = distance / radius;
          values[(2 * dimension + 1) * pairs + pair] = 1;
        }
      }
    }
    return OperatorFrame.array(type, values, features(dimension), pairs);
  }

  /**
   * {@code w_j χ(|p_j − p_i|/r)/|B_r|} with the cut-off {@code χ = 1}, or {@code (1 − s²)²} if
   * tapered, and 0 beyond the radius.
   *
   * @return {@code [1, points · points]}
   */
  INDArray weights(DataType type) {
    int points = grid.size();
    double[] w = grid.weights();
    double ball = ball(grid.dimension()) * Math.pow(radius, grid.dimension());
    double[] values = new double[points * points];
    for (int i = 0; i < points; i++) {
      for (int j = 0; j < points; j++) {
        double distance = distance(i, j);
        if (within(distance)) {
          double s = Math.min(1, distance / radius);
          double cut = tapered ? (1 - s * s) * (1 - s * s) : 1;
          values[i * points + j] = w[j] * cut / ball;
        }
      }
    }
    return OperatorFrame.array(type, values, 1, (long) points * points);
  }

  /** Measure of the unit ball: {@code V_d = 2π V_{d−2}/d}. */
  private static double ball(int dimension) {
    return switch (dimension) {
      case 0 -> 1;
      case 1 -> 2;
      default -> 2 * Math.PI / dimension * ball(dimension - 2);
    };
  }
}
