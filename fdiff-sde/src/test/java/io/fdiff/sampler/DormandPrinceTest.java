package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The adaptive sampler against the exact flow of Gaussian data (oracles F, F6, H4). */
class DormandPrinceTest {

  private static final Grid GRID = RegularGrid.unit(6);
  private static final SpectralTransform TRANSFORM = CosineTransform.of(GRID);
  private static final SpectralCovariance NOISE =
      SpectralCovariance.of(TRANSFORM, Spectrum.bessel(3, 1, 1));
  private static final SpectralCovariance DATA =
      SpectralCovariance.of(TRANSFORM, Spectrum.bessel(5, 2, 30));

  private static List<SDE> processes() {
    return List.of(
        Fixtures.preserving(NOISE),
        VarianceExploding.geometric(NOISE, 0.05, 5),
        Driftless.of(NOISE, 1),
        StochasticEvolution.of(NOISE, 1, Fixtures.schedule().times(0.02), 1));
  }

  private static INDArray mean() {
    return Fixtures.of(GRID, p -> 1 + Math.cos(3 * p));
  }

  private static GaussianDenoiser denoiser(SDE sde) {
    return GaussianDenoiser.of(sde, GaussianMeasure.of(mean(), DATA));
  }

  /** {@code a_tm + (V_t/V_s)^{1/2}(x − a_sm)} mode by mode. */
  private static double[] exact(SDE sde, double[] x, double s, double t, int rows) {
    int n = GRID.size();
    double[] c = new double[rows * n];
    double[] m = new double[n];
    TRANSFORM.forward(x, c, rows);
    TRANSFORM.forward(Fixtures.values(mean()), m, 1);
    Marginal from = sde.marginal(s);
    Marginal to = sde.marginal(t);
    for (int i = 0; i < c.length; i++) {
      int k = i % n;
      double ratio = Math.sqrt(total(to, k) / total(from, k));
      c[i] = to.mean().at(k) * m[k] + ratio * (c[i] - from.mean().at(k) * m[k]);
    }
    double[] out = new double[x.length];
    TRANSFORM.inverse(c, out, rows);
    return out;
  }

  private static double total(Marginal law, int k) {
    return law.mean().at(k) * law.mean().at(k) * DATA.eigenvalues()[k]
        + law.variance().at(k) * NOISE.eigenvalues()[k];
  }

