package io.fdiff.data;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;

/**
 * Functions drawn from a Gaussian measure {@code N(m, C)} ("GRF"): mean {@code m}, covariance that
 * of the operator. Immutable and thread-safe.
 *
 * @param measure the law
 */
public record GaussianRandomField(GaussianMeasure measure) implements FunctionGenerator {

  /**
   * Keeps the measure.
   *
   * @param measure the law
   */
  public GaussianRandomField {
    Objects.requireNonNull(measure, "measure");
  }

  /**
   * The centred field {@code N(0, C)} of one channel.
   *
   * @param covariance covariance operator {@code C}
   * @return the generator
   */
  public static GaussianRandomField of(CovarianceOperator covariance) {
    return new GaussianRandomField(GaussianMeasure.centred(covariance));
  }

  @Override
  public Grid grid() {
    return measure.grid();
  }

  @Override
  public FunctionDataset generate(NoiseSource noise, int n) {
    FunctionBatch batch = FunctionBatch.of(grid(), measure.sample(noise, n));
    return FunctionDataset.owning(grid(), batch.channels(), batch.toDoubles());
  }
}
