package io.fdiff.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Damaged files are refused with an IOException, or read as tensors that fit into the file. */
class SafeTensorsPropertiesTest {

  private static final byte[] SOUND = sound();

  private static byte[] sound() {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("first", Nd4j.createFromArray(new float[][] {{1, -2.5f, 3}, {4, 5, 6}}));
    tensors.put("wide", Nd4j.createFromArray(Math.PI, -0.0, Double.MAX_VALUE));
    tensors.put("count", Nd4j.createFromArray(7L));
    try {
      Path file = Files.createTempFile("sound", ".safetensors");
      new SafeTensors(tensors, Map.of("format", "test")).write(file);
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      return bytes;
    } catch (IOException ex) {
      throw new AssertionError(ex);
    }
  }

  /** Reads the bytes; true if they were accepted. */
  private static boolean survives(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("damaged", ".safetensors");
    try {
      Files.write(file, bytes);
      long values = 0;
      for (INDArray tensor : SafeTensors.read(file).tensors().values()) {
        values += tensor.length();
      }
      assertThat(values).isLessThanOrEqualTo(bytes.length);
      return true;
    } catch (IOException ex) {
      assertThat(ex).hasMessageContaining("use another copy");
      return false;
    } finally {
      Files.delete(file);
    }
  }

  @Property
  void cutOffFilesAreRefused(@ForAll @IntRange(max = 10_000) int cut) throws IOException {
    assertThat(survives(Arrays.copyOf(SOUND, cut % SOUND.length))).isFalse();
  }

  @Property(tries = 400)
  void flippedBitsCrashNothing(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> places)
      throws IOException {
    byte[] bytes = SOUND.clone();
    for (int place : places) {
      int bit = place % (8 * bytes.length);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    survives(bytes);
  }

  @Property
  void foreignBytesAreRefused(@ForAll @Size(max = 200) byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(8 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(survives(file.putLong(bytes.length).put(bytes).array())).isFalse();
  }

  @Property
  void numbersOfEverySizeAreChecked(@ForAll long n, @ForAll long begin, @ForAll long end)
      throws IOException {
    String json =
        "{\"x\":{\"dtype\":\"F32\",\"shape\":["
            + n
            + "],\"data_offsets\":["
            + begin
            + ","
            + end
            + "]}}";
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + 64).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    assertThat(survives(file.array())).isEqualTo(n == 16 && begin == 0 && end == 64);
  }
}
