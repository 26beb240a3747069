package io.fdiff.nn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.autodiff.samediff.internal.memory.AbstractMemoryMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.BaseNDArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** SameDiff's own session, on arrays that are used again. */
final class StockSession extends InferenceSession implements AutoCloseable {

  /** Arrays by type and shape; everything handed out is free again after a run. */
  private static final class Pool extends AbstractMemoryMgr {
    private final Map<String, Deque<INDArray>> free = new HashMap<>();
    private final List<INDArray> out = new ArrayList<>();
    private long bytes;

    @Override
    public INDArray allocate(boolean detached, DataType type, long... shape) {
      Deque<INDArray> known = free.get(type + Arrays.toString(shape));
      INDArray array = known == null ? null : known.pollLast();
      if (array == null) {
        array = Nd4j.createUninitializedDetached(type, shape);
        bytes += array.length() * type.width();
      } else {
        // Sessions tell arrays apart by number.
        ((BaseNDArray) array).assignNewId();
      }
      out.add(array);
      return array;
    }

    @Override
    public INDArray allocate(boolean detached, LongShapeDescriptor descriptor) {
      return allocate(detached, descriptor.dataType(), descriptor.getShape());
    }

    @Override
    public void release(INDArray array) {}

    void reclaim() {
      for (INDArray array : out) {
        free.computeIfAbsent(
                array.dataType() + Arrays.toString(array.shape()), key -> new ArrayDeque<>())
            .addLast(array);
      }
      out.clear();
    }

    @Override
    public void close() {
      reclaim();
      free.values().forEach(arrays -> arrays.forEach(INDArray::close));
      free.clear();
      bytes = 0;
    }
  }

  private final Pool pool = new Pool();

  StockSession(SameDiff graph) {
    super(graph);
    setMmgr(pool);
  }

  Map<String, INDArray> run(List<String> wanted, Map<String, INDArray> given) {
    return output(
        wanted,
        given,
        null,
        Collections.<String>emptySet(),
        null,
        At.defaultAt(Operation.INFERENCE));
  }

  /** Ends a run: its outputs are no longer valid. */
  void reclaim() {
    freedArrays.clear();
    pool.reclaim();
  }

  long bytes() {
    return pool.bytes;
  }

  @Override
  public void close() {
    pool.close();
  }
}
