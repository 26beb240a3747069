package io.fdiff.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseScheduleTest {

  @Test
  void linearScheduleOfTheReference() {
    NoiseSchedule schedule = NoiseSchedule.linear(0.1, 20);
    assertThat(schedule.rate(0)).isEqualTo(0.1);
    assertThat(schedule.rate(0.3)).isCloseTo(6.07, within(1e-15));
    assertThat(schedule.rate(1)).isEqualTo(20);
    assertThat(schedule.integral(0)).isZero();
    assertThat(schedule.integral(0.3)).isCloseTo(0.9255, within(1e-15));
    assertThat(schedule.integral(1)).isCloseTo(10.05, within(1e-14));
    assertThat(schedule.integral(0.2, 0.3)).isCloseTo(0.9255 - 0.418, within(1e-15));
    assertThat(schedule.inverse(0.9255)).isCloseTo(0.3, within(1e-15));
    assertThat(schedule.inverse(0)).isZero();
  }

  @Test
  void constantScheduleIsALinearOne() {
    NoiseSchedule schedule = NoiseSchedule.linear(2, 2);
    assertThat(schedule.rate(0.7)).isEqualTo(2);
    assertThat(schedule.integral(0.7)).isEqualTo(1.4);
    assertThat(schedule.inverse(1.4)).isEqualTo(0.7);
  }

  @Test
  void otherSchedulesIntegrateBetweenTimesBySubtraction() {
    NoiseSchedule quadratic =
        new NoiseSchedule() {
          @Override
          public double rate(double t) {
            return 3 * t * t;
          }

          @Override
          public double integral(double t) {
            return t * t * t;
          }

          @Override
          public double inverse(double value) {
            return Math.cbrt(value);
          }
        };
    assertThat(quadratic.integral(1, 2)).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "2, 1", "NaN, 1", "1, NaN", "1, Infinity"})
  void ratesOutOfRangeAreRefused(double start, double end) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NoiseSchedule.linear(start, end))
        .withMessageContaining("from " + start + " to " + end)
        .withMessageContaining("0 < start ≤ end");
  }
}
