package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.apache.commons.math3.ode.FirstOrderDifferentialEquations;
import org.apache.commons.math3.ode.nonstiff.DormandPrince853Integrator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of a linear forward process (oracle D5). */
abstract class SDEContract {

  private static final double[] SHARES = {0.001, 0.1, 0.3, 0.5, 0.9, 1};

  private SDE cached;

  /** The process under test, on a one-dimensional grid of the unit interval or [0, 2]. */
  abstract SDE create();

  /** The number of modes whose multipliers may differ; 1 for scalar multipliers. */
  int modes() {
    return 1;
  }

  final SDE sde() {
    if (cached == null) {
      cached = create();
    }
    return cached;
  }

  private double time(double share) {
    return share * sde().horizon();
  }

  private static void assertClose(Multiplier actual, Multiplier expected, int modes) {
    for (int k = 0; k < modes; k++) {
      assertThat(actual.at(k))
          .as("mode %d", k)
          .isCloseTo(expected.at(k), within(1e-12 * Math.abs(expected.at(k)) + 1e-300));
    }
  }

  @Test
  final void transitionsCompose() {
    for (int i = 0; i < SHARES.length; i++) {
      for (int j = i + 1; j < SHARES.length; j++) {
        for (double r : new double[] {0, time(SHARES[0]) / 2}) {
          double s = time(SHARES[i]);
          double t = time(SHARES[j]);
          Marginal whole = sde().transition(r, t);
          Marginal composed = sde().transition(r, s).then(sde().transition(s, t));
          assertClose(composed.mean(), whole.mean(), modes());
          assertClose(composed.variance(), whole.variance(), modes());
          assertThat(composed.noise()).isSameAs(sde().noise());
        }
      }
    }
  }

  @Test
  final void transitionsFollowFromMarginals() {
    // τ(t, s) = τ(t)/τ(s), v(t, s) = v(t) − τ(t, s)²v(s): the difference cancels, hence the scale.
    for (int i = 0; i < SHARES.length; i++) {
      for (int j = i + 1; j < SHARES.length; j++) {
        Marginal s = sde().marginal(time(SHARES[i]));
        Marginal t = sde().marginal(time(SHARES[j]));
        Marginal step = sde().transition(time(SHARES[i]), time(SHARES[j]));
        for (int k = 0; k < modes(); k++) {
          double factor = step.mean().at(k);
          double ratio = t.mean().at(k) / s.mean().at(k);
          assertThat(factor).isCloseTo(ratio, within(1e-12 * ratio));
          assertThat(step.variance().at(k))
              .isCloseTo(
                  t.variance().at(k) - factor * factor * s.variance().at(k),
                  within(1e-12 * t.variance().at(k)))
              .isNotNegative();
        }
      }
    }
  }

  @Test
  final void marginalsSolveTheirDifferentialEquations() {
    // dM/dt = F M and dV/dt = G² + 2FV by central differences: relative error below 1e-6.
    for (double share : new double[] {0.001, 0.1, 0.3, 0.5, 0.9}) {
      double t = time(share);
      double h = Math.min(1e-5 * sde().horizon(), 1e-3 * t);
      Marginal here = sde().marginal(t);
      Marginal before = sde().marginal(t - h);
      Marginal after = sde().marginal(t + h);
      for (int k = 0; k < modes(); k++) {
        double g = sde().diffusion(t).at(k);
        double rate = sde().driftRate(t).at(k);
        double meanRate = (after.mean().at(k) - before.mean().at(k)) / (2 * h);
        double expected = rate * here.mean().at(k);
        assertThat(meanRate).isCloseTo(expected, within(1e-6 * (Math.abs(expected) + 1e-4)));
        double varianceRate = (after.variance().at(k) - before.variance().at(k)) / (2 * h);
        double growth = g * g + 2 * rate * here.variance().at(k);
        // Round-off of a difference of variances over 2h, for variances that stand still.
        double noise = 4e-16 * here.variance().at(k) / h;
        double tolerance = 1e-6 * (Math.abs(growth) + g * g) + noise;
        assertThat(varianceRate).isCloseTo(growth, within(tolerance));
        // σ² = V' + 2aV ≥ 0, from marginals to the process.
        assertThat(g).isNotNegative();
        assertThat(varianceRate - 2 * rate * here.variance().at(k))
            .isCloseTo(g * g, within(tolerance));
      }
    }
  }

  @Test
  final void driftIsTheRateTimesTheState() {
    INDArray x = Fixtures.random(sde().noise().grid(), DataType.DOUBLE, 2, 2, 1);
    double[] before = Fixtures.values(x);
    double t = time(0.5);
    INDArray drift = sde().drift(x, t);
    assertThat(Fixtures.distance(drift, sde().driftRate(t).apply(x))).isZero();
    assertThat(drift.shape()).containsExactly(x.shape());
    drift.addi(1);
    assertThat(Fixtures.values(x)).isEqualTo(before);
  }

