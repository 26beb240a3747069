package io.fdiff.nn.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Named tensors in the safetensors format: the length of the header as 8 bytes, little endian; a
 * JSON header of at most 100 MB, filled up with spaces to a multiple of 8; the data, without gaps.
 *
 * <p>F32 and F64 are read and written. The format is that of the safetensors library, so that other
 * languages read these files and the other way round.
 *
 * @param tensors arrays by name, FLOAT or DOUBLE, in the order of the data
 * @param metadata free text by name
 */
public record SafeTensors(Map<String, INDArray> tensors, Map<String, String> metadata) {

  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER = 100_000_000;
  private static final String METADATA = "__metadata__";
  private static final int BLOCK = 1 << 20;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Keeps the order of both maps; neither can be modified afterwards.
   *
   * @param tensors arrays by name, FLOAT or DOUBLE, in the order of the data
   * @param metadata free text by name
   */
  public SafeTensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  private record Entry(String name, DataType type, List<Long> shape, long begin, long end) {}

  /**
   * Writes a new file and forces it to disk.
   *
   * @param file the file; overwritten if it exists
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if a tensor is neither FLOAT nor DOUBLE, or has the name of
   *     the metadata
   */
  public void write(Path file) throws IOException {
    List<Map.Entry<String, INDArray>> order = new ArrayList<>(tensors.entrySet());
    // Wide types first, so that every tensor is aligned to its type.
    order.sort(Comparator.comparingInt(entry -> -entry.getValue().dataType().width()));
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode text = header.putObject(METADATA);
      metadata.forEach(text::put);
    }
    long offset = 0;
    for (Map.Entry<String, INDArray> entry : order) {
      INDArray tensor = entry.getValue();
      DataType type = tensor.dataType();
      if (type != DataType.FLOAT && type != DataType.DOUBLE) {
        throw new IllegalArgumentException(
            "tensor " + entry.getKey() + " is " + type + ": convert it to FLOAT or DOUBLE");
      }
      if (entry.getKey().equals(METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be named " + METADATA);
      }
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", type == DataType.FLOAT ? "F32" : "F64");
      var shape = node.putArray("shape");
      for (long n : tensor.shape()) {
        shape.add(n);
      }
      long end = offset + tensor.length() * type.width();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
      block.putLong(padded.length);
      flush(block, channel);
      writeFully(channel, ByteBuffer.wrap(padded));
      for (Map.Entry<String, INDArray> entry : order) {
        writeValues(entry.getValue(), block, channel);
      }
      channel.force(true);
    }
  }

  private static void writeValues(INDArray tensor, ByteBuffer block, FileChannel channel)
      throws IOException {
    // A copy: the tensor may be a view of a longer vector.
    INDArray dense = tensor.dup('c');
    int n = Math.toIntExact(dense.length());
    if (dense.dataType() == DataType.FLOAT) {
      float[] values = new float[n];
      dense.data().asNioFloat().get(values);
      for (float value : values) {
        if (block.remaining() < Float.BYTES) {
          flush(block, channel);
        }
        block.putFloat(value);
      }
    } else {
      double[] values = new double[n];
      dense.data().asNioDouble().get(values);
      for (double value : values) {
        if (block.remaining() < Double.BYTES) {
          flush(block, channel);
        }
        block.putDouble(value);
      }
    }
    flush(block, channel);
    dense.close();
  }

