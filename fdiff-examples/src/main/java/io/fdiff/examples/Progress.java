package io.fdiff.examples;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar with remaining time, on standard error. */
public final class Progress implements AutoCloseable {

  private final ProgressBar bar;

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  /**
   * A bar that is not at any step yet.
   *
   * @param task what is going on
   * @return the bar
   */
  public static Progress of(String task) {
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(-1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(1000)
            .build());
  }

  /**
   * Shows how far it is.
   *
   * @param step steps done
   * @param steps steps in all
   */
  public void at(long step, long steps) {
    bar.maxHint(steps);
    bar.stepTo(step);
  }

  /**
   * Shows a loss.
   *
   * @param loss the loss
   */
  public void loss(double loss) {
    bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
  }

  @Override
  public void close() {
    bar.close();
  }
}
