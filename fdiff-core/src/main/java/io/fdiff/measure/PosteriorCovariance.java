package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.PointSet;
import io.fdiff.transform.Resampling;
import io.fdiff.transform.SpectralTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code C − G A C = C − VᵀV W}, {@code V = L⁻¹(K Aᵀ)ᵀ}, {@code LLᵀ = A K Aᵀ + R}, of a law
 * conditioned on observations.
 *
 * <p>{@code apply} costs that of {@code C} and {@code m} products of length {@code N}; roots and
 * inverses take the dense matrix and its eigenpairs once; samples are Matheron's, {@code X − G(AX +
 * n)}. Eigenvalues up to {@code 1e-13} of the largest one of the prior (a bound: its trace) are
 * round-off of the difference and outside the range.
 */
final class PosteriorCovariance implements CovarianceOperator {

  private static final double RANGE_TOLERANCE = 1e-13;

  private final GaussianSystem system;
  private final CovarianceOperator prior; // on this grid
  private final double[][] rows; // (K Aᵀ)ᵀ, [m][points of this grid]
  private final double[][] whitened; // V, [m][points of this grid]
  private final double scale;
  private final double[] weights;
  private volatile @Nullable EigenDecomposition eigenpairs;

  PosteriorCovariance(
      GaussianSystem system, CovarianceOperator prior, double[][] rows, double scale) {
    this.system = system;
    this.prior = prior;
    this.rows = rows;
    this.whitened = system.whiten(rows);
    this.scale = scale;
    this.weights = prior.grid().weights();
  }

  /** {@code (K Aᵀ)ᵀ} on this grid. */
  double[][] rows() {
    return rows;
  }

  /** The prior on this grid. */
  CovarianceOperator prior() {
    return prior;
  }

  @Override
  public Grid grid() {
    return prior.grid();
  }

  @Override
  public INDArray apply(INDArray x) {
    double[] priorImage = FunctionBatch.of(grid(), prior.apply(widen(x))).toDoubles();
    int n = weights.length;
    return FunctionBatch.of(grid(), x)
        .map(
            (in, out, count) -> {
              for (int row = 0; row < count; row++) {
                int from = row * n;
                System.arraycopy(priorImage, from, out, from, n);
                for (double[] v : whitened) {
                  double product = 0;
                  for (int i = 0; i < n; i++) {
                    product += v[i] * weights[i] * in[from + i];
                  }
                  for (int i = 0; i < n; i++) {
                    out[from + i] -= product * v[i];
                  }
                }
                for (int i = 0; i < n; i++) {
                  out[from + i] *= scale;
                }
              }
            });
  }

  /** The difference cancels digits, so both terms are held in double. */
  private INDArray widen(INDArray x) {
    FunctionBatch.of(grid(), x);
    return x.castTo(DataType.DOUBLE);
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return exponent == 1 ? apply(x) : power(x, exponent);
  }

  private INDArray power(INDArray x, double exponent) {
    FunctionBatch batch = FunctionBatch.of(grid(), x);
    EigenDecomposition eigen = eigenpairs();
    double[][] u = eigen.getV().getData();
    double smallest = RANGE_TOLERANCE * scale * prior.trace();
    double[] factors =
        Arrays.stream(eigen.getRealEigenvalues())
            .map(value -> value > smallest ? Math.pow(value, exponent) : 0)
            .toArray();
    int n = weights.length;
    return batch.map(
        (in, out, count) -> {
          for (int row = 0; row < count; row++) {
            double[] c = new double[n];
            for (int i = 0; i < n; i++) {
              double value = in[row * n + i] * Math.sqrt(weights[i]);
              for (int k = 0; k < n; k++) {
                c[k] += u[i][k] * value;
              }
            }
            for (int i = 0; i < n; i++) {
              double sum = 0;
              for (int k = 0; k < n; k++) {
                sum += u[i][k] * factors[k] * c[k];
              }
              out[row * n + i] = sum / Math.sqrt(weights[i]);
            }
          }
        });
  }

  private EigenDecomposition eigenpairs() {
    EigenDecomposition cached = eigenpairs;
    if (cached == null) {
      synchronized (this) {
        cached = eigenpairs;
        if (cached == null) {
          cached = new EigenDecomposition(SymmetricMatrices.of(this));
          // The decomposition caches its matrix at first use; do that before other threads see it.
          cached.getV();
          eigenpairs = cached;
        }
      }
    }
    return cached;
  }

  @Override
  public double trace() {
    double sum = prior.trace();
    for (double[] v : whitened) {
      for (int i = 0; i < v.length; i++) {
        sum -= weights[i] * v[i] * v[i];
      }
    }
    return scale * sum;
  }

