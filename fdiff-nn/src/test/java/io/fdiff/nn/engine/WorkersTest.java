package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {

  @Test
  void everyTaskRunsOnceOnAWorkerOfItsOwn() {
    Workers workers = new Workers(3);
    AtomicIntegerArray inside = new AtomicIntegerArray(3);
    AtomicInteger clashes = new AtomicInteger();
    for (int round = 0; round < 200; round++) {
      AtomicIntegerArray runs = new AtomicIntegerArray(50);
      workers.run(
          50,
          (task, worker) -> {
            if (inside.incrementAndGet(worker) != 1) {
              clashes.incrementAndGet();
            }
            runs.incrementAndGet(task);
            inside.decrementAndGet(worker);
          });
      for (int task = 0; task < 50; task++) {
        assertThat(runs.get(task)).isEqualTo(1);
      }
    }
    assertThat(clashes).hasValue(0);
  }

  @Test
  void failuresReachTheCallerAndWorkGoesOn() {
    Workers workers = new Workers(2);
    for (int round = 0; round < 20; round++) {
      int failing = round;
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  workers.run(
                      20,
                      (task, worker) -> {
                        if (task == failing) {
                          throw new IllegalStateException("task " + task);
                        }
                      }))
          .withMessage("task " + failing);
    }
    AtomicInteger runs = new AtomicInteger();
    workers.run(20, (task, worker) -> runs.incrementAndGet());
    assertThat(runs).hasValue(20);
  }

  @Test
  void callersDoNotWaitForEachOther() {
    Workers workers = new Workers(2);
    AtomicInteger inner = new AtomicInteger();
    workers.run(4, (task, worker) -> workers.run(3, (t, w) -> inner.incrementAndGet()));
    assertThat(inner).hasValue(12);
  }
}
