package io.fdiff.nn.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gives the batches of a training in their order and, if it prefetches, makes the next one in
 * another thread meanwhile.
 *
 * <p>A batch depends on its address alone, so that prefetching changes no bit. The other thread
 * copies what it made into one of two sets of arrays, so that an objective may use its arrays again
 * at each call. Objectives are called by one thread at a time. A failure of the other thread is
 * thrown by the call that takes its batch. Not thread-safe.
 */
final class BatchFeed implements AutoCloseable {

  /** Makes batches. */
  @FunctionalInterface
  interface Maker {

    /** The batch at an address; arrays are valid until the next call. */
    Map<String, INDArray> make(Address address);
  }

  /** Part {@code part} of the batch of step {@code step}, made by an objective. */
  record Address(long step, int part, int objective) {}

  private record Pending(Address address, Future<Map<String, INDArray>> batch) {}

  private record Slot(int objective, boolean second) {}

  private final Maker maker;
  private final @Nullable ExecutorService thread;
  private final Map<Slot, Map<String, INDArray>> copies = new HashMap<>();
  private @Nullable Pending pending;
  private boolean second;

  BatchFeed(Maker maker, boolean prefetch) {
    this.maker = maker;
    this.thread = prefetch ? Executors.newSingleThreadExecutor(BatchFeed::daemon) : null;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fdiff-batches");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * A batch.
   *
   * @param address which one
   * @param next the batch that will be asked for next, null if there is none
   * @return its arrays, valid until the next call
   */
  Map<String, INDArray> take(Address address, @Nullable Address next) {
    if (thread == null) {
      return maker.make(address);
    }
    Pending ready = pending;
    if (ready == null || !ready.address().equals(address)) {
      await(ready);
      ready = request(thread, address);
    }
    pending = null;
    Map<String, INDArray> batch = get(ready.batch());
    pending = next == null ? null : request(thread, next);
    return batch;
  }

  private Pending request(ExecutorService executor, Address address) {
    second = !second;
    Slot slot = new Slot(address.objective(), second);
    return new Pending(address, executor.submit(() -> copy(slot, maker.make(address))));
  }

  private Map<String, INDArray> copy(Slot slot, Map<String, INDArray> batch) {
    Map<String, INDArray> copy = copies.computeIfAbsent(slot, key -> new HashMap<>());
    for (String gone : List.copyOf(copy.keySet())) {
      if (!batch.containsKey(gone)) {
        copy.remove(gone);
      }
    }
    batch.forEach(
        (name, array) -> {
          INDArray own = copy.get(name);
          if (own == null || own.dataType() != array.dataType() || !own.equalShapes(array)) {
            if (own != null) {
              own.close();
            }
            own = Nd4j.createUninitialized(array.dataType(), array.shape(), 'c');
            copy.put(name, own);
          }
          copyValues(array, own);
        });
    return copy;
  }

  private static void copyValues(INDArray from, INDArray to) {
    boolean plain = !from.isView() && Shape.hasDefaultStridesForShape(from);
    // Each operation of ND4J leaves native memory to the garbage collector.
    if (plain && from.dataType() == DataType.FLOAT) {
      to.data().asNioFloat().put(from.data().asNioFloat());
    } else if (plain && from.dataType() == DataType.DOUBLE) {
      to.data().asNioDouble().put(from.data().asNioDouble());
    } else {
      to.assign(from);
    }
  }

  private static Map<String, INDArray> get(Future<Map<String, INDArray>> batch) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return batch.get();
        } catch (InterruptedException ex) {
          // The step is finished first; who interrupts is heard afterwards.
          interrupted = true;
        } catch (ExecutionException ex) {
          if (ex.getCause() instanceof Error error) {
            throw error;
          }
          // A maker has no checked exceptions.
          throw (RuntimeException) ex.getCause();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for a batch that nobody wants any more, so that the arrays of its set are free. */
  private static void await(@Nullable Pending unwanted) {
    if (unwanted != null) {
      try {
        get(unwanted.batch());
      } catch (RuntimeException ignored) {
        // Nobody asked for this batch.
      }
    }
  }

  /** Waits for the batch in the making; no objective is called afterwards. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.shutdown();
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        done = thread.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException ex) {
        interrupted = true;
      }
    }
    copies.values().forEach(set -> set.values().forEach(INDArray::close));
    copies.clear();
    pending = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
