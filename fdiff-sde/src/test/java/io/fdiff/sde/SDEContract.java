package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
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
              .isPositive();
        }
      }
    }
  }

  @Test
  final void marginalsSolveTheirDifferentialEquations() {
    // dM/dt = F M and dV/dt = g² + 2FV by central differences, step 1e-5 T: relative error 1e-7.
    double h = 1e-5 * sde().horizon();
    for (double share : new double[] {0.001, 0.1, 0.3, 0.5, 0.9}) {
      double t = time(share);
      Marginal here = sde().marginal(t);
      Marginal before = sde().marginal(t - h);
      Marginal after = sde().marginal(t + h);
      double g = sde().diffusion(t);
      for (int k = 0; k < modes(); k++) {
        double rate = sde().driftRate(t).at(k);
        double meanRate = (after.mean().at(k) - before.mean().at(k)) / (2 * h);
        double expected = rate * here.mean().at(k);
        assertThat(meanRate).isCloseTo(expected, within(1e-6 * (Math.abs(expected) + 1e-4)));
        double varianceRate = (after.variance().at(k) - before.variance().at(k)) / (2 * h);
        double growth = g * g + 2 * rate * here.variance().at(k);
        assertThat(varianceRate).isCloseTo(growth, within(1e-6 * (Math.abs(growth) + g * g)));
        // σ² = V' + 2aV ≥ 0, from marginals to the process.
        assertThat(varianceRate - 2 * rate * here.variance().at(k))
            .isCloseTo(g * g, within(1e-6 * (Math.abs(growth) + g * g)));
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
      assertThat(there.diffusion(t)).isEqualTo(sde().diffusion(t));
    }
  }
}