  @Test
  final void samplesOfATransitionAreItsMeanPlusScaledNoise() {
    Marginal step = sde().transition(time(0.3), time(0.5));
    INDArray x = Fixtures.random(sde().noise().grid(), DataType.DOUBLE, 3, 1, 2);
    NoiseSource source = NoiseSource.of(5);
    INDArray xi = sde().noise().sample(source, 3);
    INDArray expected = step.mean().apply(x).add(step.deviation().apply(xi));
    double size = Fixtures.max(Fixtures.values(expected));
    assertThat(Fixtures.distance(step.sample(x, source), expected)).isLessThan(1e-13 * size);
    for (int k = 0; k < modes(); k++) {
      double v = step.variance().at(k);
      assertThat(Math.pow(step.deviation().at(k), 2)).isCloseTo(v, within(1e-15 * v));
    }
  }

  @Test
  final void bridgesAreConditionalLaws() {
    // (X_s, X_t) given X_0 has covariance τ(s→t)v(s): A = τ(s→t)v(s)/v(t), B = τ(s) − Aτ(t),
    // V = v(s) − A τ(s→t)v(s).
    for (int i = 0; i < SHARES.length; i++) {
      for (int j = i + 1; j < SHARES.length; j++) {
        Marginal early = sde().marginal(time(SHARES[i]));
        Marginal late = sde().marginal(time(SHARES[j]));
        Marginal forth = sde().transition(time(SHARES[i]), time(SHARES[j]));
        ReverseStep bridge = sde().bridge(time(SHARES[i]), time(SHARES[j]));
        assertThat(bridge.noise()).isSameAs(sde().noise());
        for (int k = 0; k < modes(); k++) {
          double v = early.variance().at(k);
          double a = forth.mean().at(k) * v / late.variance().at(k);
          double tau = early.mean().at(k);
          assertThat(bridge.state().at(k)).isCloseTo(a, within(1e-13 * a));
          assertThat(bridge.clean().at(k))
              .isCloseTo(tau - a * late.mean().at(k), within(1e-12 * tau));
          assertThat(bridge.variance().at(k))
              .isCloseTo(v * (1 - a * forth.mean().at(k)), within(1e-12 * v))
              .isNotNegative();
        }
      }
    }
    ReverseStep end = sde().bridge(0, time(0.5));
    for (int k = 0; k < modes(); k++) {
      assertThat(end.state().at(k)).isZero();
      assertThat(end.clean().at(k)).isEqualTo(1);
      assertThat(end.variance().at(k)).isZero();
    }
  }

  @Test
  final void exponentialStepsKeepTheLawGivenTheData() {
    // With d = X_0: A τ(t) + B = τ(s) and A²v(t) + V = v(s), for every strength.
    for (double eta : new double[] {0, 0.3, 1, 2}) {
      for (int i = 0; i < SHARES.length; i++) {
        for (int j = i + 1; j < SHARES.length; j++) {
          Marginal early = sde().marginal(time(SHARES[i]));
          Marginal late = sde().marginal(time(SHARES[j]));
          ReverseStep step = ReverseStep.exponential(sde(), time(SHARES[i]), time(SHARES[j]), eta);
          for (int k = 0; k < modes(); k++) {
            double a = step.state().at(k);
            double v = step.variance().at(k);
            double tau = early.mean().at(k);
            assertThat(a * late.mean().at(k) + step.clean().at(k))
                .isCloseTo(tau, within(1e-12 * tau));
            assertThat(a * a * late.variance().at(k) + v)
                .isCloseTo(early.variance().at(k), within(1e-12 * early.variance().at(k)));
            assertThat(v).isNotNegative();
            if (eta == 0) {
              assertThat(v).isZero();
            }
          }
        }
      }
    }
  }

  @Test
  final void everyMemberOfTheReverseFamilyCarriesTheMarginals() {
    // Gaussian data N(1.5, ρλ): mean and variance (in units of λ) of dY = (P y + Q D) ds + ηG dw
    // from 0.9 T down to 0.1 T by Dormand–Prince 8(5,3), relative tolerance 1e-11.
    double from = time(0.9);
    double to = time(0.1);
    for (double eta : new double[] {0, 0.5, 1}) {
      ReverseSDE reverse = new ReverseSDE(sde(), eta);
      for (int k = 0; k < modes(); k++) {
        int mode = k;
        double[] end =
            integrate(
                from,
                to,
                k,
                (t, y, rate) -> {
                  double[] affine = affine(reverse.stateRate(t), reverse.denoisedRate(t), t, mode);
                  double g = reverse.noiseRate(t).at(mode);
                  // Forward time runs against s.
                  rate[0] = -(affine[0] * y[0] + affine[1]);
                  rate[1] = -(2 * affine[0] * y[1] + g * g);
                });
        assertMoments(end, to, k);
      }
    }
  }

