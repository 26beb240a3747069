package io.fdiff.nn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.internal.memory.AbstractMemoryMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.BaseNDArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of one session: arrays are handed out by type and shape, taken back when the session
 * releases them, and all of them at the end of a run. So a run allocates nothing that the run
 * before did not, and nothing waits for the garbage collector.
 */
final class ArrayPool extends AbstractMemoryMgr {

  private record Key(DataType type, List<Long> shape) {
    static Key of(DataType type, long[] shape) {
      return new Key(type, Arrays.stream(shape).boxed().toList());
    }
  }

  private final long capacity;
  private final Map<Key, Deque<INDArray>> free = new HashMap<>();
  private final Map<Long, INDArray> out = new HashMap<>();
  private long bytes;

  /**
   * @param capacity bytes kept between runs; above it the pool is emptied at the end of a run
   */
  ArrayPool(long capacity) {
    this.capacity = capacity;
  }

  @Override
  public INDArray allocate(boolean detached, LongShapeDescriptor descriptor) {
    if (descriptor.isEmpty()) {
      return Nd4j.create(descriptor);
    }
    return allocate(detached, descriptor.dataType(), descriptor.getShape());
  }

  @Override
  public INDArray allocate(boolean detached, DataType type, long... shape) {
    Deque<INDArray> known = free.get(Key.of(type, shape));
    INDArray array = known == null ? null : known.pollLast();
    if (array == null) {
      array = Nd4j.createUninitializedDetached(type, shape);
      bytes += array.length() * type.width();
    } else {
      // The session tracks uses by id: an array that is handed out again is a new one to it.
      ((BaseNDArray) array).assignNewId();
    }
    out.put(array.getId(), array);
    return array;
  }

  @Override
  public void release(INDArray array) {
    INDArray own = out.get(array.getId());
    if (own == array) {
      out.remove(array.getId());
      keep(array);
    }
  }

  private void keep(INDArray array) {
    free.computeIfAbsent(Key.of(array.dataType(), array.shape()), key -> new ArrayDeque<>())
        .addLast(array);
  }

  /** Takes back everything that is out; the outputs of the run are no longer valid. */
  void endRun() {
    for (INDArray array : new ArrayList<>(out.values())) {
      keep(array);
    }
    out.clear();
    if (bytes > capacity) {
      close();
    }
  }

  /** Bytes of all arrays, in use or free. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    for (Deque<INDArray> arrays : free.values()) {
      for (INDArray array : arrays) {
        if (array.closeable()) {
          array.close();
        }
      }
    }
    free.clear();
    bytes = 0;
  }
}
