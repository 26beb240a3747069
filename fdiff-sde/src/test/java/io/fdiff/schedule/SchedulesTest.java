package io.fdiff.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every schedule against its rate, its inverse and its reference numbers (oracles D1–D4, D7). */
class SchedulesTest {

  private static List<NoiseSchedule> noise() {
    return List.of(
        NoiseSchedule.linear(0.1, 20),
        NoiseSchedule.constant(2),
        NoiseSchedule.exponential(0.02, 2.55),
        NoiseSchedule.cosine(0.008, 20),
        NoiseSchedule.cosine(0, 1e4),
        NoiseSchedule.logSnrCosine(10),
        NoiseSchedule.linear(0.1, 20).times(0.5));
  }

  private static List<LevelSchedule> levels() {
    return List.of(
        LevelSchedule.geometric(0.01, 50),
        LevelSchedule.karras(0.002, 80, 7),
        LevelSchedule.karras(0, 0.25, 1),
        LevelSchedule.squareRoot(),
        LevelSchedule.identity(),
        LevelSchedule.sineSquared(0.2));
  }

  @Test
  void integralIsTheIntegralOfTheRate() {
    for (NoiseSchedule schedule : noise()) {
      double[] knots = {0, 0.1, 0.4, 0.7, 0.86, 0.9, 0.99, 1};
      for (int i = 1; i < knots.length; i++) {
        double s = knots[i - 1];
        double t = knots[i];
        double expected = simpson(schedule, s, t);
        assertThat(schedule.integral(s, t))
            .as("%s on [%s, %s]", schedule, s, t)
            .isCloseTo(expected, within(1e-8 * expected));
        assertThat(schedule.integral(t) - schedule.integral(s))
            .isCloseTo(expected, within(1e-8 * schedule.integral(t)));
      }
    }
  }

  /** Pieces so short that fourth derivatives and the corner of a capped rate do not matter. */
  private static double simpson(NoiseSchedule schedule, double s, double t) {
    int pieces = 20000;
    double h = (t - s) / pieces;
    double sum = 0;
    for (int i = 0; i < pieces; i++) {
      double from = s + i * h;
      sum += schedule.rate(from) + 4 * schedule.rate(from + 0.5 * h) + schedule.rate(from + h);
    }
    return sum * h / 6;
  }

  @Test
  void inverseUndoesTheIntegral() {
    for (NoiseSchedule schedule : noise()) {
      for (double t : new double[] {1e-6, 0.01, 0.3, 0.8, 0.95, 1, 1.2}) {
        assertThat(schedule.inverse(schedule.integral(t)))
            .as("%s at %s", schedule, t)
            .isCloseTo(t, within(1e-9 * t + 1e-14));
        assertThat(schedule.timeAtLogSnr(schedule.logSnr(t)))
            .isCloseTo(t, within(1e-9 * t + 1e-14));
      }
      assertThat(schedule.inverse(0)).isCloseTo(0, within(1e-15));
    }
  }

  @Test
  void shortIntegralsKeepTheirRelativeAccuracy() {
    for (NoiseSchedule schedule : noise()) {
      double t = 0.5 + 1e-9;
      double h = t - 0.5;
      double expected = h * schedule.rate(0.5 + 0.5 * h);
      assertThat(schedule.integral(0.5, t))
          .as("%s", schedule)
          .isCloseTo(expected, within(1e-6 * expected));
    }
    NoiseSchedule cosine = NoiseSchedule.cosine(0.008, 20);
    double h = 0.5 + 1e-12 - 0.5;
    assertThat(cosine.integral(0.5, 0.5 + 1e-12))
        .isCloseTo(h * cosine.rate(0.5), within(1e-4 * h * cosine.rate(0.5)));
  }

  @Test
  void cosineReference() {
    assertThat(Math.exp(-NoiseSchedule.cosine(0.008, 1e9).integral(0.3)))
        .isCloseTo(0.7869105111508293, within(1e-15));
    // Its rate grows to the cap and stays there.
    NoiseSchedule capped = NoiseSchedule.cosine(0.008, 20);
    assertThat(capped.rate(0.3)).isLessThan(20);
    assertThat(capped.rate(0.99)).isEqualTo(20);
    assertThat(capped.rate(1)).isEqualTo(20);
    assertThat(capped.integral(1)).isFinite();
  }

