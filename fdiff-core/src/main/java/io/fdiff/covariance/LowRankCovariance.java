package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Resampling;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operator of finite rank, {@code C = Σ_{j≤r} λ_j φ_j ⊗ φ_j} with orthonormal {@code φ_j};
 * functional principal component analysis (FPCA) estimates one from data.
 *
 * <p>The eigenfunctions are held by their spectral coefficients, so the operator goes to other
 * grids; a grid that lacks some of their modes holds the operator that is left, with its own
 * eigenpairs, and samples stay coupled. Cost: {@code r·modes} and one transform a sample. Immutable
 * and thread-safe.
 */
public final class LowRankCovariance implements CovarianceOperator {

  /** Eigenvalues below this share of the largest one are round-off. */
  private static final double RANGE_TOLERANCE = 1e-14;

  private final SpectralTransform origin;
  private final double[] originLoadings; // √λ_j φ_j, j × modes, on the grid of the data
  private final SpectralTransform transform;
  private final double[] loadings; // the same on this grid, which samples are made of
  private final double[] eigenvalues;
  private final double[] functions; // rank × modes
  private final double totalTrace;

  private LowRankCovariance(
      SpectralTransform origin,
      double[] originLoadings,
      SpectralTransform transform,
      double totalTrace) {
    this.origin = origin;
    this.originLoadings = originLoadings;
    this.transform = transform;
    this.loadings = Resampling.carry(originLoadings, origin, transform);
    this.totalTrace = totalTrace;
    // A coarse grid drops modes, and with them the orthogonality of the loadings: C = Σ_j f_j ⊗ f_j
    // has the eigenvalues of their Gram matrix.
    int modes = transform.modes();
    Array2DRowRealMatrix f = new Array2DRowRealMatrix(rows(loadings, modes), false);
    EigenDecomposition eigen = new EigenDecomposition(f.multiply(f.transpose()));
    double[] lambda = eigen.getRealEigenvalues(); // descending for symmetric matrices
    int rank = 0;
    while (rank < lambda.length && lambda[rank] > RANGE_TOLERANCE * lambda[0]) {
      rank++;
    }
    this.eigenvalues = Arrays.copyOf(lambda, rank);
    this.functions = new double[rank * modes];
    for (int j = 0; j < rank; j++) {
      double[] phi = f.preMultiply(eigen.getEigenvector(j).toArray());
      for (int k = 0; k < modes; k++) {
        functions[j * modes + k] = phi[k] / Math.sqrt(lambda[j]);
      }
    }
  }

  private static double[][] rows(double[] values, int length) {
    double[][] out = new double[values.length / length][];
    for (int j = 0; j < out.length; j++) {
      out[j] = Arrays.copyOfRange(values, j * length, (j + 1) * length);
    }
    return out;
  }

  /**
   * FPCA: the leading eigenpairs of the sample covariance {@code (1/(n−1)) Σ_i (x_i − m̄) ⊗ (x_i −
   * m̄)}, from the smaller of Gram and covariance matrix of the coefficients. Channels are pooled,
   * each about its own mean.
   *
   * @param transform orthonormal basis, on the grid of the data
   * @param data {@code [n, channels, n1, …, nd]}, {@code n ≥ 2}. Not modified.
   * @param explained share of the variance to keep, in {@code (0, 1]}
   * @return the operator with the fewest eigenpairs that explain this share
   * @throws IllegalArgumentException if the shape does not fit, {@code n < 2}, the share is out of
   *     range, or the data do not vary or are not finite
   */
  public static LowRankCovariance fpca(
      SpectralTransform transform, INDArray data, double explained) {
    FunctionBatch batch = FunctionBatch.of(transform.grid(), data);
    if (batch.batch() < 2 || !(explained > 0 && explained <= 1)) {
      throw new IllegalArgumentException(
          batch.batch()
              + " functions, explained variance "
              + explained
              + ": FPCA needs at least 2 functions and a share in (0, 1]");
    }
    int modes = transform.modes();
    int rows = batch.rows();
    double[] c = new double[rows * modes];
    transform.forward(batch.toDoubles(), c, rows);
    double[] mean = new double[batch.channels() * modes];
    for (int i = 0; i < c.length; i++) {
      mean[i % mean.length] += c[i] / batch.batch();
    }
    double root = Math.sqrt(1.0 / ((batch.batch() - 1) * (double) batch.channels()));
    double[][] centred = new double[rows][modes];
    double total = 0;
    for (int i = 0; i < c.length; i++) {
      double value = (c[i] - mean[i % mean.length]) * root;
      centred[i / modes][i % modes] = value;
      total += value * value;
    }
    if (!(total > 0 && total < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "total variance " + total + ": FPCA needs finite data that vary");
    }
    Array2DRowRealMatrix x = new Array2DRowRealMatrix(centred, false);
    boolean gram = rows < modes;
    EigenDecomposition eigen =
        new EigenDecomposition(gram ? x.multiply(x.transpose()) : x.transpose().multiply(x));
    double[] lambda = eigen.getRealEigenvalues(); // descending for symmetric matrices
    double kept = 0;
    int rank = 0;
    while (rank < lambda.length
        && lambda[rank] > RANGE_TOLERANCE * lambda[0]
        && kept < explained * total * (1 - 1e-12)) {
      kept += lambda[rank++];
    }
    double[] loadings = new double[rank * modes];
    for (int j = 0; j < rank; j++) {
      double[] vector = eigen.getEigenvector(j).toArray();
      double[] phi = gram ? x.preMultiply(vector) : vector;
      double norm = 0;
      for (double value : phi) {
        norm += value * value;
      }
      for (int k = 0; k < modes; k++) {
        loadings[j * modes + k] = phi[k] * Math.sqrt(lambda[j] / norm);
      }
    }
    return new LowRankCovariance(transform, loadings, transform, total);
  }

