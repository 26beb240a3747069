package io.fdiff.nn.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where the elements of an array lie in its storage: shape, strides and offset, in elements. */
final class Layout {

  private final int[] shape;
  private final int[] strides;
  private final int offset;

  private Layout(int[] shape, int[] strides, int offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  /** C order without gaps. */
  static Layout contiguous(int... shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, shape[axis]);
    }
    return new Layout(shape.clone(), strides, 0);
  }

  int rank() {
    return shape.length;
  }

  int size(int axis) {
    return shape[axis];
  }

  int stride(int axis) {
    return strides[axis];
  }

  int offset() {
    return offset;
  }

  int[] shape() {
    return shape.clone();
  }

  int length() {
    return product(shape);
  }

  static int product(int... sizes) {
    int product = 1;
    for (int size : sizes) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  boolean isContiguous() {
    int expected = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] != 1 && strides[axis] != expected) {
        return false;
      }
      expected *= shape[axis];
    }
    return true;
  }

  Layout permute(int... axes) {
    int[] newShape = new int[axes.length];
    int[] newStrides = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      newShape[i] = shape[axes[i]];
      newStrides[i] = strides[axes[i]];
    }
    return new Layout(newShape, newStrides, offset);
  }

  /** Every {@code step}-th index of an axis. */
  Layout narrow(int axis, int from, int step, int count) {
    int[] newShape = shape.clone();
    int[] newStrides = strides.clone();
    newShape[axis] = count;
    newStrides[axis] = strides[axis] * step;
    return new Layout(newShape, newStrides, offset + from * strides[axis]);
  }

  /** Axes of size 1, and missing leading ones, repeated with stride 0. */
  Layout broadcast(int... target) {
    int[] newStrides = new int[target.length];
    int missing = target.length - shape.length;
    for (int axis = 0; axis < target.length; axis++) {
      boolean repeated = axis < missing || shape[axis - missing] == 1;
      if (!repeated && shape[axis - missing] != target[axis]) {
        throw new IllegalArgumentException(
            "shape "
                + Arrays.toString(shape)
                + " does not broadcast to "
                + Arrays.toString(target)
                + ": sizes must be equal or 1");
      }
      newStrides[axis] = repeated ? 0 : strides[axis - missing];
    }
    return new Layout(target.clone(), newStrides, offset);
  }

  /** The same elements in C order under another shape, or null if strides cannot express it. */
  @Nullable Layout reshape(int... target) {
    int[] newStrides = new int[target.length];
    int to = target.length - 1;
    int from = shape.length - 1;
    while (from >= 0) {
      // A run of old axes that is one axis of even stride.
      int stride = strides[from];
      int run = shape[from];
      while (from > 0 && (shape[from - 1] == 1 || run == 1 || strides[from - 1] == run * stride)) {
        if (run == 1) {
          stride = strides[from - 1];
        }
        run *= shape[from - 1];
        from--;
      }
      from--;
      int covered = 1;
      while (to >= 0 && (covered < run || target[to] == 1)) {
        newStrides[to] = stride * covered;
        covered *= target[to];
        to--;
      }
      if (covered != run) {
        return null;
      }
    }
    return new Layout(target.clone(), newStrides, offset);
  }

  /** The layout of the same array when its storage begins elsewhere. */
  Layout shifted(int by) {
    return new Layout(shape, strides, offset + by);
  }

  /** Whether both reach the same elements in the same order. */
  boolean reaches(Layout other) {
    boolean same = Arrays.equals(shape, other.shape) && offset == other.offset;
    for (int axis = 0; same && axis < shape.length; axis++) {
      same = shape[axis] == 1 || strides[axis] == other.strides[axis];
    }
    return same;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Layout that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(strides, that.strides)
        && offset == that.offset;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(shape) + Arrays.hashCode(strides)) + offset;
  }

  @Override
  public String toString() {
    return Arrays.toString(shape) + "/" + Arrays.toString(strides) + "+" + offset;
  }
}
