package io.fdiff.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One comparison.
 *
 * @param work what is done
 * @param peer what it is compared with
 * @param oursMs median over the rounds in milliseconds, null where memory is compared
 * @param peerMs that of the peer
 * @param oursMb median over the rounds in megabytes, null where time is compared
 * @param peerMb that of the peer
 * @param ratioToPeer ratio of the medians
 * @param spread smallest and largest ratio of a round
 * @param goal what the ratio should keep, null without a goal
 * @param bound whether the goal is the most or the least that the ratio should be
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "work",
  "peer",
  "ours_ms",
  "peer_ms",
  "ours_mb",
  "peer_mb",
  "ratio_to_peer",
  "spread",
  "goal"
})
record EngineRow(
    String work,
    String peer,
    @Nullable Double oursMs,
    @Nullable Double peerMs,
    @Nullable Double oursMb,
    @Nullable Double peerMb,
    double ratioToPeer,
    List<Double> spread,
    @Nullable Double goal,
    Bound bound) {

  private static final String FORMAT = "%-52s %12s %12s %8s  %-15s %-8s %s";

  /** Which side of the goal is the good one. */
  enum Bound {
    /** The ratio should be at most the goal. */
    AT_MOST("≤ "),
    /** The ratio should be at least the goal. */
    AT_LEAST("≥ ");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  /**
   * A row of times.
   *
   * @param ours milliseconds of each round
   * @param peers milliseconds of the peer in the same rounds
   */
  static EngineRow times(
      String work, String peer, double[] ours, double[] peers, @Nullable Double goal) {
    double one = Timing.median(ours);
    double other = Timing.median(peers);
    return new EngineRow(
        work, peer, one, other, null, null, one / other, spread(ours, peers), goal, Bound.AT_MOST);
  }

  /**
   * A row of amounts of memory.
   *
   * @param ours megabytes of each round
   * @param peers megabytes of the peer in the same rounds
   */
  static EngineRow memory(
      String work, String peer, double[] ours, double[] peers, @Nullable Double goal) {
    EngineRow row = times(work, peer, ours, peers, goal);
    return new EngineRow(
        work,
        peer,
        null,
        null,
        row.oursMs,
        row.peerMs,
        row.ratioToPeer,
        row.spread,
        goal,
        Bound.AT_MOST);
  }

  /** The same with a goal that the ratio should not fall below. */
  EngineRow atLeast(double least) {
    return new EngineRow(
        work, peer, oursMs, peerMs, oursMb, peerMb, ratioToPeer, spread, least, Bound.AT_LEAST);
  }

  private static List<Double> spread(double[] ours, double[] peers) {
    if (ours.length == 0 || ours.length != peers.length) {
      throw new IllegalArgumentException(
          ours.length
              + " rounds of ours and "
              + peers.length
              + " of the peer: as many, at least 1");
    }
    double[] ratios = new double[ours.length];
    Arrays.setAll(ratios, i -> ours[i] / peers[i]);
    Arrays.sort(ratios);
    return List.of(ratios[0], ratios[ratios.length - 1]);
  }

  /** Whether the ratio keeps the goal; null without one. */
  @JsonProperty
  @Nullable Boolean met() {
    Double wanted = goal;
    if (wanted == null) {
      return null;
    }
    return bound == Bound.AT_MOST ? ratioToPeer <= wanted : ratioToPeer >= wanted;
  }

  /** The head of the table. */
  static String head() {
    return String.format(FORMAT, "", "ours", "other", "ratio", "(spread)", "goal", "against");
  }

  /** A line of the table. */
  String line() {
    Boolean kept = met();
    return String.format(
        FORMAT,
        work,
        amount(oursMs, oursMb),
        amount(peerMs, peerMb),
        number(ratioToPeer),
        "(" + number(spread.get(0)) + "–" + number(spread.get(1)) + ")",
        goal == null ? "" : bound.sign + number(goal),
        peer + (kept == null || kept ? "" : "  (missed)"));
  }

  private static String amount(@Nullable Double milliseconds, @Nullable Double megabytes) {
    return milliseconds != null
        ? String.format(Locale.ROOT, "%.1f ms", milliseconds)
        : String.format(Locale.ROOT, "%.0f MB", megabytes);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