  private static void flush(ByteBuffer block, FileChannel channel) throws IOException {
    block.flip();
    writeFully(channel, block);
    block.clear();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its tensors and metadata
   * @throws IOException if the file cannot be read, is cut off, or is not of this format; the
   *     message names the file and what is wrong with it
   */
  public static SafeTensors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < LENGTH_BYTES) {
        throw broken(file, "has only " + size + " bytes");
      }
      long headerLength = readFully(file, channel, LENGTH_BYTES).getLong();
      if (headerLength < 2 || headerLength > MAX_HEADER) {
        throw broken(
            file,
            "announces a header of "
                + Long.toUnsignedString(headerLength)
                + " bytes, which is not between 2 and "
                + MAX_HEADER);
      }
      long dataLength = size - LENGTH_BYTES - headerLength;
      if (dataLength < 0) {
        throw broken(
            file, "is cut off: its header has " + headerLength + " bytes, the file " + size);
      }
      JsonNode header = header(file, readFully(file, channel, (int) headerLength));
      Map<String, String> metadata = new LinkedHashMap<>();
      List<Entry> entries = new ArrayList<>();
      for (Map.Entry<String, JsonNode> field : header.properties()) {
        if (field.getKey().equals(METADATA)) {
          for (Map.Entry<String, JsonNode> text : field.getValue().properties()) {
            metadata.put(text.getKey(), text.getValue().asText());
          }
        } else {
          entries.add(entry(file, field.getKey(), field.getValue()));
        }
      }
      entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      long covered = 0;
      for (Entry entry : entries) {
        if (entry.begin() != covered) {
          throw broken(
              file,
              "places tensor "
                  + entry.name()
                  + " at byte "
                  + entry.begin()
                  + ", where "
                  + covered
                  + " is next: tensors must follow each other");
        }
        covered = entry.end();
      }
      if (covered != dataLength) {
        throw broken(
            file,
            (covered > dataLength ? "is cut off" : "has bytes left over")
                + ": its tensors take "
                + covered
                + " bytes, "
                + dataLength
                + " are there");
      }
      Map<String, INDArray> tensors = new LinkedHashMap<>();
      for (Entry entry : entries) {
        tensors.put(entry.name(), values(file, channel, entry));
      }
      return new SafeTensors(tensors, metadata);
    }
  }

  private static JsonNode header(Path file, ByteBuffer bytes) throws IOException {
    JsonNode header;
    try {
      header = JSON.readTree(StandardCharsets.UTF_8.decode(bytes).toString());
    } catch (JsonProcessingException ex) {
      throw broken(file, "has a header that is not JSON (" + ex.getOriginalMessage() + ")");
    }
    if (header == null || !header.isObject()) {
      throw broken(file, "has a header that is not a JSON object");
    }
    return header;
  }

  private static Entry entry(Path file, String name, JsonNode node) throws IOException {
    JsonNode shapeNode = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!shapeNode.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw broken(file, "describes tensor " + name + " without shape and two data_offsets");
    }
    DataType type =
        switch (node.path("dtype").asText()) {
          case "F32" -> DataType.FLOAT;
          case "F64" -> DataType.DOUBLE;
          default ->
              throw broken(
                  file,
                  "holds tensor "
                      + name
                      + " of type "
                      + node.path("dtype")
                      + "; F32 and F64 can be read");
        };
    long[] shape = new long[shapeNode.size()];
    long begin = whole(file, name, offsets.get(0));
    long end = whole(file, name, offsets.get(1));
    long bytes = type.width();
    boolean fits = begin <= end;
    for (int a = 0; fits && a < shape.length; a++) {
      shape[a] = whole(file, name, shapeNode.get(a));
      fits = shape[a] > 0 && bytes <= (end - begin) / shape[a];
      bytes *= fits ? shape[a] : 1;
    }
    if (!fits || bytes != end - begin) {
      throw broken(
          file,
          "gives tensor "
              + name
              + " of shape "
              + shapeNode
              + " the bytes "
              + begin
              + " to "
              + end
              + ", which is not its size");
    }
    if (bytes / type.width() > Integer.MAX_VALUE) {
      throw broken(file, "holds tensor " + name + " of more than 2^31 − 1 values");
    }
    return new Entry(name, type, Arrays.stream(shape).boxed().toList(), begin, end);
  }

  private static long whole(Path file, String name, JsonNode node) throws IOException {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
      throw broken(file, "describes tensor " + name + " with the number " + node);
    }
    return node.asLong();
  }

  private static INDArray values(Path file, FileChannel channel, Entry entry) throws IOException {
    int n = (int) ((entry.end() - entry.begin()) / entry.type().width());
    INDArray array =
        entry.shape().isEmpty()
            ? Nd4j.scalar(entry.type(), 0)
            : Nd4j.createUninitialized(
                entry.type(), entry.shape().stream().mapToLong(Long::longValue).toArray(), 'c');
    int width = entry.type().width();
    int block = BLOCK / width;
    if (entry.type() == DataType.FLOAT) {
      float[] values = new float[n];
      for (int from = 0; from < n; from += block) {
        int count = Math.min(block, n - from);
        readFully(file, channel, count * width).asFloatBuffer().get(values, from, count);
      }
      array.data().asNioFloat().put(values);
    } else {
      double[] values = new double[n];
      for (int from = 0; from < n; from += block) {
        int count = Math.min(block, n - from);
        readFully(file, channel, count * width).asDoubleBuffer().get(values, from, count);
      }
      array.data().asNioDouble().put(values);
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

  private static IOException broken(Path file, String what) {
    return new IOException(
        file + " " + what + ". It is damaged or not a safetensors file; use another copy");
  }
}
