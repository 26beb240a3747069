package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.kernel.Matern;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GaussianRegressionTest {

  private static final Grid QUARTERS = PointSet.of(Interval.UNIT, 0.25, 0.5, 0.75, 1);

  private static GaussianMeasure brownian() {
    double[][] k = new double[4][4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        k[i][j] = Math.min(i + 1, j + 1) / 4.0;
      }
    }
    return GaussianMeasure.centred(DenseCovariance.of(QUARTERS, k));
  }

  private static INDArray observed(double... y) {
    return Nd4j.createFromArray(y).reshape(1, 1, y.length);
  }

  private static double[][] kernel(CovarianceOperator operator) {
    return DenseCovariance.of(operator).matrix().getData();
  }

  @Test
  void brownianMotionOfOracleC4() {
    GaussianRegression half =
        GaussianRegression.of(brownian(), LinearObservation.atNodes(QUARTERS, 1), 0.1);
    double[] mean = TestFunctions.values(half.mean(observed(1)));
    assertThat(TestFunctions.distance(mean, new double[] {5 / 12.0, 5 / 6.0, 5 / 6.0, 5 / 6.0}))
        .isLessThan(1e-15);
    double[] variance = TestFunctions.values(half.variance());
    double[] expected = {7 / 48.0, 1 / 12.0, 1 / 3.0, 7 / 12.0};
    assertThat(TestFunctions.distance(variance, expected)).isLessThan(1e-15);
    double[][] k = kernel(half.covariance());
    assertThat(k[0][3]).isCloseTo(1 / 24.0, within(1e-15));
    assertThat(k[3][0]).isCloseTo(1 / 24.0, within(1e-15));
    for (int i = 0; i < 4; i++) {
      assertThat(k[i][i]).isCloseTo(expected[i], within(1e-15));
    }
    GaussianMeasure posterior = half.posterior(observed(1));
    assertThat(TestFunctions.values(posterior.mean())).isEqualTo(mean);
    // The observation has variance ½ + 1/10.
    assertThat(half.logEvidence(observed(1)).getDouble(0))
        .isCloseTo(-0.5 * (1 / 0.6 + Math.log(0.6) + Math.log(2 * Math.PI)), within(1e-14));
  }

  @Test
  void matheronSamplesAreTheAffineImageOfPriorAndNoise() {
    // sample = X + G(y − AX − n): X is the prior sample of the same address, and n, recovered from
    // the rank-one rest, must be N(0, 0.1) and independent of X. 4000 samples, false alarms 1e-6.
    int batch = 4000;
    GaussianRegression half =
        GaussianRegression.of(brownian(), LinearObservation.atNodes(QUARTERS, 1), 0.1);
    double[] y = TestFunctions.rough(batch, 3);
    NoiseSource noise = NoiseSource.of(77).withStep(2);
    double[] x = TestFunctions.values(half.prior().sample(noise, batch));
    double[] sample =
        TestFunctions.values(half.sample(noise, Nd4j.createFromArray(y).reshape(batch, 1, 1)));
    double[] gain = {5 / 12.0, 5 / 6.0, 5 / 6.0, 5 / 6.0};
    double[] n = new double[batch];
    double[] observedPrior = new double[batch];
    double squares = 0;
    for (int b = 0; b < batch; b++) {
      double innovation = (sample[4 * b + 1] - x[4 * b + 1]) / gain[1];
      for (int i = 0; i < 4; i++) {
        assertThat(sample[4 * b + i]).isCloseTo(x[4 * b + i] + gain[i] * innovation, within(1e-13));
      }
      n[b] = (y[b] - x[4 * b + 1] - innovation) / Math.sqrt(0.1);
      observedPrior[b] = x[4 * b + 1];
      squares += n[b] * n[b];
    }
    double[] bounds = Statistics.chiSquare(batch, 5e-7);
    assertThat(squares).isBetween(bounds[0], bounds[1]);
    double z = Statistics.normal(5e-7);
    assertThat(Statistics.correlation(observedPrior, n)).isBetween(-z, z);
  }

  @Test
  void noiseFreeSamplesInterpolate() {
    Grid grid = RegularGrid.unit(12);
    GaussianMeasure prior =
        GaussianMeasure.of(
            TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 4), DenseCovariance.random(grid, 1));
    LinearObservation a = LinearObservation.atNodes(grid, 3, 7, 0);
    GaussianRegression exact = GaussianRegression.of(prior, a, 0);
    INDArray y = FunctionBatch.array(grid, DataType.DOUBLE, 2, TestFunctions.rough(24 * 5, 8));
    INDArray data = a.apply(y);
    for (INDArray x : new INDArray[] {exact.mean(data), exact.sample(NoiseSource.of(1), data)}) {
      assertThat(
              TestFunctions.distance(TestFunctions.values(a.apply(x)), TestFunctions.values(data)))
          .isLessThan(1e-12);
    }
    double[] variance = TestFunctions.values(exact.variance());
    assertThat(variance[3]).isCloseTo(0, within(1e-14));
    assertThat(variance[4]).isPositive();
  }

  @Test
  void samplesHaveTheSignsOfTheirAddress() {
    GaussianRegression half =
        GaussianRegression.of(brownian(), LinearObservation.atNodes(QUARTERS, 1), 0.1);
    INDArray y = Nd4j.create(DataType.DOUBLE, 5, 1, 1).addi(1);
    double[] all = TestFunctions.values(half.sample(NoiseSource.of(3), y));
    double[] one =
        TestFunctions.values(half.sample(NoiseSource.of(3).withFirstSample(4), observed(1)));
    assertThat(one).containsExactly(all[16], all[17], all[18], all[19]);
  }

  @Test
  void sequentialConditioningIsJointConditioning() {
    Grid grid = RegularGrid.unit(10);
    GaussianMeasure prior =
        GaussianMeasure.of(TestFunctions.random(grid, 5), DenseCovariance.random(grid, 6));
    LinearObservation a = LinearObservation.atNodes(grid, 2, 8);
    LinearObservation b =
        LinearObservation.products(grid, TestFunctions.random(grid, DataType.DOUBLE, 3, 1, 7));
    GaussianRegression joint =
        GaussianRegression.of(prior, a.and(b), new double[] {0.1, 0.1, 0.2, 0.2, 0.2});
    INDArray y = observed(1, -1, 0.5, 0.2, 0.7);
    GaussianMeasure first = GaussianRegression.of(prior, a, 0.1).posterior(observed(1, -1));
    GaussianRegression next = GaussianRegression.of(first, b, 0.2);
    GaussianMeasure second = next.posterior(observed(0.5, 0.2, 0.7));
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(second.mean()), TestFunctions.values(joint.mean(y))))
        .isLessThan(1e-12);
    double[][] k = kernel(joint.covariance());
    double[][] l = kernel(second.covariance());
    for (int i = 0; i < 10; i++) {
      assertThat(TestFunctions.distance(l[i], k[i])).isLessThan(1e-13);
    }
    // Evidence factors: p(y₁, y₂) = p(y₁) p(y₂ | y₁).
    double split =
        GaussianRegression.of(prior, a, 0.1).logEvidence(observed(1, -1)).getDouble(0)
            + next.logEvidence(observed(0.5, 0.2, 0.7)).getDouble(0);
    assertThat(joint.logEvidence(y).getDouble(0)).isCloseTo(split, within(1e-12));
  }

  @Test
  void denseNoiseIsThatOfItsMatrix() {
    Grid grid = RegularGrid.unit(6);
    GaussianMeasure prior = GaussianMeasure.centred(DenseCovariance.random(grid, 6));
    LinearObservation a = LinearObservation.atNodes(grid, 1, 4);
    double[] variances = {0.3, 0.2};
    GaussianRegression diagonal = GaussianRegression.of(prior, a, variances);
    GaussianRegression dense = GaussianRegression.of(prior, a, new double[][] {{0.3, 0}, {0, 0.2}});
    INDArray y = observed(0.4, -1);
    assertThat(TestFunctions.values(dense.mean(y)))
        .isEqualTo(TestFunctions.values(diagonal.mean(y)));
    // Two readings of one value with noise of covariance R: the precision is 1ᵀR⁻¹1.
    double[][] r = {{0.3, 0.1}, {0.1, 0.2}};
    GaussianRegression twice =
        GaussianRegression.of(prior, LinearObservation.atNodes(grid, 1, 1), r);
    double precision = (0.3 + 0.2 - 2 * 0.1) / (0.3 * 0.2 - 0.01);
    double v = kernel(prior.covariance())[1][1];
    assertThat(TestFunctions.values(twice.variance())[1])
        .isCloseTo(1 / (1 / v + precision), within(1e-13));
    // Samples carry it: residual y − Ax of the posterior predictive is not needed, the noise is.
    int batch = 4000;
    NoiseSource noise = NoiseSource.of(5);
    double[] x = TestFunctions.values(prior.sample(noise, batch));
    double[] s =
        TestFunctions.values(twice.sample(noise, Nd4j.create(DataType.DOUBLE, batch, 1, 2)));
    double[] unit0 = TestFunctions.values(twice.mean(observed(1, 0)));
    double[] unit1 = TestFunctions.values(twice.mean(observed(0, 1)));
    double variance =
        unit0[1] * unit0[1] * 0.3 + 2 * unit0[1] * unit1[1] * 0.1 + unit1[1] * unit1[1] * 0.2;
    double squares = 0;
    for (int b = 0; b < batch; b++) {
      double n = s[6 * b + 1] - x[6 * b + 1] * (1 - unit0[1] - unit1[1]);
      squares += n * n / variance;
    }
    // 4000 samples, false alarms 1e-6.
    double[] bounds = Statistics.chiSquare(batch, 1e-6);
    assertThat(squares).isBetween(bounds[0], bounds[1]);
  }

  @Test
  void dependentObservationsNeedNoise() {
    GaussianMeasure prior = brownian();
    LinearObservation twice = LinearObservation.atNodes(QUARTERS, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianRegression.of(prior, twice, 0))
        .withMessageContaining("observation 1 is determined by the earlier ones")
        .withMessageContaining("noise variance > 0");
    // Two readings of variance 0.2 are one of variance 0.1.
    GaussianRegression noisy = GaussianRegression.of(prior, twice, 0.2);
    assertThat(TestFunctions.values(noisy.mean(observed(0.5, 1.5)))[0])
        .isCloseTo(5 / 12.0, within(1e-14));
    assertThat(TestFunctions.values(noisy.variance())[3]).isCloseTo(7 / 12.0, within(1e-14));
  }

  @Test
  void kernelPosteriorsGoToOtherGrids() {
    // Prediction at new points is conditioning on the union of the points, up to the jitter 1e-10.
    Grid grid = RegularGrid.unit(6);
    Grid other = RegularGrid.unit(9);
    GaussianMeasure prior =
        GaussianMeasure.centred(KernelCovariance.of(grid, new Matern(1.5, 1, 0.3)));
    INDArray y = observed(1, -0.5);
    GaussianRegression regression =
        GaussianRegression.of(prior, LinearObservation.atNodes(grid, 1, 4), 0.05);
    GaussianMeasure there = regression.posteriorOn(other, y);
    double[] points = new double[15];
    for (int i = 0; i < 6; i++) {
      points[i] = grid.coordinate(i, 0);
    }
    for (int i = 0; i < 9; i++) {
      points[6 + i] = other.coordinate(i, 0);
    }
    Matern kernel = new Matern(1.5, 1, 0.3);
    double[][] k = new double[15][15];
    for (int i = 0; i < 15; i++) {
      for (int j = 0; j < 15; j++) {
        k[i][j] = kernel.covariance(new double[] {points[i]}, new double[] {points[j]});
      }
    }
    double[][] p = new double[15][1];
    double[] w = new double[15];
    for (int i = 0; i < 15; i++) {
      p[i][0] = points[i];
      w[i] = 1.0 / 15;
    }
    Grid union = PointSet.of(List.of(Interval.UNIT), p, w);
    GaussianRegression whole =
        GaussianRegression.of(
            GaussianMeasure.centred(DenseCovariance.of(union, k)),
            LinearObservation.atNodes(union, 1, 4),
            0.05);
    double[] mean = TestFunctions.values(whole.mean(y));
    double[] m = TestFunctions.values(there.mean());
    double[][] c = kernel(there.covariance());
    double[][] expected = kernel(whole.covariance());
    for (int i = 0; i < 9; i++) {
      assertThat(m[i]).isCloseTo(mean[6 + i], within(1e-8));
      for (int j = 0; j < 9; j++) {
        assertThat(c[i][j]).isCloseTo(expected[6 + i][6 + j], within(1e-8));
      }
    }
  }

  @Test
  void bandLimitedPosteriorsAreTheSameOnFinerGrids() {
    Grid grid = RegularGrid.unit(9);
    Grid fine = RegularGrid.unit(27);
    Spectrum limited = (f, laplacian) -> f[0] > 6 ? 0 : 1 / (1 + laplacian);
    SpectralCovariance c = SpectralCovariance.of(CosineTransform.of(grid), limited);
    GaussianMeasure prior = GaussianMeasure.of(c.sample(NoiseSource.of(2), 1), c);
    INDArray y = observed(1, -0.5, 0.2);
    GaussianRegression coarse =
        GaussianRegression.of(prior, LinearObservation.atNodes(grid, 0, 3, 8), 0.01);
    // Cell centres i of 9 are cell centres 3i + 1 of 27.
    GaussianRegression refined =
        GaussianRegression.of(prior.on(fine), LinearObservation.atNodes(fine, 1, 10, 25), 0.01);
    GaussianMeasure carried = coarse.posteriorOn(fine, y);
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(carried.mean()), TestFunctions.values(refined.mean(y))))
        .isLessThan(1e-12);
    double[][] k = kernel(carried.covariance());
    double[][] l = kernel(refined.covariance());
    for (int i = 0; i < 27; i++) {
      assertThat(TestFunctions.distance(k[i], l[i])).isLessThan(1e-12);
    }
    // Samples of one address are coupled.
    double[] a = TestFunctions.values(coarse.sample(NoiseSource.of(9), y));
    double[] b = TestFunctions.values(refined.sample(NoiseSource.of(9), y));
    double[] s = TestFunctions.values(coarse.covariance().on(fine).sample(NoiseSource.of(9), 1));
    double[] m = TestFunctions.values(carried.mean());
    for (int i = 0; i < 9; i++) {
      assertThat(b[3 * i + 1]).isCloseTo(a[i], within(1e-12));
      assertThat(s[3 * i + 1] + m[3 * i + 1]).isCloseTo(a[i], within(1e-12));
    }
  }

  @Test
  void badInputIsRefused() {
    GaussianMeasure prior = brownian();
    LinearObservation a = LinearObservation.atNodes(QUARTERS, 1, 2);
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianRegression.of(prior, a, bad))
          .withMessageContaining("noise variance " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianRegression.of(prior, a, new double[] {1}))
        .withMessageContaining("1 entries of noise for 2 observations");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianRegression.of(prior, a, new double[][] {{1, 2}, {0, 1}}))
        .withMessageContaining("symmetric");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianRegression.of(prior, a, new double[][] {{1, 2}, {2, 1}}))
        .withMessageContaining("positive semi-definite");
    LinearObservation elsewhere = LinearObservation.atNodes(RegularGrid.unit(4), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianRegression.of(prior, elsewhere, 1))
        .withMessageContaining("one grid");
    GaussianRegression regression = GaussianRegression.of(prior, a, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> regression.mean(observed(1)))
        .withMessageContaining("expected [batch, 1, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> regression.mean(observed(1, Double.NaN)))
        .withMessageContaining("observation 1 is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> regression.posteriorOn(RegularGrid.unit(4), Nd4j.zeros(DataType.DOUBLE, 2, 1, 2)))
        .withMessageContaining("2 sets of observations");
  }

  @Test
  void posteriorOfKernelGoesToNestedGrids() {
    // Every second node of the finer grid is a node of the coarser one.
    RegularGrid coarse = RegularGrid.unit(RegularGrid.Layout.NODE, 5);
    RegularGrid fine = RegularGrid.unit(RegularGrid.Layout.NODE, 9);
    Matern kernel = new Matern(1.5, 1, 0.3);
    INDArray y = Nd4j.createFromArray(1.0, -0.5).reshape(1, 1, 2);
    GaussianMeasure carried =
        GaussianRegression.of(
                GaussianMeasure.centred(KernelCovariance.of(coarse, kernel)),
                LinearObservation.atNodes(coarse, 1, 3),
                0.1)
            .posteriorOn(fine, y);
    GaussianMeasure direct =
        GaussianRegression.of(
                GaussianMeasure.centred(KernelCovariance.of(fine, kernel)),
                LinearObservation.atNodes(fine, 2, 6),
                0.1)
            .posterior(y);
    // The jitter 1e-10 over the noise variance 0.1 is what separates them.
    assertThat(carried.mean().distance2(direct.mean())).isLessThan(1e-8);
    INDArray x = TestFunctions.of(fine, p -> Math.cos(5 * p) + p);
    assertThat(carried.covariance().apply(x).distance2(direct.covariance().apply(x)))
        .isLessThan(1e-8);
  }
}
