package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.schedule.TimeGrid;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every sampler against the contract, and the rules for the length of a Langevin step. */
class SamplersTest {

  @Nested
  class OfEulerMaruyama extends SamplerContract {
    @Override
    Sampler create(TimeGrid times, StepListener listener) {
      return EulerMaruyama.of(times).withListener(listener);
    }
  }

  @Nested
  class OfPredictorCorrectorWithFixedStep extends SamplerContract {
    @Override
    Sampler create(TimeGrid times, StepListener listener) {
      return PredictorCorrector.of(times, 2, LangevinStep.fixed(0.2)).withListener(listener);
    }
  }

  @Nested
  class OfPredictorCorrectorBySignalToNoise extends SamplerContract {
    @Override
    Sampler create(TimeGrid times, StepListener listener) {
      return PredictorCorrector.of(times, 1, LangevinStep.signalToNoise(0.16))
          .withListener(listener);
    }
  }

  @Test
  void signalToNoiseRule() {
    LangevinStep rule = LangevinStep.signalToNoise(0.16);
    // 2(0.16·3/4)² = 0.0288, below the variance 1.
    assertThat(rule.length(3, 4, 1)).isCloseTo(0.0288, within(1e-16));
    // Bounded by the variance, also where the score vanishes.
    assertThat(rule.length(3, 4, 0.01)).isEqualTo(0.01);
    assertThat(rule.length(3, 0, 0.7)).isEqualTo(0.7);
  }

  @Test
  void fixedRuleIsAFractionOfTheVariance() {
    assertThat(LangevinStep.fixed(0.2).length(3, 4, 0.5)).isCloseTo(0.1, within(1e-16));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LangevinStep.signalToNoise(bad))
          .withMessageContaining("ratio " + bad);
    }
    for (double bad : new double[] {0, 2, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LangevinStep.fixed(bad))
          .withMessageContaining("step of " + bad)
          .withMessageContaining("(0, 2)");
    }
    TimeGrid times = TimeGrid.uniform(1, 3);
    for (int bad : new int[] {0, -1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PredictorCorrector.of(times, bad, LangevinStep.fixed(0.2)))
          .withMessageContaining(bad + " corrections")
          .withMessageContaining("EulerMaruyama");
    }
  }
}
