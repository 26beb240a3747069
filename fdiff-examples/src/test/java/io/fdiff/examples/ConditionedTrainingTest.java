package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.data.NpyReader;
import io.fdiff.data.NpyWriter;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Lines {@code a + bp}, learned together with what determines them. */
class ConditionedTrainingTest {

  private static final int LINES = 64;
  private static final RegularGrid GRID = RegularGrid.unit(16);

  private static final String LEARNED =
      """
      data: {type: npy, file: lines.npy, layout: CELL}
      condition: {TOLD}
      normalization: STANDARD
      basis: COSINE
      centred: false
      process: {type: driftless, noise: {type: data, floor: 0.0001, decay: 1}, horizon: 100}
      network:
        type: fourier-neural-operator
        width: 16
        layers: 2
        modes: [4]
        levelFeatures: 8
        conditioning: {INPUTS}
      objective:
        predicts: PRECONDITIONED
        norm: L2
        weight: NETWORK
        times: LOG_UNIFORM
        smallestTime: 0.001
        flip: false
        dropCondition: 0
      training: {steps: 400, batchSize: 32, learningRate: {peak: 0.01, warmUpSteps: 20}, emaDecay: 0.9}
      sampling: {method: MULTISTEP, steps: 12, last: 0.001, times: GEOMETRIC, batch: 5}
      """;

  private static final String FUNCTIONS = "functions: [{type: npy, file: told.npy, layout: CELL}]";
  private static final String NUMBERS = "measurements: [{file: told.csv, columns: [end, start]}]";

  @TempDir private Path folder;
  private final double[][] lines = new double[LINES][GRID.size()];

  /** The context of a line is 5 minus itself; its measurements are its ends. */
  @BeforeEach
  void writeFiles() throws IOException {
    StringBuilder table = new StringBuilder("name,start,end\n");
    double[][] context = new double[LINES][GRID.size()];
    double[] z = new double[2];
    for (int i = 0; i < LINES; i++) {
      NoiseSource.of(3).normals(i, 0, new int[] {2}, z, 0);
      for (int p = 0; p < GRID.size(); p++) {
        lines[i][p] = 10 + 3 * z[0] + 4 * z[1] * (GRID.coordinate(p, 0) - 0.5);
        context[i][p] = 5 - lines[i][p];
      }
      table.append(
          String.format(Locale.ROOT, "line %d,%s,%s%n", i, lines[i][0], lines[i][GRID.size() - 1]));
    }
    NpyWriter.write(folder.resolve("lines.npy"), Nd4j.createFromArray(lines));
    NpyWriter.write(folder.resolve("told.npy"), Nd4j.createFromArray(context));
    Files.writeString(folder.resolve("told.csv"), table, StandardCharsets.UTF_8);
  }

  private CommandRun train(String condition, String conditioning, String out) throws IOException {
    Path file = folder.resolve(out + ".yaml");
    Files.writeString(
        file,
        LEARNED.replace("INPUTS", conditioning).replace("TOLD", condition),
        StandardCharsets.UTF_8);
    return CommandRun.of(
        "train", "--config", file, "--data", folder, "--out", folder.resolve(out), "--count", 12);
  }

  private CommandRun sample(String from, Object... more) {
    Object[] words = {
      "sample",
      "--checkpoint",
      folder.resolve(from).resolve("checkpoint"),
      "--out",
      folder.resolve("sampled"),
      "--count",
      12
    };
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return CommandRun.of(all);
  }

  private double[][] samples(String out) throws IOException {
    INDArray values = NpyReader.read(folder.resolve(out).resolve("samples.npy"));
    assertThat(values.shape()).containsExactly(12, 1, GRID.size());
    return values.reshape(12, GRID.size()).toDoubleMatrix();
  }

  /** Root mean square distance to given lines; lines scatter about their mean by 3.2. */
  private static double distance(double[][] samples, double[]... expected) {
    double sum = 0;
    for (int i = 0; i < samples.length; i++) {
      double[] right = expected[i % expected.length];
      for (int p = 0; p < right.length; p++) {
        sum += (samples[i][p] - right[p]) * (samples[i][p] - right[p]);
      }
    }
    return Math.sqrt(sum / samples.length / GRID.size());
  }

