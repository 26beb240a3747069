package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fdiff.nn.train.BatchFeed.Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class BatchFeedTest {

  /** Writes step and part into one array again and again, as an objective may. */
  private static final class Reusing implements BatchFeed.Maker {
    final INDArray values = Nd4j.create(DataType.FLOAT, 2, 3);
    final INDArray wide = Nd4j.create(DataType.DOUBLE, 2);
    final INDArray whole = Nd4j.create(DataType.INT32, 2);
    final List<Address> made = Collections.synchronizedList(new ArrayList<>());
    final Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
    final AtomicInteger inside = new AtomicInteger();

    @Override
    public Map<String, INDArray> make(Address address) {
      assertThat(inside.incrementAndGet()).isEqualTo(1);
      threads.add(Thread.currentThread());
      if (address.step() == 13) {
        inside.decrementAndGet();
        throw new IllegalStateException("no data at step 13");
      }
      values.assign(address.step());
      wide.assign(address.part());
      whole.assign(address.objective());
      made.add(address);
      inside.decrementAndGet();
      return Map.of("values", values, "wide", wide, "whole", whole);
    }
  }

  private static Address at(long step) {
    return new Address(step, (int) (step % 3), (int) (step % 2));
  }

  private static void check(Map<String, INDArray> batch, long step) {
    assertThat(batch.get("values").toFloatMatrix()[1][2]).isEqualTo((float) step);
    assertThat(batch.get("wide").getDouble(1)).isEqualTo((double) (step % 3));
    assertThat(batch.get("whole").getInt(1)).isEqualTo((int) (step % 2));
  }

  @Test
  void nextBatchIsMadeElsewhereMeanwhile() throws InterruptedException {
    Reusing maker = new Reusing();
    CountDownLatch second = new CountDownLatch(1);
    BatchFeed.Maker counting =
        address -> {
          Map<String, INDArray> batch = maker.make(address);
          if (address.step() == 1) {
            second.countDown();
          }
          return batch;
        };
    try (BatchFeed feed = new BatchFeed(counting, true)) {
      Map<String, INDArray> first = feed.take(at(0), at(1));
      assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
      // The maker has overwritten its own arrays by now.
      check(first, 0);
      for (long step = 1; step < 12; step++) {
        check(feed.take(at(step), step < 11 ? at(step + 1) : null), step);
      }
    }
    assertThat(maker.made).hasSize(12).doesNotHaveDuplicates();
    assertThat(maker.threads).hasSize(1).doesNotContain(Thread.currentThread());
  }

  @Test
  void switchedOffEverythingStaysInTheThread() {
    Reusing maker = new Reusing();
    try (BatchFeed feed = new BatchFeed(maker, false)) {
      check(feed.take(at(4), at(5)), 4);
      assertThat(maker.made).containsExactly(at(4));
      check(feed.take(at(5), at(6)), 5);
    }
    assertThat(maker.threads).containsExactly(Thread.currentThread());
  }

  @Test
  void failuresSurfaceWhereTheBatchIsTaken() {
    Reusing maker = new Reusing();
    try (BatchFeed feed = new BatchFeed(maker, true)) {
      check(feed.take(at(12), at(13)), 12);
      for (int again = 0; again < 2; again++) {
        assertThatIllegalStateException()
            .isThrownBy(() -> feed.take(at(13), at(14)))
            .withMessage("no data at step 13");
      }
      check(feed.take(at(14), at(13)), 14);
      // A batch that failed and is not wanted is no failure.
      check(feed.take(at(15), null), 15);
    }
    BatchFeed.Maker broken =
        address -> {
          throw new AssertionError("broken");
        };
    try (BatchFeed feed = new BatchFeed(broken, true)) {
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> feed.take(at(0), null))
          .withMessage("broken");
    }
  }

  @Test
  void jumpsAreFollowed() {
    Reusing maker = new Reusing();
    try (BatchFeed feed = new BatchFeed(maker, true)) {
      check(feed.take(at(1), at(2)), 1);
      check(feed.take(at(7), at(8)), 7);
      check(feed.take(at(8), null), 8);
      assertThat(maker.made).containsExactly(at(1), at(2), at(7), at(8));
    }
  }

  /** After closing, the objective is no longer called and may be freed. */
  @Test
  void closingWaitsForTheBatchInTheMaking() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    Reusing maker = new Reusing();
    BatchFeed feed =
        new BatchFeed(
            address -> {
              if (address.step() == 1) {
                begun.countDown();
                awaitUninterrupted(released);
                finished.incrementAndGet();
              }
              return maker.make(address);
            },
            true);
    check(feed.take(at(0), at(1)), 0);
    begun.await();
    Thread closer = new Thread(feed::close);
    closer.start();
    closer.join(100);
    assertThat(closer.isAlive()).isTrue();
    released.countDown();
    closer.join();
    assertThat(finished).hasValue(1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException ex) {
      throw new AssertionError("an objective must not be interrupted", ex);
    }
  }

  @Test
  void interruptsWaitForTheStep() {
    Reusing maker = new Reusing();
    try (BatchFeed feed = new BatchFeed(maker, true)) {
      Thread.currentThread().interrupt();
      check(feed.take(at(3), at(4)), 3);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