  /** {@code Σ_j V_ji²}, what the observations take off the variance of each point. */
  double[] variances(double[] priorVariances) {
    double[] out = priorVariances.clone();
    for (double[] v : whitened) {
      for (int i = 0; i < out.length; i++) {
        out[i] -= v[i] * v[i];
      }
    }
    for (int i = 0; i < out.length; i++) {
      // A value observed without noise has variance 0 up to round-off of either sign.
      out[i] = scale * Math.max(0, out[i]);
    }
    return out;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    int channels = batch.channels();
    double[] values = new double[batch.rows() * weights.length];
    INDArray wide = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch.batch(), channels);
    FunctionBatch.read(prior.sample(noise, wide), values);
    boolean same = prior == system.prior().covariance();
    double[] observed =
        system.sampleObservations(noise, batch.batch(), channels, same ? values : null);
    int m = rows.length;
    for (int row = 0; row < batch.rows(); row++) {
      double[] y = Arrays.copyOfRange(observed, row * m, (row + 1) * m);
      addProducts(rows, system.solve(y), -1, values, row * weights.length);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] *= Math.sqrt(scale);
    }
    FunctionBatch.write(values, out);
    return out;
  }

  /** {@code out += factor · K Aᵀ s}. */
  static void addProducts(double[][] rows, double[] s, double factor, double[] out, int offset) {
    for (int j = 0; j < rows.length; j++) {
      double a = factor * s[j];
      for (int i = 0; i < rows[j].length; i++) {
        out[offset + i] += a * rows[j][i];
      }
    }
  }

  @Override
  public PosteriorCovariance on(Grid other) {
    if (other.equals(grid())) {
      return this;
    }
    GaussianMeasure origin = system.prior();
    CovarianceOperator there = origin.covariance().on(other);
    return new PosteriorCovariance(system, there, carry(there), scale);
  }

  /** {@code Cov(X(p), AX)} at the points of another grid. */
  private double[][] carry(CovarianceOperator there) {
    CovarianceOperator here = system.prior().covariance();
    Optional<SpectralCovariance> from = here.spectral();
    Optional<SpectralCovariance> to = there.spectral();
    double[][] own = system.rows();
    if (from.isPresent() && to.isPresent()) {
      // Modes that the observed grid has not are independent of what is observed on it.
      SpectralTransform a = from.get().transform();
      SpectralTransform b = to.get().transform();
      INDArray functions =
          FunctionBatch.array(
              here.grid(),
              DataType.DOUBLE,
              1,
              Arrays.stream(own).flatMapToDouble(Arrays::stream).toArray());
      double[] values =
          FunctionBatch.of(there.grid(), Resampling.spectral(functions, a, b)).toDoubles();
      double[][] out = new double[own.length][];
      int n = there.grid().size();
      Arrays.setAll(out, j -> Arrays.copyOfRange(values, j * n, (j + 1) * n));
      return out;
    }
    // Point covariances do not depend on weights: read them on the points of both grids.
    int[] places = new int[there.grid().size()];
    Grid union = union(here.grid(), there.grid(), places);
    double[][] all = system.observation().onLeadingPoints(union).covarianceRows(here.on(union));
    return Arrays.stream(all)
        .map(row -> Arrays.stream(places).mapToDouble(place -> row[place]).toArray())
        .toArray(double[][]::new);
  }

  /**
   * The points of one grid and then those of another one that are new.
   *
   * @param places Modified: where the points of the second grid stand
   */
  private static Grid union(Grid first, Grid second, int[] places) {
    List<double[]> points = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    Map<List<Double>, Integer> known = new HashMap<>();
    for (Grid grid : List.of(first, second)) {
      for (int i = 0; i < grid.size(); i++) {
        List<Double> key = new ArrayList<>();
        for (int a = 0; a < grid.dimension(); a++) {
          key.add(grid.coordinate(i, a) + 0.0); // −0 is 0
        }
        Integer place = known.putIfAbsent(key, points.size());
        if (place == null) {
          place = points.size();
          points.add(key.stream().mapToDouble(Double::doubleValue).toArray());
          weights.add(grid.weight(i));
        }
        if (grid == second) {
          places[i] = place;
        }
      }
    }
    return PointSet.of(
        first.domain(),
        points.toArray(double[][]::new),
        weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  @Override
  public PosteriorCovariance times(double factor) {
    if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "factor " + factor + " on a covariance operator is not positive and finite");
    }
    return new PosteriorCovariance(system, prior, rows, scale * factor);
  }
}
