package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.WhiteNoise;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.RegularGrid;
import org.junit.jupiter.api.Test;

/** The discrete chain against its recursion (oracle D4). */
class GaussianChainTest {

  private static final WhiteNoise NOISE = WhiteNoise.perPoint(RegularGrid.unit(4));

  private static GaussianChain reference() {
    return GaussianChain.linear(NOISE, 1e-4, 0.02, 1000);
  }

  @Test
  void referenceTable() {
    GaussianChain chain = reference();
    assertThat(chain.steps()).isEqualTo(1000);
    assertThat(chain.gamma(0)).isEqualTo(1);
    assertThat(chain.gamma(500)).isCloseTo(0.07858724288177824, within(1e-14));
    assertThat(chain.gamma(1000)).isCloseTo(4.035829765375684e-5, within(1e-17));
    assertThat(chain.beta(1)).isEqualTo(1e-4);
    assertThat(chain.beta(1000)).isCloseTo(0.02, within(1e-17));
    assertThat(chain.posteriorBeta(1)).isZero();
    assertThat(chain.posteriorBeta(2)).isCloseTo(5.453187661302605e-5, within(1e-16));
    assertThat(chain.posteriorBeta(1000)).isCloseTo(0.01999998352656061, within(1e-15));
  }

  @Test
  void stepsAreThoseOfTheChain() {
    // X_i = √(1 − β)X_{i−1} + √β ξ, and γ by the product.
    GaussianChain chain = reference();
    double gamma = 1;
    for (int i = 1; i <= 1000; i++) {
      double beta = chain.beta(i);
      Marginal step = chain.continuous().transition(i - 1, i);
      assertThat(step.mean().at(0)).isCloseTo(Math.sqrt(1 - beta), within(1e-14));
      assertThat(step.variance().at(0)).isCloseTo(beta, within(1e-13 * beta));
      gamma *= 1 - beta;
      assertThat(chain.gamma(i)).isCloseTo(gamma, within(1e-12 * gamma));
      assertThat(chain.marginal(i).mean().at(0)).isCloseTo(Math.sqrt(gamma), within(1e-12));
      assertThat(chain.marginal(i).variance().at(0)).isCloseTo(1 - gamma, within(1e-12));
    }
  }

  @Test
  void posteriorsAreThoseOfDdpm() {
    // Mean √γ_{i−1}β_i/(1 − γ_i) x₀ + √(1 − β_i)(1 − γ_{i−1})/(1 − γ_i) x, variance β̃.
    GaussianChain chain = reference();
    for (int i : new int[] {1, 2, 500, 1000}) {
      ReverseStep posterior = chain.posterior(i);
      double noise = 1 - chain.gamma(i);
      double before = 1 - chain.gamma(i - 1);
      assertThat(posterior.clean().at(0))
          .isCloseTo(Math.sqrt(chain.gamma(i - 1)) * chain.beta(i) / noise, within(1e-12));
      assertThat(posterior.state().at(0))
          .isCloseTo(Math.sqrt(1 - chain.beta(i)) * before / noise, within(1e-11));
      assertThat(posterior.variance().at(0)).isCloseTo(chain.posteriorBeta(i), within(1e-15));
    }
  }

  @Test
  void followsAScheduleAndClips() {
    GaussianChain chain =
        GaussianChain.following(NOISE, NoiseSchedule.cosine(0.008, 1e9), 0.999, 100);
    assertThat(chain.gamma(30)).isCloseTo(0.7869105111508293, within(1e-13));
    assertThat(chain.beta(100)).isEqualTo(0.999);
    assertThat(chain.beta(99)).isLessThan(0.999);
  }

  @Test
  void tablesAndStepsOutOfRangeAreRefused() {
    for (double bad : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianChain.of(NOISE, 0.1, bad))
          .withMessageContaining("β = " + bad + " at step 2")
          .withMessageContaining("(0, 1)");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GaussianChain.following(NOISE, Fixtures.schedule(), bad, 10))
          .withMessageContaining("clip " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianChain.of(NOISE))
        .withMessageContaining("at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GaussianChain.linear(NOISE, 0.1, 0.2, 1))
        .withMessageContaining("1 steps");
    for (int bad : new int[] {0, 1001}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> reference().beta(bad))
          .withMessageContaining("step " + bad);
      assertThatIllegalArgumentException().isThrownBy(() -> reference().posterior(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> reference().marginal(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> reference().gamma(-1));
  }
}
