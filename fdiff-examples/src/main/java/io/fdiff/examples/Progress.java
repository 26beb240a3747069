package io.fdiff.examples;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar with remaining time, on standard error. */
final class Progress implements AutoCloseable {

  private final ProgressBar bar;

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  static Progress of(String task) {
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(-1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(1000)
            .build());
  }

  void at(long step, long steps) {
    bar.maxHint(steps);
    bar.stepTo(step);
  }

  void loss(double loss) {
    bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f", loss));
  }

  @Override
  public void close() {
    bar.close();
  }
}
