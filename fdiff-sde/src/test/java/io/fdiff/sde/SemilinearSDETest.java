package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SemilinearSDETest {

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(
        CosineTransform.of(RegularGrid.unit(6)), Spectrum.bessel(3, 1.5, 1));
  }

  private static INDArray state() {
    return Fixtures.random(noise().grid(), DataType.DOUBLE, 2, 1, 1);
  }

  @Test
  void withoutForceAStepIsTheTransition() {
    SDE linear = EvolutionSDE.of(noise());
    SemilinearSDE sde = new SemilinearSDE(linear, (x, t) -> x.mul(0));
    NoiseSource source = NoiseSource.of(3);
    assertThat(
            Fixtures.distance(
                sde.step(state(), 0.2, 0.9, source),
                linear.transition(0.2, 0.9).sample(state(), source)))
        .isZero();
  }

  @Test
  void convergesWithOrderOneToTheLinearProcessItSplits() {
    // f = cX with all else in the linear part: the mean is e^{c(t − s)}τ(s→t)x. The noises of a
    // chain
    // of steps do not enter differences of two starts, which propagate like means.
    SDE linear = EvolutionSDE.of(noise());
    double c = -1.3;
    SemilinearSDE sde = new SemilinearSDE(linear, (x, t) -> x.mul(c));
    INDArray x = state();
    INDArray zero = x.mul(0);
    double s = 0.2;
    double t = 0.4;
    INDArray expected = linear.transition(s, t).mean().apply(x).muli(Math.exp(c * (t - s)));
    double[] errors = new double[5];
    for (int i = 0; i < errors.length; i++) {
      int steps = 8 << i;
      INDArray a = x;
      INDArray b = zero;
      for (int step = 0; step < steps; step++) {
        double from = s + (t - s) * step / steps;
        double to = step == steps - 1 ? t : s + (t - s) * (step + 1) / steps;
        NoiseSource source = NoiseSource.of(3).withStep(step);
        a = sde.step(a, from, to, source);
        b = sde.step(b, from, to, source);
      }
      errors[i] = Fixtures.distance(a.sub(b), expected);
    }
    for (int i = 1; i < errors.length; i++) {
      assertThat(Math.log(errors[i - 1] / errors[i]) / Math.log(2)).isCloseTo(1, within(0.05));
    }
  }

  @Test
  void reversalTurnsTheDriftAndAddsTheScore() {
    SDE linear = Blurring.of(noise(), Fixtures.schedule(), blur(), 1);
    SemilinearSDE sde = new SemilinearSDE(linear, (x, t) -> x.mul(x).muli(t));
    INDArray y = state();
    INDArray score = Fixtures.random(noise().grid(), DataType.DOUBLE, 2, 1, 2);
    double[] before = Fixtures.values(y);
    INDArray expected =
        linear
            .diffusion(0.3)
            .times(linear.diffusion(0.3))
            .apply(score)
            .sub(linear.driftRate(0.3).apply(y))
            .sub(y.mul(y).mul(0.3));
    assertThat(Fixtures.distance(sde.reverseDrift(y, score, 0.3), expected)).isLessThan(1e-12);
    assertThat(
            Fixtures.distance(sde.totalDrift(y, 0.3), linear.drift(y, 0.3).add(y.mul(y).mul(0.3))))
        .isLessThan(1e-13);
    assertThat(Fixtures.values(y)).isEqualTo(before);
  }

  private static LevelSchedule blur() {
    return LevelSchedule.karras(0, 0.2, 1);
  }

  @Test
  void forcesOfAnotherShapeAndTimesOutOfRangeAreRefused() {
    SDE linear = EvolutionSDE.of(noise());
    SemilinearSDE bad = new SemilinearSDE(linear, (x, t) -> Fixtures.samples(x, 0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bad.step(state(), 0.2, 0.3, NoiseSource.of(1)))
        .withMessageContaining("differ");
    SemilinearSDE good = new SemilinearSDE(linear, (x, t) -> x.mul(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> good.step(state(), 0.3, 0.2, NoiseSource.of(1)))
        .withMessageContaining("transition from 0.3 to 0.2");
  }
}
