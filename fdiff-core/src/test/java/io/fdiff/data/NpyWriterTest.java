package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NpyWriterTest {

  @TempDir Path directory;

  private Path target() {
    return directory.resolve("out.npy");
  }

  private void assertOnly(Path... expected) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(expected);
    }
  }

  /** The bytes of {@code numpy.save} for {@code array([[1.5, -2, 0], [3, 1e-40, 7]], '<f4')}. */
  @Test
  void writesTheBytesOfNumpy() throws IOException {
    float[][] values = {{1.5f, -2, 0}, {3, 1e-40f, 7}};
    NpyWriter.write(target(), Nd4j.createFromArray(values));
    byte[] bytes = Files.readAllBytes(target());
    assertThat(bytes).hasSize(128 + 24).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0x76, 0);
    String header = new String(bytes, 10, 118, StandardCharsets.US_ASCII);
    assertThat(header.stripTrailing())
        .isEqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    assertThat(header).endsWith(" \n");
    assertThat(Arrays.copyOfRange(bytes, 128, 152))
        .isEqualTo(NpyFiles.bytes("<f4", 1.5, -2, 0, 3, 1e-40f, 7));
    NpyWriter.write(target(), Nd4j.createFromArray(1.0, 2.0));
    assertThat(Files.readString(target(), StandardCharsets.ISO_8859_1))
        .contains("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), } ");
  }

  @Test
  void readsBackWhatBlocksWrote() throws IOException {
    // More than the writer buffers.
    double[] values = TestFunctions.rough(11 * 3 * 900, 3);
    INDArray whole = Nd4j.createFromArray(values).reshape('c', 11, 3, 900);
    try (NpyWriter out = NpyWriter.create(target(), DataType.DOUBLE, 11, 3, 900)) {
      for (int[] part : new int[][] {{0, 4}, {4, 5}, {5, 11}}) {
        double[] block = Arrays.copyOfRange(values, part[0] * 2700, part[1] * 2700);
        out.write(Nd4j.createFromArray(block).reshape('c', part[1] - part[0], 3, 900));
      }
      assertThat(target()).doesNotExist();
    }
    assertThat(TestFunctions.values(NpyReader.read(target()))).containsExactly(values);
    assertThat(NpyReader.shape(target())).containsExactly(11, 3, 900);
    byte[] blocks = Files.readAllBytes(target());
    NpyWriter.write(target(), whole);
    assertThat(Files.readAllBytes(target())).isEqualTo(blocks);
    // A view, and single precision.
    INDArray floats = whole.castTo(DataType.FLOAT).permute(1, 2, 0);
    NpyWriter.write(target(), floats);
    INDArray back = NpyReader.read(target());
    assertThat(back.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(TestFunctions.values(back)).containsExactly(TestFunctions.values(floats));
    assertThat(NpyReader.read(target(), RegularGrid.unit(900, 11)).channels()).isEqualTo(1);
    assertOnly(target());
  }

  @Test
  void roundsToTheTypeOfTheFile() throws IOException {
    try (NpyWriter out = NpyWriter.create(target(), DataType.FLOAT, 2)) {
      out.write(Nd4j.createFromArray(0.1, Double.POSITIVE_INFINITY));
    }
    assertThat(TestFunctions.values(NpyReader.read(target())))
        .containsExactly(0.1f, Double.POSITIVE_INFINITY);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              try (NpyWriter out = NpyWriter.create(target(), DataType.FLOAT, 1)) {
                out.write(Nd4j.createFromArray(1e39));
              }
            })
        .withMessageContaining("1.0E39 is beyond the range of FLOAT")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(NpyReader.shape(target())).containsExactly(2);
    assertOnly(target());
  }

  @Test
  void anUnfinishedFileLeavesTheTargetAsItWas() throws IOException {
    Files.writeString(target(), "before");
    NpyWriter out = NpyWriter.create(target(), DataType.DOUBLE, 3, 2);
    out.write(Nd4j.zeros(DataType.DOUBLE, 2, 2));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(out::close)
        .withMessageContaining("out.npy: not written: closed after 2 of 3 entries");
    out.close();
    assertThat(Files.readString(target())).isEqualTo("before");
    assertOnly(target());
    assertThatIllegalStateException()
        .isThrownBy(() -> out.write(Nd4j.zeros(DataType.DOUBLE, 1, 2)))
        .withMessageContaining("closed");
  }

  @Test
  void refusesBlocksThatDoNotFit() throws IOException {
    INDArray[] bad = {
      Nd4j.zeros(DataType.DOUBLE, 4, 2),
      Nd4j.zeros(DataType.DOUBLE, 1, 3),
      Nd4j.zeros(DataType.DOUBLE, 2),
      Nd4j.zeros(DataType.DOUBLE, 1, 2, 1),
      Nd4j.zeros(DataType.INT32, 1, 2)
    };
    for (INDArray block : bad) {
      NpyWriter out = NpyWriter.create(target(), DataType.DOUBLE, 3, 2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> out.write(block))
          .withMessageContaining(
              block.dataType() == DataType.INT32 ? "INT" : Arrays.toString(block.shape()));
      assertThatIllegalStateException()
          .isThrownBy(() -> out.write(Nd4j.zeros(DataType.DOUBLE, 3, 2)))
          .withMessageContaining("a write has failed");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(out::close)
          .withMessageContaining("a write failed after 0 of 3");
    }
    assertOnly();
  }

  @Test
  void refusesWhatCannotBeWrittenBeforeCreatingIt() throws IOException {
    long[][] shapes = {{}, {0}, {2, -1}, {1L << 32, 1L << 32}, {1L << 31, 1L << 31, 1}};
    for (long[] shape : shapes) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NpyWriter.create(target(), DataType.FLOAT, shape))
          .withMessageContaining("shape " + Arrays.toString(shape));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NpyWriter.create(target(), DataType.INT32, 1))
        .withMessageContaining("data type INT");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> NpyWriter.create(directory, DataType.FLOAT, 1))
        .withMessageContaining("it is no regular file");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> NpyWriter.create(directory.resolve("no/x.npy"), DataType.FLOAT, 1))
        .withMessageContaining("is not a directory; create it");
    assertOnly();
  }
}
