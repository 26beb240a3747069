package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Parts of a batch. */
class BatchPartTest {

  @Test
  void partsFollowEachOther() {
    BatchPart last = new BatchPart(5, 2, 3);
    assertThat(last.first()).isEqualTo(10);
    assertThat(last.total()).isEqualTo(15);
    assertThat(BatchPart.whole(7)).isEqualTo(new BatchPart(7, 0, 1));
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    for (int[] bad : new int[][] {{0, 0, 1}, {1, 0, 0}, {1, -1, 2}, {1, 2, 2}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new BatchPart(bad[0], bad[1], bad[2]))
          .withMessageContaining("part " + bad[1] + " of " + bad[2]);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchPart(1 << 20, 0, 1 << 11))
        .withMessageContaining("2048 parts of 1048576 samples");
  }
}
