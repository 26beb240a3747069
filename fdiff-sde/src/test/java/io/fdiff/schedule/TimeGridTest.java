package io.fdiff.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimeGridTest {

  private static double[] times(TimeGrid grid) {
    double[] out = new double[grid.size()];
    Arrays.setAll(out, grid::time);
    return out;
  }

  @Test
  void uniformGridIsThatOfAlgorithmThree() {
    assertThat(times(TimeGrid.uniform(20, 5))).containsExactly(20, 16, 12, 8, 4);
    assertThat(TimeGrid.uniform(20, 100).time(99)).isEqualTo(0.2);
    assertThat(TimeGrid.uniform(20, 100).steps()).isEqualTo(99);
    assertThat(TimeGrid.uniform(20, 100).size()).isEqualTo(100);
  }

  @Test
  void uniformGridStartsAtTheHorizonInSpiteOfRoundOff() {
    // 0.001420455·11/11 is one unit in the last place above 0.001420455.
    assertThat(TimeGrid.uniform(0.001420455, 11).time(0)).isEqualTo(0.001420455);
  }

  @Test
  void geometricGridIsUniformInTheLogarithm() {
    assertThat(times(TimeGrid.geometric(1, 0.001, 4)))
        .containsExactly(new double[] {1, 0.1, 0.01, 0.001}, within(1e-16));
  }

  @Test
  void geometricGridHasItsEndsExactly() {
    TimeGrid grid = TimeGrid.geometric(0.7, 0.003, 17);
    assertThat(grid.time(0)).isEqualTo(0.7);
    assertThat(grid.time(16)).isEqualTo(0.003);
  }

  @Test
  void keepsItsTimesWhenCallersChangeTheirArray() {
    double[] t = {3, 2, 1};
    TimeGrid grid = TimeGrid.of(t);
    t[0] = 99;
    assertThat(grid.time(0)).isEqualTo(3);
  }

  @Test
  void isEqualByTimes() {
    assertThat(TimeGrid.of(1, 0.5))
        .isEqualTo(TimeGrid.uniform(1, 2))
        .hasSameHashCodeAs(TimeGrid.of(1, 0.5));
    assertThat(TimeGrid.of(1, 0.5)).isNotEqualTo(TimeGrid.of(1, 0.25));
  }

  @Test
  void timesThatDoNotDecreaseOrAreNotPositiveAreRefused() {
    double[][] bad = {
      {1, 1},
      {1, 2},
      {1, 0},
      {1, -1},
      {1, Double.NaN},
      {Double.NaN, 1},
      {Double.POSITIVE_INFINITY, 1}
    };
    int[] index = {1, 1, 1, 1, 1, 0, 0};
    for (int i = 0; i < bad.length; i++) {
      double[] times = bad[i];
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TimeGrid.of(times))
          .withMessageContaining("time " + times[index[i]] + " at index " + index[i])
          .withMessageContaining("decrease strictly");
    }
  }

  @Test
  void fewerThanTwoTimesAreRefused() {
    for (int n : new int[] {-1, 0, 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TimeGrid.uniform(1, n))
          .withMessageContaining("at least 2");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TimeGrid.geometric(1, 0.1, n))
          .withMessageContaining("at least 2");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> TimeGrid.of(1));
  }

  @Test
  void endsOutOfOrderAreRefused() {
    for (double bad : new double[] {0, -1, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> TimeGrid.uniform(bad, 3));
      assertThatIllegalArgumentException().isThrownBy(() -> TimeGrid.geometric(bad, 0.1, 3));
      assertThatIllegalArgumentException().isThrownBy(() -> TimeGrid.geometric(1, bad, 3));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> TimeGrid.geometric(1, 2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeGrid.uniform(Double.POSITIVE_INFINITY, 3));
  }

  @Test
  void indicesOutOfRangeAreRefused() {
    TimeGrid grid = TimeGrid.uniform(1, 3);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> grid.time(3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> grid.time(-1));
  }
}
