package io.fdiff.data;

import io.fdiff.space.Grid;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A binary file read front to back, plain or gzip, whose every fault is an {@link
 * InvalidDataException}. Not thread-safe.
 *
 * <p>What a header announces is compared with what the file can hold before anything is allocated:
 * exactly for plain files, by the largest ratio that deflate reaches for compressed ones.
 */
final class BinaryInput implements Closeable {

  /** A deflate block of one repeated byte codes 258 bytes by 2 bits. */
  static final long MAX_RATIO = 1032;

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int BLOCK = 1 << 16;

  /** JVMs keep a few words of the longest array for themselves. */
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8L;

  private final Path file;
  private final long stored;
  private final boolean compressed;
  private final InputStream stream;
  private long position;

  private BinaryInput(Path file, long stored, boolean compressed, InputStream stream) {
    this.file = file;
    this.stored = stored;
    this.compressed = compressed;
    this.stream = stream;
  }

  /** Opens a plain file. */
  static BinaryInput open(Path file, String kind) throws InvalidDataException {
    return open(file, kind, false);
  }

  /** Opens a file; where gzip is allowed, its two magic bytes say so. */
  static BinaryInput open(Path file, String kind, boolean gzip) throws InvalidDataException {
    if (Files.notExists(file)) {
      throw new InvalidDataException(file, "there is no such file; give the path of " + kind);
    }
    if (Files.isDirectory(file)) {
      throw new InvalidDataException(file, "is a directory; give the path of " + kind + " in it");
    }
    if (!Files.isRegularFile(file)) {
      throw new InvalidDataException(file, "is no regular file; give the path of " + kind);
    }
    long size = size(file);
    if (size == 0) {
      throw new InvalidDataException(file, "the file is empty; expected " + kind);
    }
    @Nullable InputStream raw = null;
    try {
      raw = new BufferedInputStream(Files.newInputStream(file), BLOCK);
      raw.mark(2);
      int magic = (raw.read() << 8) | raw.read();
      raw.reset();
      boolean compressed = gzip && magic == GZIP_MAGIC;
      InputStream stream = compressed ? new GZIPInputStream(raw, BLOCK) : raw;
      return new BinaryInput(file, size, compressed, stream);
    } catch (IOException e) {
      closeQuietly(raw, e);
      throw unreadable(file, e);
    }
  }

  private static long size(Path file) throws InvalidDataException {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static void closeQuietly(@Nullable InputStream raw, Exception e) {
    try {
      if (raw != null) {
        raw.close();
      }
    } catch (IOException second) {
      e.addSuppressed(second);
    }
  }

  private static InvalidDataException unreadable(Path file, IOException e) {
    if (e instanceof EOFException || e instanceof ZipException) {
      return new InvalidDataException(
          file, "the gzip stream is damaged (" + e + "); get the file anew", e);
    }
    return new InvalidDataException(
        file, "cannot be read (" + e + "); check its permissions and get it anew", e);
  }

  /** Whether the file is a gzip stream. */
  boolean compressed() {
    return compressed;
  }

  /** Bytes read so far, of the content. */
  long position() {
    return position;
  }

  /** Length of the file, for plain files that of the content. */
  long stored() {
    return stored;
  }

  InvalidDataException fault(String problem) {
    return new InvalidDataException(file, problem);
  }

  InvalidDataException fault(String place, String problem) {
    return new InvalidDataException(file, place, problem);
  }

  /** The next {@code length} bytes of a header. */
  ByteBuffer header(int length, ByteOrder order, String what) throws InvalidDataException {
    byte[] bytes = new byte[length];
    read(bytes, length, what);
    return ByteBuffer.wrap(bytes).order(order);
  }

  private void read(byte[] bytes, int length, String what) throws InvalidDataException {
    int got;
    try {
      got = stream.readNBytes(bytes, 0, length);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (got < length) {
      throw fault(
          "byte " + (position + got),
          "the file ends within " + what + "; it is cut off: get it anew");
    }
    position += got;
  }

  /** Passes over bytes. */
  void skip(long bytes, String what) throws InvalidDataException {
    try {
      stream.skipNBytes(bytes);
    } catch (EOFException e) {
      throw new InvalidDataException(
          file, "the file ends within " + what + "; it is cut off: get it anew", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    position += bytes;
  }

  /**
   * Checks that so many bytes can follow.
   *
   * @param bytes what the header announces from here on
   * @param announced the header's words for it, for the message
   */
  void requireRest(long bytes, String announced) throws InvalidDataException {
    long rest = compressed ? Math.multiplyExact(stored, MAX_RATIO) - position : stored - position;
    if (bytes > rest) {
      throw fault(
          "byte " + position,
          announced
              + " need "
              + bytes
              + " bytes, "
              + (compressed ? "the compressed file can hold at most " : "the file holds ")
              + Math.max(rest, 0)
              + " more; it is cut off or its header is wrong: get it anew");
    }
  }

  /** Checks that so many doubles fit one array and the memory of this JVM. */
  void requireMemory(long values, String announced) throws InvalidDataException {
    requireMemory(file, values, announced);
  }

  static void requireMemory(Path file, long values, String announced) throws InvalidDataException {
    long memory = Runtime.getRuntime().maxMemory();
    if (values > Math.min(MAX_ARRAY, memory / Double.BYTES)) {
      throw new InvalidDataException(
          file,
          announced
              + " are "
              + values
              + " values in double precision; an array holds at most "
              + MAX_ARRAY
              + " and this JVM "
              + memory / Double.BYTES
              + ": read fewer at a time, or give more memory with -Xmx");
    }
  }

  /** Decodes numbers; the caller has checked that they fit. */
  void values(NumberFormat format, double[] out, int offset, int count, String what)
      throws InvalidDataException {
    int width = format.width();
    byte[] bytes = new byte[Math.min(BLOCK / width, count) * width];
    for (int done = 0; done < count; ) {
      int n = Math.min(bytes.length / width, count - done);
      long at = position;
      read(bytes, n * width, what);
      int wrong = format.decode(bytes, n, out, offset + done);
      if (wrong >= 0) {
        throw fault(
            "byte " + (at + (long) wrong * width),
            format.rule() + "; convert the data in the program that wrote them");
      }
      done += n;
    }
  }

  /** Checks that the content ends here; of compressed content one byte more is read. */
  void requireEnd(String rule) throws InvalidDataException {
    int next;
    try {
      next = stream.read();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (next >= 0) {
      throw fault(
          "byte " + position,
          (compressed ? "further bytes" : stored - position + " bytes") + " follow; " + rule);
    }
  }

  /** The data set of values that are held from now on; a value that is not finite is a fault. */
  static FunctionDataset dataset(Path file, Grid grid, int channels, double[] values)
      throws InvalidDataException {
    try {
      return FunctionDataset.owning(grid, channels, values);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
