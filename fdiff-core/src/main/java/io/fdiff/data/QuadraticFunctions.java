package io.fdiff.data;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import java.util.List;

/**
 * Random parabolas {@code f(p) = S α p² + σ E} with a fair sign {@code S = ±1} and an independent
 * {@code E ~ N(0, 1)} that shifts the whole curve: mean 0, covariance {@code α² p² q² + σ²}. The
 * law is a mixture of two Gaussian measures and not Gaussian.
 *
 * <p>{@code S} is read from the uniforms of a sample, {@code E} from its normals, so that the
 * parabola is the same on every grid. Immutable and thread-safe.
 *
 * @param grid a grid of an interval
 * @param amplitude {@code α}
 * @param offsetDeviation {@code σ}
 */
public record QuadraticFunctions(Grid grid, double amplitude, double offsetDeviation)
    implements FunctionGenerator {

  private static final Interval HDM_DOMAIN = new Interval(-10, 10);

  /** HDM divides the values by it. */
  private static final double HDM_SCALE = 50;

  /**
   * Checks the constants.
   *
   * @param grid a grid of an interval
   * @param amplitude finite
   * @param offsetDeviation finite, at least 0
   * @throws IllegalArgumentException if the grid has more than one axis or a constant is out of
   *     range
   */
  public QuadraticFunctions {
    LinearFunctions.requireInterval(grid);
    LinearFunctions.requireMean("amplitude", amplitude);
    LinearFunctions.requireDeviation("deviation of the offset", offsetDeviation);
  }

  /**
   * The set "Quadratic" of Lim et al. 2023 (Hilbert diffusion models): {@code (±p² + E)/50} on
   * {@code [−10, 10]}, where they take 1000 curves at 100 equispaced nodes.
   *
   * @param grid a grid of {@code [−10, 10]}
   * @return the generator with {@code α = σ = 1/50}
   * @throws IllegalArgumentException if the domain is not {@code [−10, 10]}
   */
  public static QuadraticFunctions hdm(Grid grid) {
    if (!grid.domain().equals(List.of(HDM_DOMAIN))) {
      throw new IllegalArgumentException(
          "domain " + grid.domain() + ": the set is defined on [-10, 10]; give a grid of it");
    }
    return new QuadraticFunctions(grid, 1 / HDM_SCALE, 1 / HDM_SCALE);
  }

  @Override
  public FunctionDataset generate(NoiseSource noise, int n) {
    int points = grid.size();
    double[] values = new double[LinearFunctions.length(grid, n)];
    double[] z = new double[1];
    for (int b = 0; b < n; b++) {
      noise.normals(b, 0, new int[] {1}, z, 0);
      double signed = noise.uniform(b).nextBoolean() ? amplitude : -amplitude;
      for (int i = 0; i < points; i++) {
        double p = grid.coordinate(i, 0);
        values[b * points + i] = signed * p * p + offsetDeviation * z[0];
      }
    }
    return FunctionDataset.owning(grid, 1, values);
  }
}
