package io.fdiff.nn.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Named tensors in the safetensors format: the length of the header as 8 bytes, little endian; a
 * JSON header of at most 100 MB, filled up with spaces to a multiple of 8; the data, without gaps.
 *
 * <p>FLOAT, DOUBLE, INT and LONG are written as F32, F64, I32 and I64, wide types first, so that
 * every tensor is aligned to its type. These are read, and F16 and BF16 as FLOAT, I8, U8, I16, U16
 * and BOOL as INT, U32 as LONG, all without loss. The format is that of the safetensors library, so
 * that other languages read these files and the other way round; tensors without values, which it
 * allows, are refused.
 *
 * @param tensors arrays by name, FLOAT, DOUBLE, INT or LONG
 * @param metadata free text by name
 */
public record SafeTensors(Map<String, INDArray> tensors, Map<String, String> metadata) {

  private static final int ALIGNMENT = 8;
  private static final long MAX_HEADER = 100_000_000;
  private static final int BLOCK = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Keeps the order of both maps; neither can be modified afterwards.
   *
   * @param tensors arrays by name, FLOAT, DOUBLE, INT or LONG
   * @param metadata free text by name
   */
  public SafeTensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  private record Item(String name, INDArray tensor, TensorType type) {}

  private List<Item> items() {
    List<Item> items = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.equals(TensorHeader.METADATA)) {
            throw new IllegalArgumentException("a tensor cannot be named " + name);
          }
          TensorType type =
              TensorType.of(tensor.dataType())
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "tensor "
                                  + name
                                  + " is "
                                  + tensor.dataType()
                                  + ": convert it to FLOAT, DOUBLE, INT or LONG"));
          if (tensor.isEmpty() || tensor.length() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                "tensor " + name + " of " + tensor.length() + " values: give 1 to 2^31 − 1");
          }
          items.add(new Item(name, tensor, type));
        });
    items.sort(Comparator.comparingInt(item -> -item.type().width()));
    return items;
  }

  private byte[] header(List<Item> items) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode text = header.putObject(TensorHeader.METADATA);
      metadata.forEach(text::put);
    }
    long offset = 0;
    for (Item item : items) {
      ObjectNode node = header.putObject(item.name());
      node.put("dtype", item.type().name());
      ArrayNode shape = node.putArray("shape");
      for (long n : item.tensor().shape()) {
        shape.add(n);
      }
      long end = offset + item.tensor().length() * item.type().width();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    if (padded.length > MAX_HEADER) {
      throw new IllegalArgumentException(
          "names and metadata take "
              + padded.length
              + " bytes, the format allows "
              + MAX_HEADER
              + ": shorten the metadata");
    }
    return padded;
  }

  /**
   * Writes a new file and forces it to disk.
   *
   * @param file the file; overwritten if it exists
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if a tensor is of another type, empty or named as the
   *     metadata, or the header is too long; the file is then left as it was
   */
  public void write(Path file) throws IOException {
    List<Item> items = items();
    byte[] header = header(items);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(channel, block.putLong(header.length).flip());
      writeFully(channel, ByteBuffer.wrap(header));
      for (Item item : items) {
        writeValues(item, block, channel);
      }
      channel.force(true);
    }
  }

  private static void writeValues(Item item, ByteBuffer block, FileChannel channel)
      throws IOException {
    // A copy: the tensor may be a view of a longer vector.
    INDArray dense = item.tensor().dup('c');
    int n = (int) dense.length();
    int width = item.type().width();
    for (int from = 0; from < n; from += BLOCK / width) {
      int count = Math.min(BLOCK / width, n - from);
      block.clear().limit(count * width);
      item.type().write(dense.data(), from, count, block);
      writeFully(channel, block);
    }
    dense.close();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads a file. The header is checked against the length of the file before memory for the
   * tensors is taken.
   *
   * @param file the file
   * @return its tensors, in the order of the data, and metadata
   * @throws IOException if the file cannot be read, is cut off, or is not of this format; the
   *     message names the file and what is wrong with it
   */
  public static SafeTensors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw broken(file, "has only " + size + " bytes");
      }
      long headerLength = readFully(file, channel, Long.BYTES).getLong();
      if (headerLength < 2 || headerLength > MAX_HEADER) {
        throw broken(
            file,
            "announces a header of "
                + Long.toUnsignedString(headerLength)
                + " bytes, which is not between 2 and "
                + MAX_HEADER);
      }
      long dataLength = size - Long.BYTES - headerLength;
      if (dataLength < 0) {
        throw broken(
            file, "is cut off: its header has " + headerLength + " bytes, the file " + size);
      }
      TensorHeader header =
          TensorHeader.parse(readFully(file, channel, (int) headerLength).array(), dataLength);
      Map<String, INDArray> tensors = new LinkedHashMap<>();
      for (TensorHeader.Entry entry : header.entries()) {
        tensors.put(entry.name(), values(file, channel, entry));
      }
      return new SafeTensors(tensors, header.metadata());
    } catch (TensorHeader.Refused ex) {
      throw broken(file, ex.getMessage());
    }
  }

  private static INDArray values(Path file, FileChannel channel, TensorHeader.Entry entry)
      throws IOException {
    INDArray array =
        entry.shape().isEmpty()
            ? Nd4j.scalar(entry.type().array(), 0)
            : Nd4j.createUninitialized(entry.type().array(), entry.dimensions(), 'c');
    int width = entry.type().width();
    for (int from = 0; from < entry.length(); from += BLOCK / width) {
      int count = Math.min(BLOCK / width, entry.length() - from);
      ByteBuffer bytes = readFully(file, channel, count * width);
      entry.type().read(bytes, array.data(), from, count);
    }
    return array;
  }

  private static ByteBuffer readFully(Path file, FileChannel channel, int count)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw broken(file, "is cut off at byte " + channel.position());
      }
    }
    return bytes.flip();
  }

  private static IOException broken(Path file, @Nullable String what) {
    return new IOException(
        file + " " + what + ". It is damaged or not a safetensors file; use another copy");
  }
}