  @Test
  void logSnrCosineReference() {
    NoiseSchedule schedule = NoiseSchedule.logSnrCosine(10);
    assertThat(schedule.logSnr(0.3)).isCloseTo(1.348550955253633, within(1e-14));
    double end = schedule.timeAtLogSnr(-10);
    assertThat(end).isCloseTo(2 / Math.PI * Math.atan(Math.exp(5)), within(1e-13));
    assertThat(schedule.rate(end + 1e-3)).isCloseTo(schedule.rate(end), within(1e-8));
    assertThat(schedule.timeAtLogSnr(10))
        .isCloseTo(2 / Math.PI * Math.atan(Math.exp(-5)), within(1e-15));
  }

  @Test
  void linearReference() {
    assertThat(NoiseSchedule.linear(0.1, 20).logSnr(0.3))
        .isCloseTo(-0.4207671062624817, within(1e-15));
  }

  @Test
  void exponentialReference() {
    NoiseSchedule schedule = NoiseSchedule.exponential(0.02, 2.55);
    assertThat(schedule.rate(0)).isCloseTo(0.0971185780867, within(1e-12));
    assertThat(schedule.rate(1)).isCloseTo(12.4797372841, within(1e-9));
    assertThat(schedule.integral(0.25)).isCloseTo(0.0473373122385, within(1e-12));
    assertThat(schedule.integral(0.5)).isCloseTo(0.206715680975, within(1e-11));
    assertThat(schedule.integral(1)).isCloseTo(2.55, within(1e-14));
    assertThat(schedule.rate(0) / 0.02).isCloseTo(4.85592890433527, within(1e-13));
    NoiseSchedule strong = NoiseSchedule.exponential(0.02, 5.05);
    assertThat(strong.rate(0) / 0.02).isCloseTo(5.53536382303124, within(1e-13));
    assertThat(strong.rate(0)).isCloseTo(0.110707276461, within(1e-11));
    assertThat(strong.rate(1)).isCloseTo(28.0642945828, within(1e-9));
  }

  @Test
  void tablesHaveTheirProductsAtWholeTimes() {
    NoiseSchedule schedule = NoiseSchedule.discrete(0.1, 0.2, 0.5);
    assertThat(Math.exp(-schedule.integral(1))).isCloseTo(0.9, within(1e-15));
    assertThat(Math.exp(-schedule.integral(2))).isCloseTo(0.72, within(1e-15));
    assertThat(Math.exp(-schedule.integral(3))).isCloseTo(0.36, within(1e-15));
    assertThat(schedule.integral(1, 2)).isCloseTo(-Math.log(0.8), within(1e-15));
    assertThat(schedule.integral(0.5, 2.5))
        .isCloseTo(-0.5 * Math.log(0.9) - Math.log(0.8) - 0.5 * Math.log(0.5), within(1e-15));
    assertThat(schedule.rate(1)).isCloseTo(-Math.log(0.9), within(1e-16));
    assertThat(schedule.rate(1.5)).isCloseTo(-Math.log(0.8), within(1e-16));
    for (double t : new double[] {0, 0.3, 1, 1.7, 2, 2.2, 3}) {
      assertThat(schedule.inverse(schedule.integral(t))).isCloseTo(t, within(1e-14));
    }
  }

  @Test
  void squareRateIsTheDerivativeAndGrowthTheDifference() {
    for (LevelSchedule level : levels()) {
      for (double t : new double[] {0.05, 0.3, 0.7, 0.99}) {
        double h = 1e-5;
        double difference =
            (Math.pow(level.level(t + h), 2) - Math.pow(level.level(t - h), 2)) / (2 * h);
        assertThat(level.squareRate(t))
            .as("%s at %s", level, t)
            .isCloseTo(difference, within(1e-6 * difference));
        double growth = Math.pow(level.level(t), 2) - Math.pow(level.level(0.02), 2);
        assertThat(level.squareGrowth(0.02, t)).isCloseTo(growth, within(1e-12 * growth));
        assertThat(level.inverse(level.level(t))).isCloseTo(t, within(1e-12));
        // Short steps: v ≈ h dσ²/dt.
        double near = t + 1e-10;
        double step = (near - t) * level.squareRate(t);
        assertThat(level.squareGrowth(t, near)).isCloseTo(step, within(1e-7 * step));
      }
    }
  }