  /**
   * The eigenvalues {@code λ_1 ≥ … ≥ λ_r} on this grid.
   *
   * @return a fresh array {@code [rank]}
   */
  public double[] eigenvalues() {
    return eigenvalues.clone();
  }

  /**
   * The eigenfunctions on the grid.
   *
   * @return fresh array {@code [rank, 1, n1, …, nd]}, DOUBLE, of norm 1
   */
  public INDArray eigenfunctions() {
    double[] values = new double[eigenvalues.length * grid().size()];
    transform.inverse(functions, values, eigenvalues.length);
    return FunctionBatch.array(grid(), DataType.DOUBLE, 1, values);
  }

  /**
   * The share of the data's variance that the eigenpairs carry.
   *
   * @return {@code Σ_{j≤r} λ_j / tr} in {@code (0, 1]}
   */
  public double explainedVariance() {
    return trace() / totalTrace;
  }

  @Override
  public Grid grid() {
    return transform.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double power) {
    int modes = transform.modes();
    return FunctionBatch.of(grid(), x)
        .map(
            (in, out, rows) -> {
              double[] c = new double[rows * modes];
              transform.forward(in, c, rows);
              double[] image = new double[c.length];
              for (int row = 0; row < rows; row++) {
                for (int j = 0; j < eigenvalues.length; j++) {
                  double score = 0;
                  for (int k = 0; k < modes; k++) {
                    score += functions[j * modes + k] * c[row * modes + k];
                  }
                  add(functions, j, score * Math.pow(eigenvalues[j], power), image, row);
                }
              }
              transform.inverse(image, out, rows);
            });
  }

  private void add(double[] family, int j, double factor, double[] coefficients, int row) {
    int modes = transform.modes();
    for (int k = 0; k < modes; k++) {
      coefficients[row * modes + k] += factor * family[j * modes + k];
    }
  }

  @Override
  public double trace() {
    return Arrays.stream(eigenvalues).sum();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    double[] c = new double[batch.rows() * transform.modes()];
    double[] z = new double[loadings.length / transform.modes()];
    int[] scores = {z.length};
    for (int row = 0; row < batch.rows(); row++) {
      noise.normals(row / batch.channels(), row % batch.channels(), scores, z, 0);
      for (int j = 0; j < z.length; j++) {
        add(loadings, j, z[j], c, row);
      }
    }
    double[] values = new double[batch.rows() * grid().size()];
    transform.inverse(c, values, batch.rows());
    FunctionBatch.write(values, out);
    return out;
  }

  /** {@inheritDoc} Up to the rank they are those of {@link #eigenfunctions()}. */
  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid(), count);
    if (count > eigenvalues.length) {
      return DenseForm.of(this).eigenpairs(count);
    }
    double[] values = new double[count * grid().size()];
    transform.inverse(functions, values, count);
    return Eigenpairs.of(
        Arrays.copyOf(eigenvalues, count), FunctionBatch.array(grid(), DataType.DOUBLE, 1, values));
  }

  @Override
  public TraceClass traceClass() {
    return TraceClass.finiteRank(eigenvalues);
  }

  @Override
  public LowRankCovariance on(Grid grid) {
    return grid.equals(grid())
        ? this
        : new LowRankCovariance(
            origin, originLoadings, origin.on(Scale.sameDomain(grid(), grid)), totalTrace);
  }

  @Override
  public LowRankCovariance times(double factor) {
    double root = Math.sqrt(Scale.positive(factor));
    double[] scaled = Arrays.stream(originLoadings).map(value -> root * value).toArray();
    return new LowRankCovariance(origin, scaled, transform, factor * totalTrace);
  }
}
