package io.fdiff.metrics;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.data.FunctionDataset;
import io.fdiff.kernel.CovarianceKernel;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The map {@code T} of a function-space kernel {@code k(x, y) = exp(−‖Tx − Ty‖²/(2γ²))}, from
 * {@code L²(D; R^c)} to a Hilbert space (Wynne and Duncan 2022, "SE-T kernels").
 *
 * <p>With an injective {@code T} the kernel tells all laws apart. The identity sees every mode by
 * its variance; a smoothing {@code T} weighs large scales, its inverse small ones. Features are
 * scaled so that Euclidean distances are those of the Hilbert space, and converge as the grid is
 * refined if {@code T} does. Implementations are stateless or immutable.
 */
@FunctionalInterface
public interface FeatureMap {

  /**
   * The features of all functions.
   *
   * @param x the functions. Not modified.
   * @return one row a function, all of one length, with {@code |f(x_i) − f(x_j)| = ‖Tx_i − Tx_j‖}
   */
  double[][] features(FunctionDataset x);

  /**
   * {@code Tx = x}: the norm of {@code L²(D; R^c)}.
   *
   * @return the map
   */
  static FeatureMap identity() {
    return x -> weighted(x, x.toDoubles());
  }

  /**
   * {@code Tx = (x, x²)}, the square taken at each point: sensitive to variances as well as to
   * means. Not homogeneous, so it depends on the units of the values.
   *
   * @return the map
   */
  static FeatureMap withSquares() {
    return x -> {
      double[][] first = weighted(x, x.toDoubles());
      double[] squares = x.toDoubles();
      for (int i = 0; i < squares.length; i++) {
        squares[i] *= squares[i];
      }
      double[][] second = weighted(x, squares);
      double[][] both = new double[first.length][];
      for (int b = 0; b < both.length; b++) {
        int length = first[b].length;
        both[b] = new double[2 * length];
        System.arraycopy(first[b], 0, both[b], 0, length);
        System.arraycopy(second[b], 0, both[b], length, length);
      }
      return both;
    };
  }

  /**
   * {@code T = C^{1/2}}: {@code ‖Tx‖² = ⟨Cx, x⟩}.
   *
   * @param covariance the operator {@code C}, on the grid of the functions
   * @return the map; it throws {@link IllegalArgumentException} for functions on another grid
   */
  static FeatureMap smoothed(CovarianceOperator covariance) {
    return of(covariance.grid(), covariance::applySqrt);
  }

  /**
   * {@code T = C^{−1/2}} on the range of {@code C}: {@code ‖Tx‖} is the Cameron–Martin norm {@code
   * (Σ_k x_k²/λ_k)^{1/2}}. What lies outside the range as the operator states it is not seen.
   *
   * <p>Samples of {@code N(0, C)} are not in the Cameron–Martin space: on them {@code ‖Tx‖²} is the
   * number of modes and grows with the grid. Use it for smoother functions, or for a fixed number
   * of modes.
   *
   * @param covariance the operator {@code C}, on the grid of the functions
   * @return the map; it throws {@link IllegalArgumentException} for functions on another grid
   */
  static FeatureMap cameronMartin(CovarianceOperator covariance) {
    return of(covariance.grid(), covariance::applyInverseSqrt);
  }

  /**
   * The integral operator {@code (Tx)(s) = ∫ k_0(s, t) x(t) dt} with {@code k_0(s, t) = Σ_{j<F}
   * cos(2πj(s − t)/L) · exp(−(s − t)²/(2ℓ²))}, {@code L} the length of the interval
   * ("cos-exponential", Wynne and Duncan 2022; published code differs in {@code F} and {@code ℓ},
   * so state both).
   *
   * @param grid a grid of an interval
   * @param frequencies {@code F ≥ 1}
   * @param length {@code ℓ > 0}, in units of the domain
   * @return the map; it throws {@link IllegalArgumentException} for functions on another grid
   * @throws IllegalArgumentException if the domain has several axes or an argument is out of range
   */
  static FeatureMap cosineExponential(Grid grid, int frequencies, double length) {
    if (grid.dimension() != 1) {
      throw new IllegalArgumentException(
          grid
              + " has "
              + grid.dimension()
              + " axes: this kernel is one of an interval; use smoothed");
    }
    if (!(frequencies >= 1 && length > 0 && length < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          frequencies
              + " frequencies, length "
              + length
              + ": needs at least 1 frequency and a positive, finite length");
    }
    double period = grid.domain().get(0).length();
    CovarianceKernel kernel =
        (s, t) -> {
          double d = s[0] - t[0];
          double sum = 0;
          for (int j = 0; j < frequencies; j++) {
            sum += Math.cos(2 * Math.PI * j * d / period);
          }
          return sum * Math.exp(-d * d / (2 * length * length));
        };
    return of(grid, KernelCovariance.of(grid, kernel)::apply);
  }

  /**
   * A map of arrays into functions on the same grid, with the norm of {@code L²}.
   *
   * @param grid the grid
   * @param map from {@code [n, channels, n1, …, nd]} to {@code [n, channels', n1, …, nd]}; must not
   *     modify its argument
   * @return the map; it throws {@link IllegalArgumentException} for functions on another grid, and
   *     if the image holds another number of functions
   */
  static FeatureMap of(Grid grid, UnaryOperator<INDArray> map) {
    Objects.requireNonNull(grid, "grid");
    Objects.requireNonNull(map, "map");
    return x -> {
      if (!grid.equals(x.grid())) {
        throw new IllegalArgumentException(
            "feature map on " + grid + " for " + x + ": build it on the grid of the functions");
      }
      FunctionBatch image = FunctionBatch.of(grid, map.apply(x.values()));
      if (image.batch() != x.size()) {
        throw new IllegalArgumentException(
            "a feature map took "
                + x.size()
                + " functions to "
                + image.batch()
                + ": it must keep their number, one image for each");
      }
      return weighted(x, image.toDoubles());
    };
  }

  private static double[][] weighted(FunctionDataset x, double[] values) {
    double[] w = x.grid().weights();
    double[][] rows = new double[x.size()][values.length / x.size()];
    for (int at = 0; at < values.length; at++) {
      int length = rows[0].length;
      rows[at / length][at % length] = values[at] * Math.sqrt(w[at % w.length]);
    }
    return rows;
  }
}
