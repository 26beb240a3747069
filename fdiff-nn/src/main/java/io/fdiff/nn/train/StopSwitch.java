package io.fdiff.nn.train;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a training to stop between two steps, from any thread or on a signal.
 *
 * <p>{@link #onSignals} holds the end of the process back on SIGINT (Ctrl-C) and SIGTERM until the
 * training has finished its step, written its checkpoint and left the block:
 *
 * <pre>{@code
 * try (StopSwitch stop = StopSwitch.onSignals(Duration.ofMinutes(5))) {
 *   trainer.stopOn(stop);
 *   trainer.run();
 * }
 * }</pre>
 *
 * <p>The process then ends with the exit code of the signal, 130 or 143. Do not call {@code
 * System.exit} inside the block: it would wait for the block to be left. Thread-safe.
 */
public final class StopSwitch implements AutoCloseable {

  private final CountDownLatch left = new CountDownLatch(1);
  private volatile boolean requested;
  private final @Nullable Thread hook;

  private StopSwitch(@Nullable Duration patience) {
    this.hook = patience == null ? null : new Thread(() -> hold(patience), "fdiff-stop");
  }

  /**
   * A switch that only {@link #request} turns.
   *
   * @return the switch
   */
  public static StopSwitch manual() {
    return new StopSwitch(null);
  }

  /**
   * A switch that is also turned when the process is asked to end.
   *
   * @param patience how long the process waits at most for {@link #close} before it ends all the
   *     same; a checkpoint that is being written then is lost, the one before is not
   * @return the switch
   * @throws IllegalArgumentException if the duration is not positive
   * @throws IllegalStateException if the process is already ending
   */
  public static StopSwitch onSignals(Duration patience) {
    Objects.requireNonNull(patience, "patience");
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException(
          "patience of " + patience + " is not positive; give the time of a step and a checkpoint");
    }
    StopSwitch result = new StopSwitch(patience);
    Runtime.getRuntime().addShutdownHook(Objects.requireNonNull(result.hook));
    return result;
  }

  private void hold(Duration patience) {
    requested = true;
    try {
      // When the time is over the process ends without us.
      boolean unused = left.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException ex) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the training to stop after the step it is at. */
  public void request() {
    requested = true;
  }

  /**
   * Whether the training was asked to stop.
   *
   * @return true after {@link #request} or a signal
   */
  public boolean requested() {
    return requested;
  }

  /** Lets the process end; signals have their usual effect again. */
  @Override
  public void close() {
    left.countDown();
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException ignored) {
        // The process is ending: the hook is what we have just released.
      }
    }
  }
}
