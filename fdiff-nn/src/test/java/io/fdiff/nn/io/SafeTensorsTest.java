package io.fdiff.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SafeTensorsTest {

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("some.safetensors");
  }

  private static SafeTensors sample() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("a", Nd4j.createFromArray(new float[][] {{1, -2.5f, 3}, {Float.MIN_VALUE, 5, 6}}));
    tensors.put("wide", Nd4j.createFromArray(Math.PI, -0.0, Double.MAX_VALUE));
    tensors.put("last", Nd4j.createFromArray(7f));
    return new SafeTensors(tensors, Map.of("format", "test"));
  }

  private Path write(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json).put(data);
    return Files.write(file(), bytes.array());
  }

  private void refused(String header, int bytes, String message) throws IOException {
    write(header, new byte[bytes]);
    refused(message);
  }

  private void refused(String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SafeTensors.read(file()))
        .withMessageContaining(file().toString())
        .withMessageContaining(message)
        .withMessageContaining("use another copy");
  }

  @Test
  void tensorsComeBackBitForBit() throws IOException {
    sample().write(file());
    SafeTensors read = SafeTensors.read(file());
    assertThat(read.metadata()).isEqualTo(Map.of("format", "test"));
    assertThat(read.tensors()).containsOnlyKeys("a", "wide", "last");
    sample()
        .tensors()
        .forEach(
            (name, tensor) -> {
              INDArray found = read.tensors().get(name);
              assertThat(found.dataType()).isEqualTo(tensor.dataType());
              assertThat(found.shape()).containsExactly(tensor.shape());
              for (long i = 0; i < tensor.length(); i++) {
                assertThat(Double.doubleToRawLongBits(found.getDouble(i)))
                    .isEqualTo(Double.doubleToRawLongBits(tensor.getDouble(i)));
              }
            });
  }

  /** The bytes that the reference library expects: little endian, aligned header, no gaps. */
  @Test
  void layoutIsTheStandardOne() throws IOException {
    new SafeTensors(Map.of("x", Nd4j.createFromArray(1f, -2f)), Map.of()).write(file());
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong();
    assertThat(header % 8).isZero();
    byte[] json = new byte[header];
    bytes.get(json);
    assertThat(new String(json, StandardCharsets.UTF_8).strip())
        .isEqualTo("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}");
    assertThat(bytes.getFloat()).isEqualTo(1);
    assertThat(bytes.getFloat()).isEqualTo(-2);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void viewsAndOtherOrdersAreWrittenInC() throws IOException {
    INDArray matrix = Nd4j.createFromArray(new float[][] {{1, 2, 3}, {4, 5, 6}});
    new SafeTensors(Map.of("t", matrix.transpose()), Map.of()).write(file());
    assertThat(SafeTensors.read(file()).tensors().get("t").toFloatMatrix())
        .isEqualTo(new float[][] {{1, 4}, {2, 5}, {3, 6}});
  }

  @Test
  void truncationIsSeenAtEveryLength() throws IOException {
    sample().write(file());
    byte[] whole = Files.readAllBytes(file());
    for (int length : new int[] {0, 3, 8, 20, whole.length - 20, whole.length - 1}) {
      Files.write(file(), Arrays.copyOf(whole, length));
      refused(length < 8 ? "has only " + length + " bytes" : "is cut off");
    }
    Files.write(file(), Arrays.copyOf(whole, whole.length + 1));
    refused("has bytes left over");
  }

  @Test
  void hostileHeadersAreRefusedBeforeMemoryIsTaken() throws IOException {
    for (long length : new long[] {Long.MAX_VALUE, -1, 100_000_001, 0}) {
      Files.write(
          file(), ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      refused("announces a header of " + Long.toUnsignedString(length));
    }
    refused("[1,2]", 0, "is not a JSON object");
    refused("{\"x\":", 0, "is not JSON");
    refused("\u0000\u0001zip", 0, "is not a JSON object");
    refused("{\"x\":7}", 0, "without dtype, shape and two data_offsets");
    refused("{\"x\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "type U64");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "not its size");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "number -2");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "not its size");
    refused("{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}}", 8, "number 1.5");
    refused(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
        8,
        "not its size");
    refused(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
        12,
        "places tensor y at byte 4, where 8 is next");
    refused(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
        12,
        "places tensor x at byte 4, where 0 is next");
    refused(
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
        16,
        "Duplicate");
  }

  @Test
  void otherTypesAreNotWritten() {
    SafeTensors truths = new SafeTensors(Map.of("n", Nd4j.create(DataType.BOOL, 2)), Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> truths.write(file()))
        .withMessageContaining("tensor n is BOOL");
    assertThat(file()).doesNotExist();
  }
}
