package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class GaussianMeasureTest {

  private static final Grid GRID = RegularGrid.unit(4, 3);

  private static CovarianceOperator covariance() {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1));
  }

  @Test
  void samplesAreTheMeanPlusNoise() {
    // The covariance contract checks the law of the noise; adding the mean is exact.
    INDArray mean = TestFunctions.random(GRID, DataType.DOUBLE, 1, 2, 1);
    double[] m = TestFunctions.values(mean);
    NoiseSource noise = NoiseSource.of(5).withStep(2);
    GaussianMeasure measure = GaussianMeasure.of(mean, covariance());
    for (int batch : new int[] {1, 7}) {
      double[] x = TestFunctions.values(measure.sample(noise, batch));
      INDArray xi = FunctionBatch.zeros(GRID, DataType.DOUBLE, batch, 2);
      double[] expected = TestFunctions.values(covariance().sample(noise, xi));
      for (int i = 0; i < expected.length; i++) {
        expected[i] += m[i % m.length];
      }
      assertThat(x).isEqualTo(expected);
    }
    assertThat(measure.sample(noise, 3).shape()).containsExactly(3, 2, 4, 3);
  }

  @Test
  void centredSamplesAreNoise() {
    GaussianMeasure measure = GaussianMeasure.centred(covariance());
    assertThat(TestFunctions.values(measure.sample(NoiseSource.of(5), 3)))
        .isEqualTo(TestFunctions.values(covariance().sample(NoiseSource.of(5), 3)));
    assertThat(TestFunctions.values(measure.mean())).containsOnly(0);
    assertThat(measure.grid()).isEqualTo(GRID);
  }

  @Test
  void meanIsCopiedInAndOut() {
    INDArray mean = TestFunctions.random(GRID, 1);
    double[] values = TestFunctions.values(mean);
    GaussianMeasure measure = GaussianMeasure.of(mean, covariance());
    mean.addi(1);
    measure.mean().addi(1);
    measure.sample(NoiseSource.of(1), 1).addi(1);
    assertThat(TestFunctions.values(measure.mean())).isEqualTo(values);
  }

  @Test
  void meansOfFloatsAreHeldInDouble() {
    INDArray mean = TestFunctions.random(GRID, DataType.FLOAT, 1, 1, 1);
    GaussianMeasure measure = GaussianMeasure.of(mean, covariance());
    assertThat(measure.mean().dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(TestFunctions.values(measure.mean())).isEqualTo(TestFunctions.values(mean));
  }

  @Test
  void meansThatDoNotFitAreRefused() {
    CovarianceOperator c = covariance();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMeasure.of(TestFunctions.random(RegularGrid.unit(12), 1), c))
        .withMessageContaining("[1, 1, 12]")
        .withMessageContaining("expected [batch, channels, 4, 3]");
    INDArray two = TestFunctions.random(GRID, DataType.DOUBLE, 2, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMeasure.of(two, c))
        .withMessageContaining("[2, 1, 4, 3]")
        .withMessageContaining("more than one function");
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      INDArray gap = TestFunctions.random(GRID, 1);
      gap.putScalar(new int[] {0, 0, 1, 2}, bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianMeasure.of(gap, c))
          .withMessageContaining("mean contains " + bad)
          .withMessageContaining("must be finite");
    }
    assertThatNullPointerException().isThrownBy(() -> GaussianMeasure.centred(null));
  }

  @Test
  void batchesBelowOneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianMeasure.centred(covariance()).sample(NoiseSource.of(1), 0))
        .withMessageContaining("batch 0");
  }
}
