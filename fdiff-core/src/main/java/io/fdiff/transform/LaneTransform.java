package io.fdiff.transform;

/**
 * Tensor products of line transforms on blocks of functions, one thread a block.
 *
 * <p>Before axis {@code a} is transformed a block lies as {@code [n_a][rows, n_{a+1}, …, n_d, n_1,
 * …, n_{a−1}]}: the axis by rows, all else by neighbouring lanes. The result of each axis is
 * written with the next axis in front, the last one as lines {@code [rows, n_1, …, n_d]}.
 */
final class LaneTransform {

  private final int[] shape;
  private final int size;
  private final LineTransform[] lines;

  LaneTransform(int[] shape, LineTransform[] lines) {
    this.shape = shape.clone();
    this.lines = lines.clone();
    int product = 1;
    for (int n : shape) {
      product *= n;
    }
    this.size = product;
  }

  /**
   * Transforms functions.
   *
   * @param in {@code rows × size} numbers from {@code inAt} on. Not modified.
   * @param out as many from {@code outAt} on. Modified.
   */
  <A> void apply(Lanes<A> lanes, boolean forward, A in, int inAt, A out, int outAt, int rows) {
    Scratch<A> scratch = lanes.borrow();
    try {
      apply(lanes, scratch, forward, in, inAt, out, outAt, rows);
    } finally {
      lanes.release(scratch);
    }
  }

  private <A> void apply(
      Lanes<A> lanes,
      Scratch<A> scratch,
      boolean forward,
      A in,
      int inAt,
      A out,
      int outAt,
      int rows) {
    LanePass pass = pass(0, forward);
    int first = shape[0];
    int rest = size / first;
    A[] x = scratch.rows(0, pass.workRows(), rows * rest);
    int[] places = pass.places();
    if (rest == 1) {
      lanes.load(in, inAt, first, rows, x, places);
    } else {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < first; i++) {
          System.arraycopy(in, inAt + row * size + i * rest, x[places[i]], row * rest, rest);
        }
      }
    }
    int last = shape.length - 1;
    for (int axis = 0; axis <= last; axis++) {
      int count = rows * (size / shape[axis]);
      int buffer = axis % 2 * 2;
      A[] y = scratch.rows(buffer + 1, pass.workRows(), count);
      A[] z = pass.run(lanes, x, y, count);
      if (axis == last) {
        lanes.store(z, pass.results(), 0, count, out, outAt, shape[last]);
      } else {
        LanePass next = pass(axis + 1, forward);
        int nextCount = rows * (size / shape[axis + 1]);
        x = scratch.rows(2 - buffer, next.workRows(), nextCount);
        turn(lanes, axis, z, pass.results(), x, next.places(), rows);
        pass = next;
      }
    }
  }

  private LanePass pass(int axis, boolean forward) {
    return forward ? lines[axis].forward() : lines[axis].inverse();
  }

  /** Brings the next axis to the front. */
  private <A> void turn(
      Lanes<A> lanes, int axis, A[] x, int[] results, A[] y, int[] places, int rows) {
    int n = shape[axis];
    int next = shape[axis + 1];
    int others = size / (n * next);
    for (int row = 0; row < rows; row++) {
      int from = row * next * others;
      if (others == 1) {
        lanes.exchange(x, results, from, next, y, places, row * n);
      } else {
        for (int i = 0; i < next; i++) {
          A target = y[places[i]];
          lanes.store(x, results, from + i * others, others, target, row * others * n, n);
        }
      }
    }
  }
}
