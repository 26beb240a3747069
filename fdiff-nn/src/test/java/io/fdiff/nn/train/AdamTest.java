package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class AdamTest {

  private static final AdamConfig CONFIG = AdamConfig.defaults();

  private static List<Parameter> matrix(int size) {
    return List.of(Parameter.of("w", Initializer.zeros(), size));
  }

  private static List<Parameter> alternating(int... sizes) {
    Parameter[] parameters = new Parameter[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      parameters[i] =
          i % 2 == 0
              ? Parameter.of("p" + i, Initializer.zeros(), sizes[i])
              : Parameter.undecayed("p" + i, Initializer.zeros(), sizes[i]);
    }
    return List.of(parameters);
  }

  private static float[] wave(int size, double phase, double scale) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (scale * Math.sin(phase + 0.7 * i));
    }
    return values;
  }

  /**
   * PyTorch's AdamW, one operation after the other, in double: {@code param.mul_(1 − lr·wd)},
   * {@code exp_avg.lerp_(grad, 1 − β₁)}, {@code exp_avg_sq.mul_(β₂).addcmul_(grad, grad, 1 − β₂)},
   * {@code denom = exp_avg_sq.sqrt()/√(1 − β₂ⁿ) + ε}, {@code param.addcdiv_(exp_avg, denom, −lr/(1
   * − β₁ⁿ))}.
   */
  private static final class Reference {
    final double[] w;
    final double[] mean;
    final double[] m;
    final double[] v;

    Reference(float[] weights) {
      w = new double[weights.length];
      Arrays.setAll(w, i -> weights[i]);
      mean = w.clone();
      m = new double[w.length];
      v = new double[w.length];
    }

    void step(
        AdamConfig c, boolean[] decayed, float[] g, double scale, int n, double lr, double d) {
      for (int i = 0; i < w.length; i++) {
        double gi = scale * g[i];
        if (decayed[i]) {
          w[i] *= 1 - lr * c.weightDecay();
        }
        m[i] += (1 - c.beta1()) * (gi - m[i]);
        v[i] = v[i] * c.beta2() + gi * gi * (1 - c.beta2());
        double denominator = Math.sqrt(v[i]) / Math.sqrt(1 - Math.pow(c.beta2(), n)) + c.epsilon();
        w[i] += -lr / (1 - Math.pow(c.beta1(), n)) * (m[i] / denominator);
        mean[i] = d * mean[i] + (1 - d) * w[i];
      }
    }
  }

  /** Sizes on both sides of the blocks; five steps; the last gradient values are tiny. */
  @Test
  void stepsFollowTheReference() {
    AdamConfig config = new AdamConfig(0.8, 0.95, 1e-7, 0.3, 1);
    int[] sizes = {3, 5, 40_000, 7, 1};
    int size = Arrays.stream(sizes).sum();
    boolean[] decayed = new boolean[size];
    for (int p = 0, at = 0; p < sizes.length; at += sizes[p], p++) {
      Arrays.fill(decayed, at, at + sizes[p], p % 2 == 0);
    }
    TrainingState state = TrainingState.initial(wave(size, 1, 0.5));
    Adam adam = Adam.of(config, alternating(sizes));
    Reference reference = new Reference(state.weights());
    double[] rates = {1e-3, 2e-2, 3e-2, 3e-2, 2.5e-2};
    for (int n = 1; n <= 5; n++) {
      float[] g = wave(size, 2.0 * n, 1);
      g[0] = 1e-6f * (n - 2.5f);
      float[] before = g.clone();
      double scale = n == 4 ? 0.25 : 1;
      double d = 0.1 * n;
      adam.step(state, g, scale, rates[n - 1], d);
      state.advance(1);
      reference.step(config, decayed, g, scale, n, rates[n - 1], d);
      assertThat(g).isEqualTo(before);
      for (int i = 0; i < size; i++) {
        // Some ten roundings of numbers below 1, each 6e-8.
        check(state.weights()[i], reference.w[i], 1e-6, n, i);
        check(state.average()[i], reference.mean[i], 1e-6, n, i);
        check(state.m()[i], reference.m[i], 1e-6, n, i);
        check(state.v()[i], reference.v[i], 1e-6, n, i);
      }
      assertThat((double) state.m()[0])
          .isCloseTo(reference.m[0], within(1e-5 * Math.abs(reference.m[0])));
    }
  }

  private static void check(double found, double expected, double tolerance, int n, int i) {
    if (!(Math.abs(found - expected) <= tolerance)) {
      assertThat(found).as("step %d, value %d", n, i).isCloseTo(expected, within(tolerance));
    }
  }

  /** At the first step each weight moves by the rate, whatever the size of its gradient. */
  @Test
  void firstStepIsTheLearningRate() {
    TrainingState state = TrainingState.initial(new float[2]);
    Adam.of(CONFIG, matrix(2)).step(state, new float[] {1e-4f, -300}, 1, 1e-2, 0);
    assertThat((double) state.weights()[0]).isCloseTo(-1e-2 / (1 + 1e-4), within(1e-8));
    assertThat((double) state.weights()[1]).isCloseTo(1e-2, within(1e-8));
  }

  /**
   * Decoupled decay shrinks all weights by the same factor; the penalty {@code λ|θ|²/2} in the
   * gradient is divided by {@code √v}, so that a weight with large gradients hardly feels it.
   */
  @Test
  void decayIsNoPenaltyInTheGradient() {
    double rate = 0.01;
    double decay = 0.5;
    float[] start = {1, 1};
    float[] gradient = {100, 0};
    TrainingState decoupled = TrainingState.initial(start.clone());
    Adam.of(CONFIG.withWeightDecay(decay), matrix(2)).step(decoupled, gradient, 1, rate, 0);
    assertThat((double) decoupled.weights()[0]).isCloseTo(1 - rate * decay - rate, within(1e-6));
    assertThat((double) decoupled.weights()[1]).isCloseTo(1 - rate * decay, within(1e-7));
    TrainingState penalised = TrainingState.initial(start.clone());
    float[] penalty = {(float) (100 + decay), (float) decay};
    Adam.of(CONFIG, matrix(2)).step(penalised, penalty, 1, rate, 0);
    assertThat((double) penalised.weights()[0]).isCloseTo(1 - rate, within(1e-6));
    assertThat((double) penalised.weights()[1]).isCloseTo(1 - rate, within(1e-6));
    // Biases are left alone.
    TrainingState bias = TrainingState.initial(start.clone());
    Adam.of(
            CONFIG.withWeightDecay(decay),
            List.of(Parameter.undecayed("b", Initializer.zeros(), 2)))
        .step(bias, gradient, 1, rate, 0);
    assertThat(bias.weights()[1]).isEqualTo(1);
  }

  @Test
  void threadsDoNotChangeTheBits() throws Exception {
    int size = 300_001;
    Adam adam = Adam.of(CONFIG.withWeightDecay(0.1), alternating(100_003, 7, 199_991));
    float[] gradient = wave(size, 0.3, 3);
    float[] weights = wave(size, 1, 1);
    TrainingState one = TrainingState.initial(weights.clone());
    TrainingState many = TrainingState.initial(weights.clone());
    ForkJoinPool single = new ForkJoinPool(1);
    ForkJoinPool four = new ForkJoinPool(4);
    try {
      double norm = single.submit(() -> adam.norm(gradient)).get();
      assertThat(four.submit(() -> adam.norm(gradient)).get()).isEqualTo(norm);
      double exact = 0;
      for (float g : gradient) {
        exact += (double) g * g;
      }
      assertThat(norm).isCloseTo(Math.sqrt(exact), within(1e-9 * norm));
      single.submit(() -> adam.step(one, gradient, 0.5, 0.01, 0.9)).get();
      four.submit(() -> adam.step(many, gradient, 0.5, 0.01, 0.9)).get();
    } finally {
      single.shutdown();
      four.shutdown();
    }
    assertThat(many.weights()).isEqualTo(one.weights()).isNotEqualTo(weights);
    assertThat(many.average()).isEqualTo(one.average());
    assertThat(many.v()).isEqualTo(one.v());
  }

  @Test
  void clippingKeepsWhatFits() {
    Adam adam = Adam.of(CONFIG.withClipNorm(2), matrix(2));
    assertThat(adam.norm(new float[] {3, 4})).isEqualTo(5);
    assertThat(adam.clipping(5)).isEqualTo(0.4);
    assertThat(adam.clipping(2)).isEqualTo(1);
    assertThat(adam.clipping(1e30)).isCloseTo(2e-30, within(1e-44));
    assertThat(adam.clipping(Double.NaN)).isNaN();
    assertThat(adam.clipping(Double.POSITIVE_INFINITY)).isNaN();
    assertThat(adam.norm(new float[] {1, Float.NaN})).isNaN();
    // Its square is no FLOAT: the second moment would be infinite for ever.
    Adam free = Adam.of(CONFIG.withClipNorm(Double.POSITIVE_INFINITY), matrix(2));
    assertThat(free.clipping(1e20)).isNaN();
    assertThat(free.clipping(1e18)).isEqualTo(1);
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withBetas(1, 0.9))
        .withMessageContaining("beta1 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withBetas(0.9, Double.NaN))
        .withMessageContaining("beta2 NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withEpsilon(1e-50))
        .withMessageContaining("epsilon 1.0E-50");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withWeightDecay(-1))
        .withMessageContaining("weightDecay -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CONFIG.withClipNorm(Double.NaN))
        .withMessageContaining("clipNorm NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withWeightDecay(2000))
        .withMessageContaining("product must be below 1");
  }
}
