package io.fdiff.nn.engine;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A stretch of memory: in the arena of the plan, or an array that exists outside of it. */
final class Storage {

  private final DataType type;
  private final int length;
  private final @Nullable INDArray array;
  private boolean pinned;

  /** Memory that the plan places. */
  Storage(DataType type, int length) {
    this.type = type;
    this.length = length;
    this.array = null;
  }

  /** Memory of an array, C order. */
  Storage(INDArray array) {
    this.type = array.dataType();
    this.length = Math.toIntExact(array.length());
    this.array = array;
  }

  DataType type() {
    return type;
  }

  int length() {
    return length;
  }

  /** The array outside of the arena, or null. */
  @Nullable INDArray array() {
    return array;
  }

  /** Lives during the whole run: inputs and outputs. */
  boolean pinned() {
    return pinned;
  }

  void pin() {
    pinned = true;
  }
}
