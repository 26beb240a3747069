package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array written block by block to a NumPy file {@code .npy} (version 1.0, little endian, C
 * order), of any length: only one block need fit the memory.
 *
 * <p>The data go to a temporary file beside the target, which {@link #close} puts in its place if
 * exactly the announced number of entries was written. Otherwise, and after a fault, the target
 * stays as it was. Equal values give equal bytes. Not thread-safe.
 *
 * <pre>{@code
 * try (NpyWriter out = NpyWriter.create(file, DataType.FLOAT, 100_000, 1, 64, 64)) {
 *   for (…) {
 *     out.write(block); // [k, 1, 64, 64]
 *   }
 * }
 * }</pre>
 */
public final class NpyWriter implements Closeable {

  private static final int BLOCK = 1 << 16;
  private static final int MAX_AXES = 32;

  private final Path file;
  private final PartFile part;
  private final FileChannel channel;
  private final DataType type;
  private final long[] shape;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
  private long written;
  private boolean failed;
  private boolean closed;

  private NpyWriter(Path file, PartFile part, FileChannel channel, DataType type, long[] shape) {
    this.file = file;
    this.part = part;
    this.channel = channel;
    this.type = type;
    this.shape = shape;
  }

  /**
   * Begins a file and writes its header.
   *
   * @param file the file, replaced on {@link #close} if it exists
   * @param type FLOAT or DOUBLE
   * @param shape lengths of 1 to 32 axes, each positive; the data have less than 2⁶³ bytes
   * @return the writer, to be closed
   * @throws IllegalArgumentException if type or shape are not as stated; nothing is created
   * @throws IOException if the file cannot be written
   */
  public static NpyWriter create(Path file, DataType type, long... shape) throws IOException {
    Objects.requireNonNull(file, "file");
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException("data type " + type + ": give FLOAT or DOUBLE");
    }
    boolean fits = shape.length >= 1 && shape.length <= MAX_AXES;
    long rest = Long.MAX_VALUE / Double.BYTES;
    for (int a = 0; fits && a < shape.length; a++) {
      fits = shape[a] > 0;
      rest = fits ? rest / shape[a] : 0;
    }
    if (!fits || rest == 0) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + ": give 1 to "
              + MAX_AXES
              + " axes, each of positive length, with less than 2^63 bytes in all");
    }
    PartFile part = PartFile.of(file);
    try {
      FileChannel channel =
          FileChannel.open(part.path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      NpyWriter writer = new NpyWriter(file, part, channel, type, shape.clone());
      writer.begin();
      return writer;
    } catch (IOException e) {
      throw part.failure(e);
    }
  }

  private void begin() throws IOException {
    String descr = type == DataType.FLOAT ? "<f4" : "<f8";
    try {
      writeFully(ByteBuffer.wrap(NpyHeader.bytes(descr, shape)));
    } catch (IOException e) {
      abandon();
      throw e;
    }
  }

  /**
   * Writes a whole array.
   *
   * @param file the file, replaced if it exists
   * @param array FLOAT or DOUBLE, at least one axis, not empty. Not modified.
   * @throws IllegalArgumentException if the array is not as stated; nothing is written
   * @throws IOException if the file cannot be written; an existing file is then left as it was
   */
  public static void write(Path file, INDArray array) throws IOException {
    try (NpyWriter out = create(file, array.dataType(), array.shape())) {
      out.write(array);
    }
  }

  /**
   * Appends entries along axis 0.
   *
   * @param block {@code [k, …]}, {@code k ≥ 1}, further axes as announced; FLOAT or DOUBLE. DOUBLE
   *     values are rounded to the nearest FLOAT in a file of that type. Not modified.
   * @throws IllegalArgumentException if shape or type are not as stated, more entries than
   *     announced would be written, or a finite value is beyond FLOAT; the file is then given up
   * @throws IllegalStateException if the writer is closed or a write has failed
   * @throws IOException if the file cannot be written
   */
  public void write(INDArray block) throws IOException {
    if (closed || failed) {
      throw new IllegalStateException(
          file + ": the writer is closed or a write has failed; create another one");
    }
    failed = true;
    long[] found = block.shape();
    boolean fits = found.length == shape.length && found[0] > 0;
    for (int a = 1; fits && a < shape.length; a++) {
      fits = found[a] == shape[a];
    }
    if (!fits || found[0] > shape[0] - written) {
      throw new IllegalArgumentException(
          "block of shape "
              + Arrays.toString(found)
              + " after "
              + written
              + " entries: the file is announced with shape "
              + Arrays.toString(shape)
              + "; blocks add up to it along axis 0");
    }
    double[] values = new double[Math.toIntExact(block.length())];
    FunctionBatch.read(block, values);
    try {
      if (type == DataType.FLOAT) {
        putFloats(values);
      } else {
        putDoubles(values);
      }
      flush();
    } catch (IOException e) {
      throw part.failure(e);
    }
    written += found[0];
    failed = false;
  }

  private void putFloats(double[] values) throws IOException {
    for (double value : values) {
      float rounded = (float) value;
      if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
        throw new IllegalArgumentException(
            "value " + value + " is beyond the range of FLOAT; write the file as DOUBLE");
      }
      if (buffer.remaining() < Float.BYTES) {
        flush();
      }
      buffer.putFloat(rounded);
    }
  }

  private void putDoubles(double[] values) throws IOException {
    for (double value : values) {
      if (buffer.remaining() < Double.BYTES) {
        flush();
      }
      buffer.putDouble(value);
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    writeFully(buffer);
    buffer.clear();
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Closes and deletes the temporary file, whatever happens on the way. */
  private void abandon() throws IOException {
    try (part) {
      channel.close();
    }
  }

  /**
   * Puts the file in its place if it is whole, else deletes what was written. Closing again does
   * nothing.
   *
   * @throws IOException if the number of entries written is not the announced one or a write has
   *     failed, or the file cannot be written; an existing file is then left as it was
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (failed || written != shape[0]) {
      abandon();
      throw new IOException(
          file
              + ": not written: "
              + (failed ? "a write failed after " : "closed after ")
              + written
              + " of "
              + shape[0]
              + " entries; write all of them");
    }
    try (part) {
      try (channel) {
        channel.force(true);
      }
      part.commit();
    } catch (IOException e) {
      throw part.failure(e);
    }
  }
}
