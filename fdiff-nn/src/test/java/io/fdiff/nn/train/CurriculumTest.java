package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CurriculumTest {

  private static int[] choices(Curriculum curriculum, int steps) {
    NoiseSource noise = NoiseSource.of(4);
    return IntStream.range(0, steps).map(n -> curriculum.at(n, noise.withStep(n))).toArray();
  }

  @Test
  void cyclesAndStagesFollowTheSteps() {
    assertThat(choices(Curriculum.FIRST, 3)).containsExactly(0, 0, 0);
    assertThat(choices(new Curriculum.Fixed(2), 3)).containsExactly(2, 2, 2);
    assertThat(new Curriculum.Fixed(2).objectives()).isEqualTo(3);
    assertThat(choices(Curriculum.cyclic(3), 7)).containsExactly(0, 1, 2, 0, 1, 2, 0);
    assertThat(choices(Curriculum.stages(2, 5), 7)).containsExactly(0, 0, 1, 1, 1, 2, 2);
    assertThat(Curriculum.stages(2, 5).objectives()).isEqualTo(3);
  }

  /**
   * Frequencies of 40,000 draws: standard deviations at most 0.0025, bound at 5 of them, two free
   * frequencies: below 2e-6.
   */
  @Test
  void drawsHaveTheirWeights() {
    Curriculum curriculum = Curriculum.drawn(1, 0, 2, 5);
    int[] choices = choices(curriculum, 40_000);
    double[] expected = {0.125, 0, 0.25, 0.625};
    for (int i = 0; i < expected.length; i++) {
      int objective = i;
      double frequency =
          IntStream.of(choices).filter(c -> c == objective).count() / (double) choices.length;
      assertThat(frequency).isCloseTo(expected[i], within(i == 1 ? 0 : 0.0125));
    }
    assertThat(choices(curriculum, 50)).isEqualTo(IntStream.of(choices).limit(50).toArray());
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Curriculum.drawn(1, -1))
        .withMessageContaining("weights [1.0, -1.0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Curriculum.drawn(0, 0))
        .withMessageContaining("positive, finite sum");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Curriculum.drawn(1, Double.NaN))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Curriculum.stages(5, 5))
        .withMessageContaining("[5, 5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Curriculum.cyclic(0))
        .withMessageContaining("0 objectives");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Curriculum.Fixed(-1))
        .withMessageContaining("objective -1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Trainer.of(
                    TrainingFixture.network(),
                    List.of(TrainingFixture.objective()),
                    TrainingFixture.mixedConfig()))
        .withMessageContaining("for 2 objectives, 1 are given");
  }
}
