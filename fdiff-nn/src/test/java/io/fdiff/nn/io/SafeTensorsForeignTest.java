package io.fdiff.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Files laid out byte by byte as the published format says: header length in 8 bytes, little
 * endian; JSON padded with spaces to a multiple of 8; offsets from the end of the header, without
 * gaps.
 */
class SafeTensorsForeignTest {

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("foreign.safetensors");
  }

  private void write(String json, ByteBuffer data) throws IOException {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + padded + data.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(text);
    while (bytes.position() < 8 + padded) {
      bytes.put((byte) ' ');
    }
    bytes.put(data.clear());
    Files.write(file(), bytes.array());
  }

  private static ByteBuffer data(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private INDArray one(String type, int width, String shape, ByteBuffer data) throws IOException {
    write(
        "{\"x\":{\"dtype\":\""
            + type
            + "\",\"shape\":"
            + shape
            + ",\"data_offsets\":[0,"
            + data.capacity()
            + "]}}",
        data);
    assertThat(data.position()).as("bytes of the test").isEqualTo(data.capacity());
    assertThat(data.capacity() % width).isZero();
    return SafeTensors.read(file()).tensors().get("x");
  }

  /** Headers as other writers make them: metadata first, keys in another order, a scalar. */
  @Test
  void severalTypesInOneFile() throws IOException {
    ByteBuffer data = data(8 + 8 + 8 + 6);
    data.putDouble(Math.PI).putLong(Long.MIN_VALUE).putFloat(1.5f).putFloat(Float.NaN);
    data.putShort((short) 0x3c00).putShort((short) 0xc000).putShort((short) 0x3555);
    write(
        "{\"__metadata__\":{\"format\":\"pt\",\"größe\":\"π\"},"
            + "\"half\":{\"data_offsets\":[24,30],\"shape\":[3,1],\"dtype\":\"F16\"},"
            + "\"single\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]},"
            + "\"scalar\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"count\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]}}",
        data);
    SafeTensors read = SafeTensors.read(file());
    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt", "größe", "π"));
    assertThat(read.tensors().keySet()).containsExactly("scalar", "count", "single", "half");
    assertThat(read.tensors().get("scalar").shape()).isEmpty();
    assertThat(read.tensors().get("scalar").getDouble(0)).isEqualTo(Math.PI);
    assertThat(read.tensors().get("count").dataType()).isEqualTo(DataType.INT64);
    assertThat(read.tensors().get("count").getLong(0)).isEqualTo(Long.MIN_VALUE);
    assertThat(read.tensors().get("single").toFloatVector()).containsExactly(1.5f, Float.NaN);
    INDArray half = read.tensors().get("half");
    assertThat(half.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(half.shape()).containsExactly(3, 1);
    // 0x3555 is 1365·2⁻¹².
    assertThat(half.data().asFloat()).containsExactly(1, -2, 1365 * 0x1p-12f);
  }

  /** Every 16-bit pattern against its definition: {@code (−1)^s 2^{e−15} (1 + m/1024)}. */
  @Test
  void halfFloatsAreWidenedExactly() throws IOException {
    ByteBuffer data = data(2 << 16);
    for (int bits = 0; bits < 1 << 16; bits++) {
      data.putShort((short) bits);
    }
    float[] found = one("F16", 2, "[256,256]", data).data().asFloat();
    for (int bits = 0; bits < 1 << 16; bits++) {
      int e = bits >> 10 & 31;
      int m = bits & 1023;
      double magnitude =
          e == 31
              ? m == 0 ? Double.POSITIVE_INFINITY : Double.NaN
              : e == 0 ? m * 0x1p-24 : Math.pow(2, e - 15) * (1 + m / 1024.0);
      float expected = (float) (bits >> 15 == 0 ? magnitude : -magnitude);
      if (Float.compare(found[bits], expected) != 0) {
        assertThat(found[bits]).as("pattern %x", bits).isEqualTo(expected);
      }
    }
  }

  @Test
  void narrowTypesAreWidenedExactly() throws IOException {
    ByteBuffer brain = data(8).putShort((short) 0x3f80).putShort((short) 0xc2f7);
    brain.putShort((short) 0x7f80).putShort((short) 1);
    assertThat(one("BF16", 2, "[4]", brain).toFloatVector())
        .containsExactly(1, -123.5f, Float.POSITIVE_INFINITY, Float.intBitsToFloat(1 << 16));
    assertThat(one("I32", 4, "[2]", data(8).putInt(-5).putInt(1 << 30)).toIntVector())
        .containsExactly(-5, 1 << 30);
    assertThat(one("U32", 4, "[2]", data(8).putInt(-1).putInt(7)).toLongVector())
        .containsExactly(4294967295L, 7);
    assertThat(one("I16", 2, "[2]", data(4).putShort((short) -3).putShort((short) 9)).toIntVector())
        .containsExactly(-3, 9);
    assertThat(one("U16", 2, "[1]", data(2).putShort((short) -1)).getInt(0)).isEqualTo(65535);
    assertThat(one("I8", 1, "[2]", data(2).put((byte) -1).put((byte) 127)).toIntVector())
        .containsExactly(-1, 127);
    assertThat(one("U8", 1, "[2]", data(2).put((byte) -1).put((byte) 1)).toIntVector())
        .containsExactly(255, 1);
    assertThat(one("BOOL", 1, "[2]", data(2).put((byte) 1).put((byte) 0)).toIntVector())
        .containsExactly(1, 0);
  }

  /** More than a block of 1 MB, so that no value is lost at a seam. */
  @Test
  void integersAndLongTensorsComeBack() throws IOException {
    int n = 300_001;
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("small", Nd4j.createFromArray(1, -2, Integer.MAX_VALUE));
    tensors.put("wide", Nd4j.createFromArray(Long.MAX_VALUE, 1L << 60));
    tensors.put("floats", Nd4j.linspace(DataType.FLOAT, 0, 1, n));
    tensors.put("doubles", Nd4j.linspace(DataType.DOUBLE, 0, 1, n));
    new SafeTensors(tensors, Map.of()).write(file());
    SafeTensors read = SafeTensors.read(file());
    // Wide types first: every offset is a multiple of its type.
    assertThat(read.tensors().keySet()).containsExactly("wide", "doubles", "small", "floats");
    assertThat(read.tensors().get("small").toIntVector()).containsExactly(1, -2, Integer.MAX_VALUE);
    assertThat(read.tensors().get("wide").toLongVector()).containsExactly(Long.MAX_VALUE, 1L << 60);
    assertThat(read.tensors().get("floats").toFloatVector())
        .isEqualTo(tensors.get("floats").toFloatVector());
    assertThat(read.tensors().get("doubles").toDoubleVector())
        .isEqualTo(tensors.get("doubles").toDoubleVector());
  }

  private void refused(String json, int bytes, String message) throws IOException {
    write(json, data(bytes));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SafeTensors.read(file()))
        .withMessageContaining(file().toString())
        .withMessageContaining(message);
  }

  private static String tensor(String shape, long begin, long end) {
    return "{\"dtype\":\"F32\",\"shape\":"
        + shape
        + ",\"data_offsets\":["
        + begin
        + ","
        + end
        + "]}";
  }

  @Test
  void hostileHeadersAreRefused() throws IOException {
    // 100 GB claimed by a file of some 100 bytes.
    refused("{\"x\":" + tensor("[25000000000]", 0, 100_000_000_000L) + "}", 8, "2^31 − 1 values");
    refused("{\"x\":" + tensor("[500000000]", 0, 2_000_000_000) + "}", 8, "is cut off");
    refused(
        "{\"x\":" + tensor("[2]", 0, 8) + ",\"y\":" + tensor("[1]", 12, 16) + "}",
        16,
        "byte 12, where 8");
    refused("{\"x\":" + tensor("[2]", 0, 8) + "}", 12, "has bytes left over");
    refused("{\"x\":" + tensor("[0]", 0, 0) + "}", 0, "empty tensor x");
    refused(
        "{\"x\":" + tensor("[" + "1,".repeat(40) + "1]", 0, 4) + "}", 4, "more than 32 numbers");
    refused("{\"x\":" + tensor("[1e0]", 0, 4) + "}", 4, "number 1e0");
    refused(
        "{\"x\":" + tensor("[99999999999999999999]", 0, 4) + "}", 4, "number 99999999999999999999");
    refused(
        "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        4,
        "Duplicate");
    refused(
        "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "type F8_E4M3");
    refused(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
        4,
        "more than 2 numbers");
    refused("{\"__metadata__\":{\"a\":1}}", 0, "entry a is not a text");
    refused("{\"__metadata__\":[]}", 0, "not a JSON object of texts");
    refused("{\"x\":" + "[".repeat(100_000) + "}", 0, "without dtype");
    refused("{\"x\":{\"more\":" + "[".repeat(100_000) + "}", 0, "not JSON");
    refused("{\"x\":" + "{\"a\":".repeat(100_000) + "}", 0, "not JSON");
    refused("{} {}", 0, "text after its JSON object");
    refused(" {}", 0, "not a JSON object");
    refused("{\"x\":" + tensor("[1]", 0, 4), 4, "not JSON");
  }

  /** A header within the limit, as far as the file says, of which nothing is there. */
  @Test
  void announcedHeaderIsComparedWithTheFileFirst() throws IOException {
    ByteBuffer length = data(8).putLong(100_000_000).flip();
    try (FileChannel channel =
        FileChannel.open(file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(length);
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SafeTensors.read(file()))
        .withMessageContaining("its header has 100000000 bytes, the file 8");
  }

  @Test
  void whatTheFormatCannotHoldIsNotWritten() {
    INDArray x = Nd4j.ones(DataType.FLOAT, 1);
    SafeTensors reserved = new SafeTensors(Map.of("__metadata__", x), Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reserved.write(file()))
        .withMessageContaining("cannot be named __metadata__");
    SafeTensors long100 = new SafeTensors(Map.of("x", x), Map.of("a", "x".repeat(100_000_000)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> long100.write(file()))
        .withMessageContaining("the format allows 100000000");
    assertThat(file()).doesNotExist();
  }
}
