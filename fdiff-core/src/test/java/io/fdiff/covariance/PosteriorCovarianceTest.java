package io.fdiff.covariance;

import io.fdiff.kernel.Matern;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.measure.GaussianRegression;
import io.fdiff.measure.LinearObservation;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import org.junit.jupiter.api.Nested;

/** The covariance of a conditioned measure is a covariance operator. */
class PosteriorCovarianceTest {

  @Nested
  class OfASpectralPrior extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      Grid grid = RegularGrid.unit(5, 3);
      GaussianMeasure prior =
          GaussianMeasure.centred(
              SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(3, 1, 4)));
      return GaussianRegression.of(prior, LinearObservation.atNodes(grid, 2, 7, 7), 0.05)
          .covariance();
    }
  }

  @Nested
  class OfAKernelPrior extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      Grid grid = RegularGrid.unit(RegularGrid.Layout.NODE, 12);
      GaussianMeasure prior =
          GaussianMeasure.centred(KernelCovariance.of(grid, new Matern(0.5, 1.3, 0.3)));
      return GaussianRegression.of(
              prior, LinearObservation.averages(grid, new int[] {1, 2, 3}, new int[] {9}), 0.02)
          .covariance();
    }
  }
}
