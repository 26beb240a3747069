package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {

  @Test
  void mapsOntoTheUnitInterval() {
    Interval side = new Interval(-1, 3);
    assertThat(side.length()).isEqualTo(4);
    assertThat(side.toUnit(-1)).isEqualTo(0);
    assertThat(side.toUnit(0)).isEqualTo(0.25);
    assertThat(side.toUnit(3)).isEqualTo(1);
    assertThat(Interval.UNIT).isEqualTo(new Interval(0, 1));
  }

  @Test
  void isClosedAndDoesNotContainNaN() {
    Interval side = new Interval(-1, 3);
    assertThat(side.contains(-1)).isTrue();
    assertThat(side.contains(3)).isTrue();
    assertThat(side.contains(Math.nextUp(3.0))).isFalse();
    assertThat(side.contains(Math.nextDown(-1.0))).isFalse();
    assertThat(side.contains(Double.NaN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "NaN, 1", "0, NaN", "0, Infinity", "-Infinity, 0"})
  void refusesEndsOutOfOrderOrNotFinite(double lower, double upper) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Interval(lower, upper))
        .withMessageContaining("[" + lower + ", " + upper + "]")
        .withMessageContaining("lower < upper");
  }

  @Test
  void refusesALengthThatOverflows() {
    // Both ends are finite, their difference is not.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Interval(-1e308, 1e308))
        .withMessageContaining("[-1.0E308, 1.0E308]")
        .withMessageContaining("finite length");
    double quarter = Double.MAX_VALUE / 4;
    assertThat(new Interval(-quarter, quarter).length()).isEqualTo(Double.MAX_VALUE / 2);
  }
}
