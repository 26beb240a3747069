package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.train.LearningRate.Decay;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OptimizerTest {

  /** The recursion as PyTorch writes it: m̂/(√v̂ + ε), bias-corrected before the root. */
  @Test
  void adamFollowsTheRecursion() {
    float[] weights = {0.5f, -1f, 2f};
    float[] average = weights.clone();
    Adam adam = new Adam(new float[3], new float[3]);
    double[] w = {0.5, -1, 2};
    double[] mean = w.clone();
    double[] m = new double[3];
    double[] v = new double[3];
    double[] rates = {1e-3, 2e-3, 3e-3, 3e-3, 2.5e-3};
    for (int step = 0; step < 5; step++) {
      // The last gradient is tiny: there a misplaced ε shows.
      float[] g = {(float) Math.sin(step + 1.0), -0.1f * (step + 1), 1e-6f * (step - 2.5f)};
      double clip = step == 3 ? 0.25 : 1;
      double decay = 0.1 * (step + 1);
      adam.step(weights, average, g, clip, step, rates[step], decay);
      for (int i = 0; i < 3; i++) {
        double gi = clip * g[i];
        m[i] = 0.9 * m[i] + 0.1 * gi;
        v[i] = 0.999 * v[i] + 0.001 * gi * gi;
        double mHat = m[i] / (1 - Math.pow(0.9, step + 1.0));
        double vHat = v[i] / (1 - Math.pow(0.999, step + 1.0));
        w[i] -= rates[step] * mHat / (Math.sqrt(vHat) + 1e-8);
        mean[i] = decay * mean[i] + (1 - decay) * w[i];
        assertThat((double) weights[i]).isCloseTo(w[i], within(1e-6));
        assertThat((double) average[i]).isCloseTo(mean[i], within(1e-6));
        assertThat((double) adam.m()[i]).isCloseTo(m[i], within(1e-5 * Math.abs(m[i])));
        assertThat((double) adam.v()[i]).isCloseTo(v[i], within(1e-5 * Math.abs(v[i])));
      }
    }
  }

  /** At the first step each weight moves by the rate, whatever the size of its gradient. */
  @Test
  void firstStepIsTheLearningRate() {
    float[] weights = {0, 0};
    new Adam(new float[2], new float[2])
        .step(weights, new float[2], new float[] {1e-4f, -300}, 1, 0, 1e-2, 0);
    assertThat((double) weights[0]).isCloseTo(-1e-2 / (1 + 1e-4), within(1e-8));
    assertThat((double) weights[1]).isCloseTo(1e-2, within(1e-8));
  }

  @Test
  void normIsEuclidean() {
    assertThat(Adam.norm(new float[] {3, 4})).isEqualTo(5);
    float[] ones = new float[1003];
    Arrays.fill(ones, 2);
    assertThat(Adam.norm(ones)).isCloseTo(2 * Math.sqrt(1003), within(1e-12));
    assertThat(Adam.norm(new float[] {1, Float.NaN, 2})).isNaN();
  }

  @Test
  void learningRateWarmsUpAndDecays() {
    LearningRate cosine = new LearningRate(2e-3, 10, Decay.COSINE);
    assertThat(cosine.at(0, 110)).isCloseTo(2e-4, within(1e-18));
    assertThat(cosine.at(4, 110)).isCloseTo(1e-3, within(1e-18));
    assertThat(cosine.at(9, 999)).isCloseTo(2e-3, within(1e-18));
    assertThat(cosine.at(10, 110)).isCloseTo(2e-3, within(1e-18));
    assertThat(cosine.at(35, 110)).isCloseTo(1e-3 * (1 + Math.sqrt(0.5)), within(1e-15));
    assertThat(cosine.at(60, 110)).isCloseTo(1e-3, within(1e-15));
    assertThat(cosine.at(110, 110)).isCloseTo(0, within(1e-15));
    assertThat(cosine.at(200, 110)).isCloseTo(0, within(1e-15));
    LearningRate constant = new LearningRate(2e-3, 0, Decay.CONSTANT);
    assertThat(constant.at(0, 110)).isEqualTo(2e-3);
    assertThat(constant.at(109, 110)).isEqualTo(2e-3);
    assertThat(cosine.independentOfTotal(10)).isTrue();
    assertThat(cosine.independentOfTotal(11)).isFalse();
    assertThat(constant.independentOfTotal(1000)).isTrue();
  }

  @Test
  void averageForgetsTheStart() {
    WeightAverage average = new WeightAverage(0.999);
    assertThat(average.at(0)).isEqualTo(0.1);
    assertThat(average.at(90)).isEqualTo(0.91);
    assertThat(average.at(1_000_000)).isEqualTo(0.999);
    assertThat(new WeightAverage(0).at(50)).isZero();
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withLearningRate(Double.NaN))
        .withMessageContaining("learning rate NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withEmaDecay(1))
        .withMessageContaining("decay 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withClipNorm(0))
        .withMessageContaining("clipNorm 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withBatchSize(0))
        .withMessageContaining("batchSize 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withWarmUpSteps(-1))
        .withMessageContaining("warm-up of -1");
  }
}
