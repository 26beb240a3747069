package io.fdiff.transform;

import org.jspecify.annotations.Nullable;

/**
 * One direction of a one-dimensional transform in many lanes: rows are put in their places, mixed,
 * sent through a complex DFT, mixed again and read from their places.
 */
final class LanePass {

  private final LaneFft fft;
  private final boolean backward;
  private final int workRows;
  private final @Nullable RowMix before;
  private final int[] places;
  private final @Nullable RowMix fix;
  private final @Nullable RowMix after;
  private final int[] results;

  private LanePass(
      LaneFft fft,
      boolean backward,
      int workRows,
      @Nullable RowMix before,
      int[] places,
      @Nullable RowMix fix,
      @Nullable RowMix after,
      int[] results) {
    this.fft = fft;
    this.backward = backward;
    this.workRows = Math.max(workRows, fft.rows());
    this.before = before;
    this.places = places;
    this.fix = fix;
    this.after = after;
    this.results = results;
  }

  /**
   * Values to coefficients.
   *
   * @param places row of the DFT for each value
   * @param fix completes the rows of the DFT in place
   * @param after coefficients from the rows of the DFT
   */
  static LanePass analysis(LaneFft fft, int workRows, int[] places, RowMix fix, RowMix after) {
    return new LanePass(fft, false, workRows, null, places, fix, after, identity(places.length));
  }

  /**
   * Coefficients to values by the backward DFT.
   *
   * @param before rows of the DFT from the coefficients
   * @param fix changes rows of the result in place
   * @param results row of the result for each value
   */
  static LanePass synthesis(LaneFft fft, int workRows, RowMix before, RowMix fix, int[] results) {
    return new LanePass(fft, true, workRows, before, identity(results.length), fix, null, results);
  }

  /** A forward DFT of {@code n} natural rows between two mixes. */
  static LanePass between(RowMix before, LaneFft fft, RowMix after, int n) {
    return new LanePass(fft, false, n, before, identity(n), null, after, identity(n));
  }

  private static int[] identity(int n) {
    int[] rows = new int[n];
    for (int i = 0; i < n; i++) {
      rows[i] = i;
    }
    return rows;
  }

  /** Where {@link #run} wants the natural rows. Not to be modified. */
  int[] places() {
    return places;
  }

  /** The number of rows that each of the two work buffers must hold. */
  int workRows() {
    return workRows;
  }

  /** Where {@link #run} leaves the natural rows. Not to be modified. */
  int[] results() {
    return results;
  }

  /**
   * Transforms all lanes.
   *
   * @param x natural rows, row {@code i} at {@code places()[i]}. Modified.
   * @param y a second buffer. Modified.
   * @param width number of lanes
   * @return the buffer that holds the result, row {@code i} at {@code results()[i]}
   */
  <A> A[] run(Lanes<A> lanes, A[] x, A[] y, int width) {
    A[] z;
    if (before != null) {
      before.apply(lanes, x, y, width);
      z = fft.transform(lanes, y, x, width, backward);
    } else {
      apply(fix, lanes, x, width);
      z = fft.transform(lanes, x, y, width, backward);
    }
    if (after == null) {
      apply(fix, lanes, z, width);
      return z;
    }
    A[] out = z == x ? y : x;
    after.apply(lanes, z, out, width);
    return out;
  }

  private static <A> void apply(@Nullable RowMix fix, Lanes<A> lanes, A[] x, int width) {
    if (fix != null) {
      fix.apply(lanes, x, x, width);
    }
  }
}
