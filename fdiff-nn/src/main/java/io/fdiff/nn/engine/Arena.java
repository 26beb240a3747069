package io.fdiff.nn.engine;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The memory of a plan: one block for each element type, and the arrays outside of it. */
final class Arena implements AutoCloseable {

  /** Bytes that vector loads like to start at. */
  static final int ALIGNMENT = 64;

  /** A pointer to memory that others own. */
  private static final class Floats extends FloatPointer {
    Floats(long address, long length) {
      super((Pointer) null);
      this.address = address;
      this.limit = length;
      this.capacity = length;
    }
  }

  private static final class Doubles extends DoublePointer {
    Doubles(long address, long length) {
      super((Pointer) null);
      this.address = address;
      this.limit = length;
      this.capacity = length;
    }
  }

  private final Map<DataType, INDArray> blocks = new LinkedHashMap<>();
  private final Map<DataType, Integer> starts = new LinkedHashMap<>();
  private final Map<Storage, Long> places;
  private final Map<Storage, Buffer> buffers = new LinkedHashMap<>();
  private final Map<Storage, INDArray> others = new LinkedHashMap<>();
  private final Map<DataType, Integer> scratchSizes = new LinkedHashMap<>();
  private final Map<DataType, INDArray> scratch = new LinkedHashMap<>();
  private final List<INDArray> owned = new ArrayList<>();
  private long bytes;

  /**
   * Memory for placed storages.
   *
   * @param places first element of each storage within the block of its type
   * @param sizes elements of the blocks
   */
  Arena(Map<Storage, Long> places, Map<DataType, Long> sizes) {
    this.places = places;
    sizes.forEach(
        (type, size) -> {
          int spare = ALIGNMENT / type.width();
          INDArray block = own(Nd4j.createUninitialized(type, Math.max(1, size) + (long) spare));
          long address = address(block);
          int start = (int) ((ALIGNMENT - address % ALIGNMENT) % ALIGNMENT) / type.width();
          blocks.put(type, block);
          starts.put(type, start);
        });
  }

  private INDArray own(INDArray array) {
    owned.add(array);
    bytes += array.length() * array.dataType().width();
    return array;
  }

  private static long address(INDArray array) {
    return array.data().pointer().address() + array.offset() * array.dataType().width();
  }

  /**
   * The memory in which a storage of real numbers lies: a buffer of its own, since buffers end at 2
   * GB where the block need not.
   */
  private Buffer buffer(Storage storage) {
    return buffers.computeIfAbsent(
        storage,
        s -> {
          long length = s.length();
          if (length * s.type().width() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                "an array of "
                    + length
                    + " numbers of type "
                    + s.type()
                    + " is above the 2 GB that the engine addresses: use a smaller batch, for"
                    + " training with accumulation");
          }
          return s.type() == DataType.FLOAT
              ? new Floats(address(s, 0), length).asBuffer()
              : new Doubles(address(s, 0), length).asBuffer();
        });
  }

  FloatBuffer floats(Storage storage) {
    return (FloatBuffer) buffer(storage);
  }

  DoubleBuffer doubles(Storage storage) {
    return (DoubleBuffer) buffer(storage);
  }

  /** The first element of a placed storage in its block. */
  private long start(Storage storage) {
    return storage.array() == null
        ? Objects.requireNonNull(starts.get(storage.type()))
            + Objects.requireNonNull(places.get(storage))
        : 0;
  }

  private long address(Storage storage, int element) {
    INDArray array = storage.array();
    INDArray block = array == null ? Objects.requireNonNull(blocks.get(storage.type())) : array;
    return address(block) + (start(storage) + element) * storage.type().width();
  }

  FloatPointer floatPointer(Storage storage, int element) {
    return new Floats(address(storage, element), storage.length() - (long) element);
  }

  DoublePointer doublePointer(Storage storage, int element) {
    return new Doubles(address(storage, element), storage.length() - (long) element);
  }

  /** Asks for memory that a step may use while it runs. */
  void reserve(DataType type, int length) {
    scratchSizes.merge(type, length, Math::max);
  }

  /** The memory that was asked for; steps that do not run at the same time share it. */
  Pointer scratch(DataType type, int element) {
    int size = Objects.requireNonNull(scratchSizes.get(type));
    INDArray memory = scratch.computeIfAbsent(type, t -> own(Nd4j.createUninitialized(t, size)));
    long at = address(memory) + (long) element * type.width();
    return type == DataType.FLOAT
        ? new Floats(at, size - (long) element)
        : new Doubles(at, size - (long) element);
  }

  /** A C-order tensor as an array on this memory. */
  INDArray array(Tensor tensor) {
    Storage storage = tensor.storage();
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    INDArray memory = storage.array();
    if (memory == null && places.containsKey(storage)) {
      long from = start(storage) + tensor.layout().offset();
      memory =
          Objects.requireNonNull(blocks.get(storage.type()))
              .get(NDArrayIndex.interval(from, from + tensor.length()));
    } else if (memory == null) {
      memory =
          others.computeIfAbsent(
              storage, s -> own(Nd4j.createUninitialized(s.type(), Math.max(1, s.length()))));
    } else if (Arrays.equals(memory.shape(), shape)) {
      return memory;
    } else if (memory.length() != tensor.length()) {
      memory =
          memory
              .reshape('c', memory.length())
              .get(
                  NDArrayIndex.interval(
                      tensor.layout().offset(), tensor.layout().offset() + tensor.length()));
    }
    return shape.length == 0 ? memory.reshape() : memory.reshape('c', shape);
  }

  /** Bytes of the memory that belongs to the plan. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    owned.forEach(
        array -> {
          if (array.closeable()) {
            array.close();
          }
        });
  }
}