  @Test
  final void probabilityFlowCarriesTheMarginals() {
    ProbabilityFlow flow = new ProbabilityFlow(sde());
    ReverseSDE backwards = new ReverseSDE(sde(), 0);
    for (int k = 0; k < modes(); k++) {
      int mode = k;
      double[] end =
          integrate(
              time(0.1),
              time(0.9),
              k,
              (t, y, rate) -> {
                double[] affine = affine(flow.stateRate(t), flow.denoisedRate(t), t, mode);
                rate[0] = affine[0] * y[0] + affine[1];
                rate[1] = 2 * affine[0] * y[1];
              });
      assertMoments(end, time(0.9), k);
      double t = time(0.5);
      double size = Math.abs(flow.stateRate(t).at(k)) + Math.abs(sde().driftRate(t).at(k));
      assertThat(flow.stateRate(t).at(k))
          .isCloseTo(-backwards.stateRate(t).at(k), within(1e-14 * size + 1e-300));
      assertThat(flow.denoisedRate(t).at(k))
          .isCloseTo(
              -backwards.denoisedRate(t).at(k),
              within(1e-14 * Math.abs(flow.denoisedRate(t).at(k)) + 1e-300));
    }
  }

  private static final double DATA_MEAN = 1.5;
  private static final double DATA_RATIO = 4;

  /** {@code P + QK} and {@code Q(1 − Kτ)m} with the gain {@code K} of the data. */
  private double[] affine(Multiplier p, Multiplier q, double t, int k) {
    double tau = sde().marginal(t).mean().at(k);
    double gain = tau * DATA_RATIO / (tau * tau * DATA_RATIO + sde().marginal(t).variance().at(k));
    return new double[] {p.at(k) + q.at(k) * gain, q.at(k) * (1 - gain * tau) * DATA_MEAN};
  }

  private interface Moments {
    void rate(double t, double[] y, double[] rate);
  }

  private double[] integrate(double from, double to, int k, Moments moments) {
    Marginal start = sde().marginal(from);
    double tau = start.mean().at(k);
    double[] y = {tau * DATA_MEAN, tau * tau * DATA_RATIO + start.variance().at(k)};
    DormandPrince853Integrator integrator =
        new DormandPrince853Integrator(
            1e-12 * sde().horizon(), 0.05 * sde().horizon(), 1e-14, 1e-11);
    // The integrator's own first guess leaves the interval.
    integrator.setInitialStepSize(1e-4 * sde().horizon());
    integrator.integrate(
        new FirstOrderDifferentialEquations() {
          @Override
          public int getDimension() {
            return 2;
          }

          @Override
          public void computeDerivatives(double t, double[] state, double[] rate) {
            moments.rate(t, state, rate);
          }
        },
        from,
        y,
        to,
        y);
    return y;
  }

  private void assertMoments(double[] actual, double t, int k) {
    Marginal marginal = sde().marginal(t);
    double tau = marginal.mean().at(k);
    double variance = tau * tau * DATA_RATIO + marginal.variance().at(k);
    // The mean relative to the deviation: a mean that has been damped away cannot come back
    // exactly.
    assertThat(actual[0]).isCloseTo(tau * DATA_MEAN, within(1e-8 * Math.sqrt(variance)));
    assertThat(actual[1]).isCloseTo(variance, within(1e-8 * variance));
  }

  @Test
  final void horizonIsPositiveAndReached() {
    assertThat(sde().horizon()).isPositive().isFinite();
    assertThat(sde().marginal(sde().horizon()).variance().at(0)).isPositive().isFinite();
  }

  @Test
  final void timesOutsideTheIntervalAreRefused() {
    double beyond = Math.nextUp(sde().horizon());
    for (double t : new double[] {0, -0.1, Double.NaN, beyond, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sde().driftRate(t))
          .withMessageContaining("time " + t)
          .withMessageContaining("(0, " + sde().horizon() + "]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sde().diffusion(t))
          .withMessageContaining("time " + t);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sde().marginal(t))
          .withMessageContaining(String.valueOf(t))
          .withMessageContaining("≤ " + sde().horizon());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sde().drift(Fixtures.constant(sde().noise().grid(), 1), t));
    }
  }

  @Test
  final void transitionsAgainstTimeAreRefused() {
    double t = time(0.5);
    double[][] pairs = {
      {t, t},
      {t, time(0.3)},
      {-0.1, t},
      {Double.NaN, t},
      {t, Double.NaN},
      {t, Math.nextUp(sde().horizon())}
    };
    for (double[] pair : pairs) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> sde().transition(pair[0], pair[1]))
          .withMessageContaining("transition from " + pair[0] + " to " + pair[1])
          .withMessageContaining("0 ≤ s < t");
    }
  }

  @Test
  final void onAnotherGridItIsTheSameProcess() {
    Grid here = sde().noise().grid();
    Grid other = ((RegularGrid) here).withShape(3 * here.size());
    SDE there = sde().on(other);
    assertThat(there.noise().grid()).isEqualTo(other);
    assertThat(there.horizon()).isEqualTo(sde().horizon());
    for (double share : SHARES) {
      double t = time(share);
      assertClose(there.marginal(t).mean(), sde().marginal(t).mean(), modes());
      assertClose(there.marginal(t).variance(), sde().marginal(t).variance(), modes());
      assertClose(there.driftRate(t), sde().driftRate(t), modes());
      assertClose(there.diffusion(t), sde().diffusion(t), modes());
    }
  }
}
