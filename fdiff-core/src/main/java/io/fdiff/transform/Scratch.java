package io.fdiff.transform;

import java.util.ArrayList;
import java.util.List;

/** Row buffers of one transform, kept between calls and grown when a block needs more. */
final class Scratch<A> {

  private static final int BUFFERS = 4;

  private final Lanes<A> lanes;
  private final List<A[]> buffers = new ArrayList<>();

  Scratch(Lanes<A> lanes) {
    this.lanes = lanes;
    for (int i = 0; i < BUFFERS; i++) {
      buffers.add(lanes.allocateRows(0));
    }
  }

  /** Buffer {@code index} of 4: at least {@code rows} rows of {@code length} entries or more. */
  A[] rows(int index, int rows, int length) {
    A[] buffer = buffers.get(index);
    if (buffer.length < rows) {
      A[] grown = lanes.allocateRows(rows);
      System.arraycopy(buffer, 0, grown, 0, buffer.length);
      buffer = grown;
      buffers.set(index, buffer);
    }
    for (int i = 0; i < rows; i++) {
      if (lanes.length(buffer[i]) < length) {
        buffer[i] = lanes.allocate(length);
      }
    }
    return buffer;
  }
}
