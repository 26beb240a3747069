package io.fdiff.nn.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the engine. Work comes as numbered tasks whose results do not depend on who runs
 * them; steps are short, so idle threads wait actively for a moment before they sleep.
 */
final class Workers {

  /** One task. */
  interface Task {
    /**
     * Runs it.
     *
     * @param task its number
     * @param worker number of the thread, below {@link Workers#count()}
     */
    void run(int task, int worker);
  }

  private static final class Work {
    final Task task;
    final int tasks;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger open;
    volatile @Nullable Throwable failure;

    Work(Task task, int tasks) {
      this.task = task;
      this.tasks = tasks;
      this.open = new AtomicInteger(tasks);
    }

    void help(int worker) {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          task.run(i, worker);
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          open.decrementAndGet();
        }
      }
    }
  }

  private static final int SPINS = 20_000;
  private static final Workers SHARED = new Workers(configured());

  private final Thread[] threads;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile @Nullable Work work;

  Workers(int count) {
    threads = new Thread[Math.max(1, count) - 1];
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      threads[i] = new Thread(() -> serve(worker), "fdiff-engine-" + worker);
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  /** The threads of this process. */
  static Workers shared() {
    return SHARED;
  }

  private static int configured() {
    Integer given = Integer.getInteger("fdiff.engine.threads");
    return given != null && given > 0 ? given : Runtime.getRuntime().availableProcessors();
  }

  /** The threads, the caller's included. */
  int count() {
    return threads.length + 1;
  }

  /** Runs all tasks; alone if the threads are busy with another caller. */
  void run(int tasks, Task task) {
    if (tasks <= 1 || threads.length == 0 || !busy.compareAndSet(false, true)) {
      for (int i = 0; i < tasks; i++) {
        task.run(i, 0);
      }
      return;
    }
    try {
      Work current = new Work(task, tasks);
      work = current;
      for (Thread thread : threads) {
        LockSupport.unpark(thread);
      }
      current.help(0);
      while (current.open.get() > 0) {
        Thread.onSpinWait();
      }
      work = null;
      Throwable failure = current.failure;
      if (failure instanceof RuntimeException e) {
        throw e;
      } else if (failure instanceof Error e) {
        throw e;
      }
    } finally {
      busy.set(false);
    }
  }

  private void serve(int worker) {
    int spins = 0;
    while (true) {
      Work current = work;
      if (current != null && current.next.get() < current.tasks) {
        current.help(worker);
        spins = 0;
      } else if (spins < SPINS) {
        spins++;
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        spins = 0;
      }
    }
  }
}
