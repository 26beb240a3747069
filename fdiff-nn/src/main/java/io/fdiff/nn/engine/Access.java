package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * How a row program reaches an operand: where each row begins, and whether a row is a run of
 * elements (column stride 1) or one repeated element (0).
 *
 * @param offset first element
 * @param sizes sizes of the collapsed row axes, outermost first; empty if all rows are the same
 * @param strides their strides
 * @param columnStride 0 or 1
 */
record Access(int offset, List<Integer> sizes, List<Integer> strides, int columnStride) {

  /**
   * The access to an array of the domain's shape, broadcast included.
   *
   * @param layout layout of the operand, broadcast to the domain
   * @param rowAxes the leading axes that count rows; one more is the column, if there is one
   */
  static Access of(Layout layout, int rowAxes) {
    List<Integer> sizes = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    for (int axis = 0; axis < rowAxes; axis++) {
      int size = layout.size(axis);
      int stride = layout.stride(axis);
      if (size == 1) {
        continue;
      }
      int last = sizes.size() - 1;
      if (last >= 0 && strides.get(last) == stride * size) {
        sizes.set(last, sizes.get(last) * size);
        strides.set(last, stride);
      } else {
        sizes.add(size);
        strides.add(stride);
      }
    }
    if (strides.stream().allMatch(stride -> stride == 0)) {
      sizes.clear();
      strides.clear();
    }
    boolean repeated = rowAxes == layout.rank() || layout.size(rowAxes) == 1;
    return new Access(
        layout.offset(),
        List.copyOf(sizes),
        List.copyOf(strides),
        repeated ? 0 : layout.stride(rowAxes));
  }

  /** The access to an array without gaps. */
  static Access sequential(int offset, int rows, int columns) {
    return of(Layout.contiguous(rows, columns).shifted(offset), 1);
  }

  /** Whether all rows are the same. */
  boolean isConstant() {
    return sizes.isEmpty();
  }

  /** Whether rows follow each other without gaps. */
  boolean isDense(int columns) {
    return sizes.size() == 1 && strides.get(0) == columns && (columnStride == 1 || columns == 1);
  }

  /** The first element of a row. */
  int row(int index) {
    int at = offset;
    int rest = index;
    for (int axis = sizes.size() - 1; axis >= 0; axis--) {
      int size = sizes.get(axis);
      at += rest % size * strides.get(axis);
      rest /= size;
    }
    return at;
  }
}
