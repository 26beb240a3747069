package io.fdiff.schedule;

import java.util.Arrays;

/**
 * A law of times that follows the loss: density proportional to {@code √E[loss² | t]}, estimated by
 * running means over bins of equal width in a base law's quantile (Nichol and Dhariwal 2021). The
 * reweighted loss {@code loss(t)·weight(base, t)} then has the least variance.
 *
 * <p>Until every bin has been seen {@code warmUp} times the law is the base law; from then on a
 * share of the base law is kept, so that weights are bounded. Thread-safe; {@link #snapshot} gives
 * the immutable law of a moment, which a batch must use for both draws and weights.
 */
public final class ImportanceTimes {

  private final TimeDistribution base;
  private final double memory;
  private final int warmUp;
  private final double floor;
  private final double[] squares;
  private final long[] seen;

  private ImportanceTimes(
      TimeDistribution base, int bins, double memory, int warmUp, double floor) {
    this.base = base;
    this.memory = memory;
    this.warmUp = warmUp;
    this.floor = floor;
    this.squares = new double[bins];
    this.seen = new long[bins];
  }

  /**
   * A law that starts as its base.
   *
   * @param base the law that the loss is stated for
   * @param bins number of bins of equal probability under it, at least 2
   * @param memory weight of the past in the running mean, in {@code [0, 1)}; 0.99 is customary
   * @param warmUp losses to see in every bin before the law moves, at least 1
   * @param floor share of the base law that stays, in {@code (0, 1]}; weights are at most {@code
   *     1/floor}
   * @return the law
   * @throws IllegalArgumentException if a number is out of range
   */
  public static ImportanceTimes of(
      TimeDistribution base, int bins, double memory, int warmUp, double floor) {
    if (bins < 2 || warmUp < 1) {
      throw new IllegalArgumentException(
          bins + " bins, warm-up of " + warmUp + ": give at least 2 bins and a warm-up of 1");
    }
    if (!(memory >= 0 && memory < 1 && floor > 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "memory "
              + memory
              + ", floor "
              + floor
              + ": needs a memory in [0, 1) and a floor in (0, 1]");
    }
    return new ImportanceTimes(base, bins, memory, warmUp, floor);
  }

  /**
   * Hears of a loss.
   *
   * @param t a time of the base law's interval
   * @param loss the loss there, not reweighted
   * @throws IllegalArgumentException if the time is outside of the interval or the loss not finite
   */
  public synchronized void observe(double t, double loss) {
    if (!(t >= base.first() && t <= base.last()) || !Double.isFinite(loss)) {
      throw new IllegalArgumentException(
          "loss "
              + loss
              + " at time "
              + t
              + ": needs a finite loss at a time in ["
              + base.first()
              + ", "
              + base.last()
              + "]");
    }
    int bin = bin(t);
    seen[bin]++;
    // A plain mean while it has seen less than its memory reaches.
    double share = Math.max(1 - memory, 1.0 / seen[bin]);
    squares[bin] += share * (loss * loss - squares[bin]);
  }

  private int bin(double t) {
    int low = 0;
    int high = squares.length - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (t >= base.quantile((double) middle / squares.length)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /**
   * The law of this moment.
   *
   * @return an immutable law, the base law during warm-up
   */
  public synchronized TimeDistribution snapshot() {
    for (long count : seen) {
      if (count < warmUp) {
        return base;
      }
    }
    double[] shares = Arrays.stream(squares).map(Math::sqrt).toArray();
    double total = Arrays.stream(shares).sum();
    for (int i = 0; i < shares.length; i++) {
      double own = total > 0 ? shares[i] / total : 1.0 / shares.length;
      shares[i] = floor / shares.length + (1 - floor) * own;
    }
    return new BinnedTimes(base, shares);
  }
}