  @Test
  void samplesFollowTheirContextFunctions() throws IOException {
    CommandRun run = train(FUNCTIONS, "contextChannels: 1", "told");
    assertThat(run.exitCode()).as(run.err()).isZero();
    // Never trained without a condition: the pictures are under the conditions of the first data.
    assertThat(distance(samples("told"), lines)).isLessThan(0.8);

    CommandRun all = sample("told", "--context", folder.resolve("told.npy"));
    assertThat(all.exitCode()).as(all.err()).isZero();
    assertThat(distance(samples("sampled"), lines)).isLessThan(0.8);

    CommandRun one = sample("told", "--context", folder.resolve("told.npy"), "--row", 40);
    assertThat(one.exitCode()).as(one.err()).isZero();
    assertThat(distance(samples("sampled"), lines[40])).isLessThan(0.8);
    assertThat(distance(samples("sampled"), lines)).isGreaterThan(2);

    CommandRun none = sample("told");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("never trained without its condition", "--context");
    CommandRun wrong = sample("told", "--context", folder.resolve("told.npy"), "--row", 64);
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("row 64 of 64");
    CommandRun other = sample("told", "--measurements", "1,2");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("trained on none");
    CommandRun grid = sample("told", "--context", folder.resolve("told.npy"), "--grid", 32);
    assertThat(grid.exitCode()).isEqualTo(2);
    assertThat(grid.err()).contains("leave out --grid");
    CommandRun lone = sample("told", "--row", 1);
    assertThat(lone.exitCode()).isEqualTo(2);
    assertThat(lone.err()).contains("without --context");
  }

  @Test
  void samplesFollowTheirMeasurements() throws IOException {
    CommandRun run = train(NUMBERS, "measurements: 2", "numbers");
    assertThat(run.exitCode()).as(run.err()).isZero();
    double[] line = lines[7];
    CommandRun given = sample("numbers", "--measurements=" + line[15] + "," + line[0]);
    assertThat(given.exitCode()).as(given.err()).isZero();
    assertThat(distance(samples("sampled"), line)).isLessThan(0.8);
    CommandRun few = sample("numbers", "--measurements", "1");
    assertThat(few.exitCode()).isEqualTo(2);
    assertThat(few.err()).contains("1 measurements [1.0]", "[end, start]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "functions: [{type: npy, file: told.npy, layout: NODE}]|contextChannels: 1|NODE",
        "functions: [{type: npy, file: told.npy, layout: CELL}]|contextChannels: 2|must agree",
        "functions: [{type: npy, file: none.npy, layout: CELL}]|contextChannels: 1|none.npy",
        "measurements: [{file: told.csv, columns: [middle]}]|measurements: 1|[name, start, end]",
        "measurements: [{file: told.csv, columns: [name]}]|measurements: 1|'line 0' is no finite",
        "measurements: [{file: told.csv, columns: []}]|measurements: 1|at least one column",
        "measurements: [{file: told.csv, column: [end]}]|measurements: 1|missing key 'columns'",
        "numbers: []|measurements: 1|numbers",
        "functions: []|contextChannels: 1|must agree"
      })
  void conditionsThatDoNotFitAreRefused(String condition, String conditioning, String part)
      throws IOException {
    CommandRun run = train(condition, conditioning, "refused");
    assertThat(run.exitCode()).as(run.err()).isBetween(1, 2);
    assertThat(run.err()).startsWith("fdiff: ").contains(part);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void oneConditionAFunctionIsNeeded() throws IOException {
    Path few = folder.resolve("few.npy");
    NpyWriter.write(few, Nd4j.createFromArray(Arrays.copyOf(lines, 63)));
    CommandRun run =
        train("functions: [{type: npy, file: few.npy, layout: CELL}]", "contextChannels: 1", "few");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("63 context functions for 64 functions");
  }
}
