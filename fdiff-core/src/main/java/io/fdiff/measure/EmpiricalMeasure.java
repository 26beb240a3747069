package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The measure {@code Σ_i π_i δ_{x_i}} of a finite set of functions: a mixture whose components have
 * no variance. It has a density with respect to no Gaussian measure; {@link #smoothed} has one.
 * Immutable and thread-safe.
 */
public final class EmpiricalMeasure {

  private final Grid grid;
  private final int channels;
  private final double[] weights;
  private final double[] atoms; // [n × channels × points]

  private EmpiricalMeasure(Grid grid, int channels, double[] weights, double[] atoms) {
    this.grid = grid;
    this.channels = channels;
    this.weights = weights;
    this.atoms = atoms;
  }

  /**
   * Equal weights.
   *
   * @param grid the grid
   * @param atoms {@code [n, channels, n1, …, nd]}, finite; copied
   * @return the measure with {@code π_i = 1/n}
   * @throws IllegalArgumentException if the shape does not fit or a value is not finite
   */
  public static EmpiricalMeasure of(Grid grid, INDArray atoms) {
    double[] weights = new double[FunctionBatch.of(grid, atoms).batch()];
    Arrays.fill(weights, 1.0 / weights.length);
    return of(grid, atoms, weights);
  }

  /**
   * Given weights.
   *
   * @param grid the grid
   * @param atoms {@code [n, channels, n1, …, nd]}, finite; copied
   * @param weights {@code π_i > 0}, {@code [n]}, summing to 1 up to {@code 1e-9}; copied
   * @return the measure
   * @throws IllegalArgumentException if the shape does not fit, a value is not finite, the numbers
   *     differ, a weight is not positive, or they do not sum to 1
   */
  public static EmpiricalMeasure of(Grid grid, INDArray atoms, double[] weights) {
    FunctionBatch batch = FunctionBatch.of(grid, atoms);
    double[] pi = GaussianMixture.checkedWeights(weights, batch.batch(), "atoms");
    double[] values = batch.toDoubles();
    int block = values.length / pi.length;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "atom " + i / block + " contains " + values[i] + ": it must be finite");
      }
    }
    return new EmpiricalMeasure(grid, batch.channels(), pi, values);
  }

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  public Grid grid() {
    return grid;
  }

  /**
   * The number of atoms.
   *
   * @return {@code n ≥ 1}
   */
  public int size() {
    return weights.length;
  }

  /**
   * The weights.
   *
   * @return a fresh array {@code [n]}
   */
  public double[] weights() {
    return weights.clone();
  }

  /**
   * The atoms.
   *
   * @return a fresh array {@code [n, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray atoms() {
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, atoms);
  }

  /**
   * The mean function {@code Σ_i π_i x_i}.
   *
   * @return {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray mean() {
    double[] mean = new double[atoms.length / size()];
    for (int i = 0; i < atoms.length; i++) {
      mean[i % mean.length] += weights[i / mean.length] * atoms[i];
    }
    return FunctionBatch.array(grid, DataType.DOUBLE, channels, mean);
  }

  /**
   * Draws atoms with replacement, from the uniforms of each sample.
   *
   * @param noise where to read uniforms
   * @param n number of functions, positive
   * @return {@code [n, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  public INDArray sample(NoiseSource noise, int n) {
    INDArray out = FunctionBatch.zeros(grid, DataType.DOUBLE, n, channels);
    int block = atoms.length / size();
    double[] values = new double[n * block];
    for (int b = 0; b < n; b++) {
      int i = GaussianMixture.choose(weights, noise.uniform(b).nextDouble());
      System.arraycopy(atoms, i * block, values, b * block, block);
    }
    FunctionBatch.write(values, out);
    return out;
  }

  /**
   * The law of {@code X + ξ}, {@code ξ ~ N(0, C)} independent: a mixture with one component an
   * atom, of one covariance. Its responsibilities are the softmax of {@code ⟨x_i, x⟩_C −
   * ½‖x_i‖²_C}.
   *
   * @param covariance {@code C}, on the grid of the atoms
   * @return the mixture {@code Σ_i π_i N(x_i, C)}
   * @throws IllegalArgumentException if the covariance is on another grid
   */
  public GaussianMixture smoothed(CovarianceOperator covariance) {
    if (!covariance.grid().equals(grid)) {
      throw new IllegalArgumentException(
          "covariance on " + covariance.grid() + ", atoms on " + grid + ": use one grid");
    }
    int block = atoms.length / size();
    List<GaussianMeasure> parts = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      INDArray atom =
          FunctionBatch.array(
              grid,
              DataType.DOUBLE,
              channels,
              Arrays.copyOfRange(atoms, i * block, (i + 1) * block));
      parts.add(i == 0 ? GaussianMeasure.of(atom, covariance) : parts.get(0).withMean(atom));
    }
    return GaussianMixture.of(weights, parts);
  }
}
