package io.fdiff.data;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.measure.GaussianMixture;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Functions drawn from a mixture of Gaussian processes {@code Σ_j π_j N(m_j, C_j)} ("MoGP"): those
 * of {@link GaussianMixture#sample}, which also tells the component of each. Immutable and
 * thread-safe.
 *
 * @param mixture the law
 */
public record GaussianProcessMixture(GaussianMixture mixture) implements FunctionGenerator {

  /**
   * Keeps the mixture.
   *
   * @param mixture the law
   */
  public GaussianProcessMixture {
    Objects.requireNonNull(mixture, "mixture");
  }

  /**
   * The synthetic data set of Kerrigan, Ley and Smyth 2023: equal weights, means {@code ±(10p −
   * 5)}, and for both components the squared exponential covariance with variance 0.4 and length
   * scale 0.1. The matrix is factorised once, with the jitter of {@link KernelCovariance}.
   *
   * @param grid a grid of {@code [0, 1]}
   * @return the generator of one channel: component 0 rises, component 1 falls
   * @throws IllegalArgumentException if the domain is not {@code [0, 1]}
   */
  public static GaussianProcessMixture kerrigan(Grid grid) {
    if (!grid.domain().equals(List.of(Interval.UNIT))) {
      throw new IllegalArgumentException(
          "domain " + grid.domain() + ": the mixture is defined on [0, 1]; give a grid of it");
    }
    CovarianceOperator covariance = KernelCovariance.of(grid, new SquaredExponential(0.4, 0.1));
    return new GaussianProcessMixture(
        GaussianMixture.of(
            new double[] {0.5, 0.5},
            List.of(
                GaussianMeasure.of(function(grid, p -> 10 * p - 5), covariance),
                GaussianMeasure.of(function(grid, p -> 5 - 10 * p), covariance))));
  }

  private static INDArray function(Grid grid, DoubleUnaryOperator f) {
    double[] values = new double[grid.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = f.applyAsDouble(grid.coordinate(i, 0));
    }
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  @Override
  public Grid grid() {
    return mixture.grid();
  }

  @Override
  public FunctionDataset generate(NoiseSource noise, int n) {
    return FunctionDataset.of(grid(), mixture.sample(noise, n).values());
  }
}
