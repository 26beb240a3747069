package io.fdiff.transform;

/**
 * Tensor products of line transforms on blocks of functions, one thread a block.
 *
 * <p>Before axis {@code a} is transformed a block lies as {@code [n_a][rows, …]}: the axis by rows,
 * all else, in the order of the axes, by neighbouring lanes. Only between the last axis and the one
 * before it, and between the last axis and lines, does a change of layout move single numbers; all
 * others move runs of lanes.
 */
final class LaneTransform {

  private final int[] shape;
  private final LineTransform[] lines;

  LaneTransform(int[] shape, LineTransform[] lines) {
    this.shape = shape.clone();
    this.lines = lines.clone();
  }

  /**
   * Values to coefficients.
   *
   * @param in {@code rows × size} values from {@code inAt} on. Not modified.
   * @param out as many coefficients from {@code outAt} on. Modified.
   */
  <A> void forward(Lanes<A> lanes, A in, int inAt, A out, int outAt, int rows) {
    Scratch<A> scratch = lanes.borrow();
    try {
      Walk<A> walk = new Walk<>(lanes, scratch, true, rows);
      walk.read(in, inAt);
      walk.transform(0);
      for (int axis = 1; axis < shape.length; axis++) {
        walk.turn(axis - 1, axis);
        walk.transform(axis);
      }
      lanes.store(walk.z, walk.places, last(), walk.count(shape.length - 1), out, outAt);
    } finally {
      lanes.release(scratch);
    }
  }

  /**
   * Coefficients to values.
   *
   * @param in {@code rows × size} coefficients from {@code inAt} on. Not modified.
   * @param out as many values from {@code outAt} on. Modified.
   */
  <A> void inverse(Lanes<A> lanes, A in, int inAt, A out, int outAt, int rows) {
    Scratch<A> scratch = lanes.borrow();
    try {
      Walk<A> walk = new Walk<>(lanes, scratch, false, rows);
      int axis = shape.length - 1;
      walk.enter(axis);
      lanes.load(in, inAt, last(), walk.count(axis), walk.z, walk.places);
      walk.back(shape);
      walk.write(out, outAt);
    } finally {
      lanes.release(scratch);
    }
  }

  /**
   * The values of functions at a leading corner of the grid, with the bits of {@link #inverse}.
   *
   * @param in {@code n_d} rows {@code [rows, n_1, …, n_{d−1}]} of coefficients. Not modified.
   * @param out {@code rows × corner} values. Modified.
   * @param corner number of points kept on each axis
   */
  <A> void corner(Lanes<A> lanes, A[] in, A out, int rows, int[] corner) {
    Scratch<A> scratch = lanes.borrow();
    try {
      Walk<A> walk = new Walk<>(lanes, scratch, false, rows);
      int axis = shape.length - 1;
      walk.enter(axis);
      for (int k = 0; k < last(); k++) {
        System.arraycopy(in[k], 0, walk.z[walk.places[k]], 0, walk.count(axis));
      }
      walk.back(corner);
      walk.write(out, 0);
    } finally {
      lanes.release(scratch);
    }
  }

  private int last() {
    return shape[shape.length - 1];
  }

  private static int product(int[] shape, int from, int to) {
    int product = 1;
    for (int a = from; a < to; a++) {
      product *= shape[a];
    }
    return product;
  }

  /** One block on its way through the axes. */
  private final class Walk<A> {
    private final Lanes<A> lanes;
    private final Scratch<A> scratch;
    private final boolean forward;
    private final int rows;
    private final int[] extent;
    private int buffer;
    private A[] z;
    private int[] places;

    Walk(Lanes<A> lanes, Scratch<A> scratch, boolean forward, int rows) {
      this.lanes = lanes;
      this.scratch = scratch;
      this.forward = forward;
      this.rows = rows;
      this.extent = shape.clone();
      this.z = lanes.allocateRows(0);
      this.places = new int[0];
    }

    private LanePass pass(int axis) {
      return forward ? lines[axis].forward() : lines[axis].inverse();
    }

    private int count(int axis) {
      return rows * (product(extent, 0, extent.length) / extent[axis]);
    }

    /** Makes room before an axis in the buffers that the block does not lie in. */
    private void enter(int axis) {
      buffer = 2 - buffer;
      LanePass pass = pass(axis);
      z = scratch.rows(buffer, pass.workRows(), count(axis));
      places = pass.places();
    }

    void read(A in, int inAt) {
      enter(0);
      int first = extent[0];
      int rest = count(0) / rows;
      if (rest == 1) {
        lanes.load(in, inAt, first, rows, z, places);
        return;
      }
      int from = inAt;
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < first; i++) {
          System.arraycopy(in, from, z[places[i]], row * rest, rest);
          from += rest;
        }
      }
    }

    void transform(int axis) {
      LanePass pass = pass(axis);
      int count = count(axis);
      z = pass.run(lanes, z, scratch.rows(buffer + 1, pass.workRows(), count), count);
      places = pass.results();
    }

    /** All axes from the last to the first, of each as many points as are wanted. */
    void back(int[] corner) {
      for (int axis = extent.length - 1; ; axis--) {
        transform(axis);
        extent[axis] = corner[axis];
        if (axis == 0) {
          return;
        }
        turn(axis, axis - 1);
      }
    }

    /** Brings {@code to}, a neighbour of {@code axis}, to the front. */
    void turn(int axis, int to) {
      A[] x = z;
      int[] results = places;
      enter(to);
      int n = extent[axis];
      int m = extent[to];
      int outer = rows * product(extent, 0, Math.min(axis, to));
      int inner = product(extent, Math.max(axis, to) + 1, extent.length);
      for (int q = 0; q < outer; q++) {
        if (inner == 1) {
          lanes.exchange(x, results, n, q * m, m, z, places, q * n);
          continue;
        }
        for (int j = 0; j < n; j++) {
          for (int i = 0; i < m; i++) {
            int from = (q * m + i) * inner;
            System.arraycopy(x[results[j]], from, z[places[i]], (q * n + j) * inner, inner);
          }
        }
      }
    }

    /** The block with the first axis in front. */
    void write(A out, int outAt) {
      int first = extent[0];
      int rest = count(0) / rows;
      if (rest == 1) {
        lanes.store(z, places, first, rows, out, outAt);
        return;
      }
      int to = outAt;
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < first; i++) {
          System.arraycopy(z[places[i]], row * rest, out, to, rest);
          to += rest;
        }
      }
    }
  }
}
