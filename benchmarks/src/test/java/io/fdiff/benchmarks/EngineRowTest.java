package io.fdiff.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EngineRowTest {

  private static double[] of(double... values) {
    return values;
  }

  @Test
  void ratioIsThatOfTheMediansAndSpreadThatOfTheRounds() {
    EngineRow row = EngineRow.times("w", "p", of(10, 30, 20), of(40, 50, 10), 0.9);
    assertThat(row.oursMs()).isEqualTo(20.0);
    assertThat(row.peerMs()).isEqualTo(40.0);
    assertThat(row.ratioToPeer()).isEqualTo(0.5);
    assertThat(row.spread()).containsExactly(0.25, 2.0);
    assertThat(row.met()).isTrue();
    assertThat(row.line()).contains("20.0 ms", "40.0 ms", "0.50", "(0.25–2.00)", "≤ 0.90");
  }

  @Test
  void goalIsKeptUpToEqualityAndNotBeyond() {
    assertThat(EngineRow.times("w", "p", of(9), of(10), 0.9).met()).isTrue();
    EngineRow above = EngineRow.times("w", "p", of(9.1), of(10), 0.9);
    assertThat(above.met()).isFalse();
    assertThat(above.line()).contains("(missed)");
    assertThat(EngineRow.times("w", "p", of(9.5), of(10), null).atLeast(0.95).met()).isTrue();
    EngineRow below = EngineRow.times("w", "p", of(9.4), of(10), null).atLeast(0.95);
    assertThat(below.met()).isFalse();
    assertThat(below.line()).contains("≥ 0.95", "(missed)");
    EngineRow free = EngineRow.times("w", "p", of(9.4), of(10), null);
    assertThat(free.met()).isNull();
    assertThat(free.line()).doesNotContain("≤", "≥", "missed");
  }

  @Test
  void memoryIsInMegabytes() {
    EngineRow row = EngineRow.memory("w", "p", of(300, 200, 250), of(500, 500, 500), 1.0);
    assertThat(row.oursMs()).isNull();
    assertThat(row.peerMs()).isNull();
    assertThat(row.oursMb()).isEqualTo(250.0);
    assertThat(row.peerMb()).isEqualTo(500.0);
    assertThat(row.spread()).containsExactly(0.4, 0.6);
    assertThat(row.line()).contains("250 MB", "500 MB", "0.50");
  }

  @Test
  void roundsMustBePaired() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EngineRow.times("w", "p", of(1, 2), of(1), null))
        .withMessageContaining("2 rounds of ours and 1");
  }

  @Test
  void medianIsTheMiddle() {
    double[] values = of(5, 1, 3);
    assertThat(Timing.median(values)).isEqualTo(3);
    assertThat(values).containsExactly(5, 1, 3);
    assertThat(Timing.median(4, 1, 3, 2)).isEqualTo(2.5);
    assertThat(Timing.median(7)).isEqualTo(7);
  }

  @Test
  void tasksAreMeasuredInTurn() {
    StringBuilder order = new StringBuilder();
    double[] medians =
        new Timing(0, 0, 3, 1).medians(() -> order.append('a'), () -> order.append('b'));
    // Three times to warm up, three times measured.
    assertThat(order).hasToString("ab".repeat(6));
    assertThat(medians).hasSize(2);
  }
}