  @Test
  void followsTheExactFlowDownAndUp() {
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 2);
    for (SDE sde : processes()) {
      for (double[] ends : new double[][] {{1, 0.01}, {0.02, 0.9}}) {
        double before = Double.POSITIVE_INFINITY;
        for (double rtol : new double[] {1e-4, 1e-6, 1e-8, 1e-10}) {
          INDArray y =
              DormandPrince.of(0.5)
                  .withTolerances(1e-2 * rtol, rtol)
                  .flow(sde, denoiser(sde), x, ends[0], ends[1]);
          double[] expected = exact(sde, Fixtures.values(x), ends[0], ends[1], 3);
          double error = Fixtures.distance(Fixtures.values(y), expected) / Fixtures.max(expected);
          assertThat(error).as("%s %s", sde, rtol).isLessThan(100 * rtol).isLessThan(before / 5);
          before = error;
        }
      }
    }
  }

  @Test
  void oneNumberFromTheReferencePoint() {
    Scalar problem = new Scalar(0.5, 2, 1.5, Fixtures::preserving);
    INDArray y =
        DormandPrince.of(0.1)
            .withTolerances(1e-13, 1e-13)
            .flow(
                problem.sde(),
                problem.denoiser(),
                Fixtures.constant(problem.sde().noise().grid(), 0.7),
                0.3,
                0.2);
    assertThat(y.getDouble(0)).isCloseTo(0.932256853300179, within(1e-11));
  }

  @Test
  void thereAndBackAgain() {
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 3, 1, 2);
    double rtol = 1e-8;
    DormandPrince solver = DormandPrince.of(0.5).withTolerances(1e-10, rtol);
    for (SDE sde : processes()) {
      INDArray up = solver.flow(sde, denoiser(sde), x, 0.05, 0.8);
      INDArray back = solver.flow(sde, denoiser(sde), up, 0.8, 0.05);
      assertThat(Fixtures.distance(back, x)).as("%s", sde).isLessThan(100 * rtol);
    }
  }

  @Test
  void samplesAreTheDenoisedEndOfTheFlow() {
    for (SDE sde : processes()) {
      INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 2);
      DormandPrince solver = DormandPrince.of(0.05);
      INDArray end = solver.flow(sde, denoiser(sde), x, 1, 0.05);
      INDArray sample = solver.sample(sde, denoiser(sde), x, NoiseSource.of(1));
      assertThat(Fixtures.distance(sample, denoiser(sde).denoise(end, Fixtures.times(0.05, 0.05))))
          .isLessThan(1e-14);
    }
  }

  @Test
  void samplesTakeTheirOwnStepsAndLeaveTheBatchWhenTheyArrive() {
    // Flat data make the flow of some samples trivial to follow and of others steep.
    SDE sde = Driftless.of(NOISE, 1);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 2);
    x.slice(1).muli(1e4);
    long[] largest = {0, Long.MAX_VALUE};
    boolean[] apart = new boolean[1];
    Denoiser recording =
        (states, t) -> {
          largest[0] = Math.max(largest[0], t.length());
          largest[1] = Math.min(largest[1], t.length());
          apart[0] |= t.length() == 2 && t.getDouble(0) != t.getDouble(1);
          // Differs in stiffness with the size of the state.
          return denoiser(sde)
              .denoise(states, t)
              .muli(states.mul(0.01).mul(states.mul(0.01)).addi(1).rdivi(1));
        };
    DormandPrince.of(0.01).sample(sde, recording, x, NoiseSource.of(1));
    assertThat(largest).containsExactly(2, 1);
    assertThat(apart[0]).isTrue();
  }

  @Test
  void stopsWhenAskedOrWhenStepsRunOut() {
    SDE sde = Driftless.of(NOISE, 1);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 2);
    int[] calls = new int[1];
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                DormandPrince.of(0.01)
                    .withCancellation(() -> calls[0]++ == 3)
                    .sample(sde, denoiser(sde), x, NoiseSource.of(1)))
        .withMessageContaining("after 3 steps");
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                DormandPrince.of(0.01)
                    .withMostSteps(4)
                    .sample(sde, denoiser(sde), x, NoiseSource.of(1)))
        .withMessageContaining("sample 0")
        .withMessageContaining("after 4 steps");
  }

  @Test
  void listenerHearsOfEveryStepAndSeesTheStates() {
    for (SDE sde : processes()) {
      INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 2);
      List<Double> times = new ArrayList<>();
      Trajectory trajectory = Trajectory.every(1);
      DormandPrince solver = DormandPrince.of(0.05);
      INDArray plain = solver.flow(sde, denoiser(sde), x, 1, 0.05);
      INDArray heard =
          solver
              .withListener((step, steps, t) -> times.add(t))
              .flow(sde, denoiser(sde), x, 1, 0.05);
      solver.withListener(trajectory).sample(sde, denoiser(sde), x, NoiseSource.of(1));
      assertThat(Fixtures.values(heard)).isEqualTo(Fixtures.values(plain));
      assertThat(times).hasSizeGreaterThan(3).isSortedAccordingTo(Comparator.reverseOrder());
      assertThat(times.get(times.size() - 1)).isEqualTo(0.05);
      List<Trajectory.Point> points = trajectory.points();
      assertThat(points).hasSameSizeAs(times);
      Trajectory.Point last = points.get(points.size() - 1);
      assertThat(Fixtures.values(last.states())).isEqualTo(Fixtures.values(plain));
      assertThat(Fixtures.distance(points.get(0).states(), plain)).isGreaterThan(1e-3);
    }
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DormandPrince.of(bad))
          .withMessageContaining("last time " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DormandPrince.of(0.1).withTolerances(bad, 0.1))
          .withMessageContaining("tolerances " + bad);
    }
    for (double bad : new double[] {0, 1e-14, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DormandPrince.of(0.1).withTolerances(1, bad))
          .withMessageContaining(bad + " (relative)");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DormandPrince.of(0.1).withMostSteps(0))
        .withMessageContaining("at most 0 steps");
    SDE sde = Driftless.of(NOISE, 1);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 2);
    for (double bad : new double[] {1, 2}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DormandPrince.of(bad).sample(sde, denoiser(sde), x, NoiseSource.of(1)))
          .withMessageContaining("last time " + bad)
          .withMessageContaining("horizon 1.0");
    }
    for (double[] bad :
        new double[][] {{0, 1}, {0.5, 0.5}, {1.5, 1}, {0.5, 2}, {0.5, Double.NaN}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DormandPrince.of(0.1).flow(sde, denoiser(sde), x, bad[0], bad[1]))
          .withMessageContaining("from " + bad[0] + " to " + bad[1]);
    }
  }
}
