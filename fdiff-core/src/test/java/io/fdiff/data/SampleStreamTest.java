package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SampleStreamTest {

  private static final Grid GRID = RegularGrid.unit(4, 3);
  private static final NoiseSource NOISE = NoiseSource.of(17).withStream(3).withStep(2);

  @TempDir Path directory;

  private static List<CovarianceOperator> covariances() {
    return List.of(
        SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1)),
        KernelCovariance.of(GRID, new SquaredExponential(1, 0.3)),
        WhiteNoise.functionSpace(GRID));
  }

  private static GaussianMeasure measure() {
    return GaussianMeasure.of(
        TestFunctions.random(GRID, DataType.DOUBLE, 1, 2, 1), covariances().get(0));
  }

  private static double[] collect(SampleStream stream, long total, int blockSize)
      throws IOException {
    List<double[]> blocks = new ArrayList<>();
    long[] next = {0};
    stream.blocks(
        total,
        blockSize,
        (block, first) -> {
          assertThat(first).isEqualTo(next[0]);
          next[0] += block.size(0);
          blocks.add(TestFunctions.values(block));
        });
    assertThat(next[0]).isEqualTo(total);
    return blocks.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  @Test
  void functionsDoNotDependOnTheBlocks() throws IOException {
    for (CovarianceOperator covariance : covariances()) {
      double[] whole = TestFunctions.values(covariance.sample(NOISE, 65));
      SampleStream stream = SampleStream.of(covariance, NOISE);
      for (int blockSize : new int[] {1, 7, 64, 65, 1000}) {
        assertThat(collect(stream, 65, blockSize)).isEqualTo(whole);
      }
    }
  }

  @Test
  void functionsAreThoseOfTheMeasure() throws IOException {
    double[] whole = TestFunctions.values(measure().sample(NOISE, 9));
    SampleStream stream = SampleStream.of(measure(), NOISE);
    assertThat(collect(stream, 9, 4)).isEqualTo(whole);
    // From sample 4 of the same noise on.
    assertThat(collect(SampleStream.of(measure(), NOISE.withFirstSample(4)), 5, 2))
        .isEqualTo(Arrays.copyOfRange(whole, 4 * 24, 9 * 24));
    double[] single = collect(stream.withType(DataType.FLOAT), 9, 4);
    for (int i = 0; i < whole.length; i++) {
      assertThat(single[i]).isEqualTo((float) whole[i]);
    }
    // A position far beyond the range of int.
    NoiseSource far = NOISE.withFirstSample(1L << 40);
    assertThat(collect(SampleStream.of(measure(), far), 3, 2))
        .isEqualTo(TestFunctions.values(measure().sample(far, 3)));
  }

  /** One array for all full blocks, another one for the rest, whatever the number of functions. */
  @Test
  void memoryDoesNotGrow() throws IOException {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      Set<INDArray> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
      SampleStream stream = SampleStream.of(measure(), NOISE).withType(type);
      stream.blocks(
          1003,
          10,
          (block, first) -> {
            assertThat(block.dataType()).isEqualTo(type);
            assertThat(block.size(0)).isEqualTo(first == 1000 ? 3 : 10);
            arrays.add(block);
            // A consumer may use the array as it likes.
            block.assign(Double.NaN);
          });
      assertThat(arrays).hasSize(2);
      arrays.clear();
      stream.blocks(1000, 10, (block, first) -> arrays.add(block));
      assertThat(arrays).hasSize(1);
    }
  }

  @Test
  void consumersMayModifyTheBlock() throws IOException {
    double[] whole = TestFunctions.values(measure().sample(NOISE, 6));
    List<Double> firsts = new ArrayList<>();
    SampleStream.of(measure(), NOISE)
        .blocks(
            6,
            2,
            (block, first) -> {
              firsts.add(block.getDouble(0, 0, 0, 0));
              block.muli(0);
            });
    assertThat(firsts).containsExactly(whole[0], whole[48], whole[96]);
  }

  @Test
  void filesDoNotDependOnTheBlocks() throws IOException {
    Path reference = directory.resolve("all.npy");
    List<Long> done = new ArrayList<>();
    SampleStream stream = SampleStream.of(measure(), NOISE).withType(DataType.FLOAT);
    stream.writeNpy(reference, 65, 30, done::add);
    assertThat(done).containsExactly(30L, 60L, 65L);
    assertThat(NpyReader.shape(reference)).containsExactly(65, 2, 4, 3);
    INDArray read = NpyReader.read(reference);
    assertThat(read.dataType()).isEqualTo(DataType.FLOAT);
    INDArray expected = measure().sample(NOISE, 65).castTo(DataType.FLOAT);
    assertThat(TestFunctions.values(read)).isEqualTo(TestFunctions.values(expected));
    for (int blockSize : new int[] {1, 7, 64}) {
      Path file = directory.resolve(blockSize + ".npy");
      stream.writeNpy(file, 65, blockSize, n -> {});
      assertThat(Files.mismatch(file, reference)).isEqualTo(-1);
    }
  }

  /** More functions than an int counts: announced in the header, cut into blocks by arithmetic. */
  @Test
  void filesMayBeLongerThanAnArray() throws IOException {
    long total = (1L << 40) + 3;
    String[] header = new String[1];
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                SampleStream.of(measure(), NOISE)
                    .writeNpy(
                        directory.resolve("long.npy"),
                        total,
                        2,
                        n -> {
                          assertThat(n).isEqualTo(2);
                          header[0] = onlyFile();
                          throw new IllegalStateException("stop");
                        }));
    assertThat(header[0]).contains("'shape': (1099511627779, 2, 4, 3)");
    assertThat(SampleStream.blockAt(0, total, 1 << 20)).isEqualTo(1 << 20);
    assertThat(SampleStream.blockAt(1L << 40, total, 1 << 20)).isEqualTo(3);
    assertThat(SampleStream.blockAt((1L << 40) - 1, total, 1 << 20)).isEqualTo(4);
    assertThat(SampleStream.blockAt(0, 1L << 40, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  private String onlyFile() {
    try (Stream<Path> files = Files.list(directory)) {
      byte[] bytes = Files.readAllBytes(files.findFirst().orElseThrow());
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFaultOnTheWayLeavesNoFile() throws IOException {
    Path file = directory.resolve("out.npy");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                SampleStream.of(measure(), NOISE)
                    .writeNpy(
                        file,
                        10,
                        3,
                        n -> {
                          if (n == 6) {
                            throw new IllegalStateException("stop");
                          }
                        }))
        .withMessage("stop");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void numbersOutOfRangeAreRefusedBeforeAnythingIsDrawn() {
    SampleStream stream = SampleStream.of(measure(), NOISE);
    long[][] bad = {{0, 1}, {-1, 1}, {1, 0}, {1, -1}};
    for (long[] numbers : bad) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> stream.blocks(numbers[0], (int) numbers[1], (block, first) -> {}))
          .withMessageContaining(numbers[0] + " functions in blocks of " + numbers[1]);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> stream.writeNpy(directory.resolve("x"), numbers[0], (int) numbers[1], n -> {}))
          .withMessageContaining(numbers[0] + " functions");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stream.blocks(1L << 40, 1 << 30, (block, first) -> {}))
        .withMessageContaining("25769803776 values")
        .withMessageContaining("smaller blocks");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stream.withType(DataType.INT32))
        .withMessageContaining("data type INT");
  }
}
