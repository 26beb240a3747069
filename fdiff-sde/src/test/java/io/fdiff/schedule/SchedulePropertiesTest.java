package io.fdiff.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class SchedulePropertiesTest {

  @Property(edgeCases = EdgeCasesMode.NONE)
  void inverseUndoesTheIntegral(
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 5) double start,
      @ForAll @Scale(9) @DoubleRange(min = 0, max = 50) double more,
      @ForAll @Scale(9) @DoubleRange(min = 0, max = 10) double t) {
    NoiseSchedule schedule = NoiseSchedule.linear(start, start + more);
    assertThat(schedule.inverse(schedule.integral(t))).isCloseTo(t, within(1e-13 * (1 + t)));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void integralsAddAndHaveTheRateAsDerivative(
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 5) double start,
      @ForAll @Scale(9) @DoubleRange(min = 0, max = 50) double more,
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 1) double s,
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 1) double length) {
    NoiseSchedule schedule = NoiseSchedule.linear(start, start + more);
    double t = s + length;
    double sum = schedule.integral(s) + schedule.integral(s, t);
    assertThat(sum).isCloseTo(schedule.integral(t), within(1e-14 * schedule.integral(t)));
    // Central differences of a quadratic are exact up to round-off.
    double h = 1e-4;
    assertThat((schedule.integral(t + h) - schedule.integral(t - h)) / (2 * h))
        .isCloseTo(schedule.rate(t), within(1e-9 * (1 + schedule.integral(t))));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void integralsOfCloseTimesKeepTheirRelativeAccuracy(
      @ForAll @Scale(9) @DoubleRange(min = 0.1, max = 1) double s,
      @ForAll @IntRange(min = 5, max = 12) int digits) {
    NoiseSchedule schedule = NoiseSchedule.linear(0.1, 20);
    double t = s + Math.pow(10, -digits);
    double length = t - s;
    assertThat(schedule.integral(s, t))
        .isCloseTo(length * schedule.rate((s + t) / 2), within(1e-14 * length * 20));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void uniformGridsStartAtTheHorizonAndDecrease(
      @ForAll @Scale(9) @DoubleRange(min = 0.001, max = 100) double horizon,
      @ForAll @IntRange(min = 2, max = 1000) int n) {
    TimeGrid grid = TimeGrid.uniform(horizon, n);
    // Exactly: a first time beyond the horizon would be refused by every sampler.
    assertThat(grid.time(0)).isEqualTo(horizon);
    assertThat(grid.time(n - 1)).isCloseTo(horizon / n, within(1e-15 * horizon));
    for (int i = 1; i < n; i++) {
      assertThat(grid.time(i - 1) - grid.time(i)).isCloseTo(horizon / n, within(1e-15 * horizon));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void geometricGridsHaveOneRatio(
      @ForAll @Scale(9) @DoubleRange(min = 0.5, max = 100) double horizon,
      @ForAll @Scale(9) @DoubleRange(min = 0.0001, max = 0.4) double last,
      @ForAll @IntRange(min = 2, max = 300) int n) {
    TimeGrid grid = TimeGrid.geometric(horizon, last, n);
    double ratio = Math.pow(last / horizon, 1.0 / (n - 1));
    for (int i = 1; i < n; i++) {
      assertThat(grid.time(i) / grid.time(i - 1)).isCloseTo(ratio, within(1e-12));
    }
  }
}