  @Test
  void levelReference() {
    assertThat(LevelSchedule.geometric(0.01, 50).level(0.3))
        .isCloseTo(0.1287333293545224, within(1e-15));
    double[] karras = {80, 17.52783196464411, 2.515218976147159, 0.169752756268764, 0.002};
    for (int i = 0; i < 5; i++) {
      assertThat(LevelSchedule.karras(0.002, 80, 7).level(1 - i / 4.0))
          .isCloseTo(karras[i], within(1e-13 * karras[i]));
    }
    assertThat(LevelSchedule.squareRoot().level(9)).isEqualTo(3);
    assertThat(LevelSchedule.identity().level(9)).isEqualTo(9);
    assertThat(LevelSchedule.sineSquared(2).level(0.5)).isCloseTo(1, within(1e-15));
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.constant(bad))
          .withMessageContaining(String.valueOf(bad));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.exponential(bad, 1))
          .withMessageContaining("scale " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.exponential(1, bad))
          .withMessageContaining("integral " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.logSnrCosine(bad))
          .withMessageContaining("limit " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.cosine(0.008, bad))
          .withMessageContaining("largest rate " + bad)
          .withMessageContaining("cap above the start");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.constant(1).times(bad))
          .withMessageContaining("factor " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LevelSchedule.geometric(bad, 50))
          .withMessageContaining("levels " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LevelSchedule.sineSquared(bad))
          .withMessageContaining("to " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LevelSchedule.karras(0, 1, bad))
          .withMessageContaining("exponent " + bad);
    }
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.cosine(bad, 100))
          .withMessageContaining("offset " + bad);
      assertThatIllegalArgumentException().isThrownBy(() -> LevelSchedule.karras(bad, 1, 7));
    }
    for (double bad : new double[] {0, 1, -1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NoiseSchedule.discrete(0.5, bad))
          .withMessageContaining("β = " + bad + " at step 2");
    }
    assertThatIllegalArgumentException().isThrownBy(NoiseSchedule::discrete);
  }

  @Test
  void powerGridReference() {
    TimeGrid karras = TimeGrid.power(80, 0.002, 5, 7);
    double[] expected = {80, 17.52783196464411, 2.515218976147159, 0.169752756268764, 0.002};
    for (int i = 0; i < 5; i++) {
      assertThat(karras.time(i)).isCloseTo(expected[i], within(1e-13 * expected[i]));
    }
    assertThat(karras.time(0)).isEqualTo(80);
    assertThat(karras.time(4)).isEqualTo(0.002);
    // With variance t the same levels.
    TimeGrid variance = TimeGrid.power(6400, 4e-6, 5, 14);
    for (int i = 0; i < 5; i++) {
      assertThat(Math.sqrt(variance.time(i))).isCloseTo(expected[i], within(1e-12 * expected[i]));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeGrid.power(80, 0.002, 5, 0))
        .withMessageContaining("exponent 0.0");
    assertThatIllegalArgumentException().isThrownBy(() -> TimeGrid.power(1, 2, 5, 7));
  }

  @Test
  void gridsUniformInAClockHaveEqualSteps() {
    NoiseSchedule schedule = NoiseSchedule.linear(0.1, 20);
    TimeGrid grid = TimeGrid.uniformIn(schedule, 1, 1e-3, 9);
    double step = (schedule.integral(1) - schedule.integral(1e-3)) / 8;
    for (int i = 1; i < 9; i++) {
      assertThat(schedule.integral(grid.time(i), grid.time(i - 1)))
          .isCloseTo(step, within(1e-12 * step));
    }
    assertThat(grid.time(0)).isEqualTo(1);
    assertThat(grid.time(8)).isEqualTo(1e-3);

    TimeGrid logSnr = TimeGrid.uniformIn(schedule::logSnr, 1, 1e-3, 9);
    double ratio = (schedule.logSnr(1e-3) - schedule.logSnr(1)) / 8;
    for (int i = 0; i < 9; i++) {
      assertThat(schedule.logSnr(logSnr.time(i)))
          .isCloseTo(schedule.logSnr(1) + i * ratio, within(1e-9));
    }
    assertThat(logSnr.time(0)).isEqualTo(1);
    assertThat(logSnr.time(8)).isEqualTo(1e-3);
    // Geometric times are uniform in the logarithm.
    TimeGrid log = TimeGrid.uniformIn((double t) -> Math.log(t), 20, 0.01, 6);
    TimeGrid geometric = TimeGrid.geometric(20, 0.01, 6);
    for (int i = 0; i < 6; i++) {
      assertThat(log.time(i)).isCloseTo(geometric.time(i), within(1e-11));
    }
  }

  @Test
  void clocksThatStandStillOrAreNotFiniteAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeGrid.uniformIn((double t) -> 1, 1, 0.1, 3))
        .withMessageContaining("strictly monotone");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeGrid.uniformIn((double t) -> Double.NaN, 1, 0.1, 3))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeGrid.uniformIn((double t) -> t, 0.1, 1, 3))
        .withMessageContaining("0 < last < horizon");
  }
}
