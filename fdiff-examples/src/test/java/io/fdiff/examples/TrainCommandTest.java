package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.data.NpyReader;
import io.fdiff.examples.experiment.Experiment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class TrainCommandTest {

  private static final Path CONFIGS = Path.of("configs");

  /** A Fourier operator small enough for tests, on generated curves. */
  static final String SMALL =
      """
      data: {type: generated, law: GAUSSIAN_PROCESS_MIXTURE, points: [16], count: 64, seed: 1}
      normalization: STANDARD
      basis: COSINE
      centred: false
      process: {type: driftless, noise: {type: data, floor: 0.0001, decay: 1}, horizon: 100}
      network: {type: fourier-neural-operator, width: 6, layers: 2, modes: [4], levelFeatures: 4}
      objective:
        predicts: PRECONDITIONED
        norm: L2
        weight: NETWORK
        times: LOG_UNIFORM
        smallestTime: 0.001
        flip: false
        dropCondition: 0
      training: {steps: 12, batchSize: 8, checkpointEvery: 5, seed: 3}
      sampling: {method: MULTISTEP, steps: 6, last: 0.001, times: GEOMETRIC, batch: 16}
      """;

  @TempDir private Path folder;

  private Path config(String text) throws IOException {
    Path file = folder.resolve("model.yaml");
    Files.writeString(file, text, StandardCharsets.UTF_8);
    return file;
  }

  private CommandRun train(Path config, String out, Object... more) {
    Object[] words = {"train", "--config", config, "--out", folder.resolve(out), "--count", 5};
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return CommandRun.of(all);
  }

  static Stream<Path> shippedConfigurations() throws IOException {
    try (Stream<Path> files = Files.list(CONFIGS)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(found).hasSizeGreaterThan(8);
      return found.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("shippedConfigurations")
  void shippedConfigurationDescribesANetwork(Path file) throws IOException {
    Experiment experiment = Experiment.read(file);
    assertThat(experiment.network().network().parameters()).isNotEmpty();
    assertThat(experiment.sampling().sampler(1)).isNotNull();
  }

  @Test
  void missingConfigurationIsNamedWithTheReason() {
    CommandRun run = train(folder.resolve("none.yaml"), "out");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().strip())
        .isEqualTo("fdiff: " + folder.resolve("none.yaml") + ": there is no such file or folder");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void trainsSamplesAndSamplesAgainOnAFinerGrid() throws IOException {
    CommandRun run = train(config(SMALL), "out");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("64 functions", "parameters", "signal-to-noise");
    INDArray samples = NpyReader.read(folder.resolve("out/samples.npy"));
    assertThat(samples.shape()).containsExactly(5, 1, 16);
    assertThat(samples.isNaN().any()).isFalse();
    assertThat(Files.readAllLines(folder.resolve("out/training.csv"))).hasSize(13);
    assertThat(ImageIO.read(folder.resolve("out/loss.png").toFile()).getWidth()).isPositive();
    assertThat(ImageIO.read(folder.resolve("out/memory.png").toFile()).getWidth()).isPositive();
    assertThat(ImageIO.read(folder.resolve("out/samples.png").toFile()).getWidth()).isPositive();

    Object[] again = {
      "sample",
      "--checkpoint",
      folder.resolve("out/checkpoint"),
      "--grid",
      32,
      "--count",
      3,
      "--out",
      folder.resolve("fine")
    };
    CommandRun fine = CommandRun.of(again);
    assertThat(fine.exitCode()).as(fine.err()).isZero();
    assertThat(NpyReader.read(folder.resolve("fine/samples.npy")).shape())
        .containsExactly(3, 1, 32);
  }

  @Test
  void resumedTrainingEndsInTheSameBytes() throws IOException {
    Path config = config(SMALL);
    assertThat(train(config, "whole").exitCode()).isZero();
    assertThat(train(config, "parts", "--steps", 5).exitCode()).isZero();
    // A total of 5 steps has another learning rate after the warm-up of 100 steps only.
    CommandRun rest = train(config, "parts", "--resume");
    assertThat(rest.exitCode()).as(rest.err()).isZero();
    assertThat(rest.out()).contains("resumed after step 5");
    assertThat(folder.resolve("parts/samples.npy"))
        .hasSameBinaryContentAs(folder.resolve("whole/samples.npy"));
    assertThat(folder.resolve("parts/checkpoint/step-00000012/ema.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/checkpoint/step-00000012/ema.safetensors"));
    assertThat(Files.readAllLines(folder.resolve("parts/training.csv"))).hasSize(13);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "horizon: 100|horizon: -1|-1",
        "horizon: 100|horizn: 100|missing key",
        "width: 6|width: 0|width 0",
        "type: driftless|type: drifting|drifting",
        "modes: [4]|modes: [9]|16 points",
        "batchSize: 8|batchSize: 0|batchSize 0",
        "batchSize: 8|batchsize: 8|unknown key 'batchsize' (at training.batchsize)",
        "batchSize: 8|batchSize: -8|model.yaml: steps 12, batchSize -8",
        "predicts: PRECONDITIONED|predicts: VELOCITY|flow-matching",
        "norm: L2|norm: DIFFUSION_RATES|functional-diffusion",
        "smallestTime: 0.001|smallestTime: .nan|line 12",
        "data: {|data: {count: 3, |count",
        "flip: false|flip: [false|line 14",
        "flip: false|flip: : false|line 13",
        "modes: [4],|modes: [4], shape: [3],|shape",
        "steps: 6, last|steps: 1, last|1 steps"
      })
  void badConfigurationIsRefused(String good, String bad, String part) throws IOException {
    assertThat(SMALL).contains(good);
    CommandRun run = train(config(SMALL.replace(good, bad)), "out");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("fdiff: ").contains(part);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(folder.resolve("out/checkpoint")).doesNotExist();
  }

  private static final String FLOW =
      SMALL
          .replaceFirst(
              "process: .*",
              "process: {type: flow-matching, noise: {type: data, floor: 0.0001, decay: 1},"
                  + " residual: 0.0001, coupling: OPTIMAL_TRANSPORT}")
          .replace("predicts: PRECONDITIONED", "predicts: VELOCITY")
          .replace("method: MULTISTEP", "method: HEUN");

  @Test
  void coupledFlowIsTrained() throws IOException {
    CommandRun coupled = train(config(FLOW), "coupled");
    assertThat(coupled.exitCode()).as(coupled.err()).isZero();
    CommandRun free = train(config(FLOW.replace("OPTIMAL_TRANSPORT", "INDEPENDENT")), "free");
    assertThat(free.exitCode()).as(free.err()).isZero();
    // The first loss, of the same network on the same functions: shorter ways, smaller velocities.
    assertThat(firstLoss("coupled")).isLessThan(0.9 * firstLoss("free"));
  }

  private double firstLoss(String out) throws IOException {
    List<String> log = Files.readAllLines(folder.resolve(out).resolve("training.csv"));
    int column = List.of(log.get(0).split(",", -1)).indexOf("loss");
    return Double.parseDouble(log.get(1).split(",", -1)[column]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "predicts: VELOCITY|predicts: PRECONDITIONED|use VELOCITY",
        "method: HEUN|method: EULER_MARUYAMA|needs noise independent of the data",
        "coupling: OPTIMAL_TRANSPORT|coupling: OPTIMAL|INDEPENDENT"
      })
  void couplingThatWouldBiasIsRefused(String good, String bad, String part) throws IOException {
    assertThat(FLOW).contains(good);
    CommandRun run = train(config(FLOW.replace(good, bad)), "out");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("fdiff: ").contains(part);
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    CommandRun run = train(folder.resolve("none.yaml"), "out");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("none.yaml");
    String csv = SMALL.replaceFirst("data: \\{.*\\}", "data: {type: csv, file: nothing/here.csv}");
    CommandRun data = train(config(csv), "out", "--data", folder);
    assertThat(data.exitCode()).isEqualTo(1);
    assertThat(data.err()).contains("here.csv", "FDIFF_DATA");
  }

  @Test
  void classesAreRefusedWhereThereAreNone() throws IOException {
    Path config = config(SMALL);
    assertThat(train(config, "out").exitCode()).isZero();
    CommandRun run =
        CommandRun.of(
            "sample",
            "--checkpoint",
            folder.resolve("out/checkpoint"),
            "--class",
            1,
            "--out",
            folder.resolve("classes"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("class 1", "not trained on classes");
    String conditioned =
        SMALL.replace(
            "levelFeatures: 4}",
            "levelFeatures: 4, conditioning: {classes: 2, contextChannels: 0, measurements: 0}}");
    CommandRun untold = train(config(conditioned), "none");
    assertThat(untold.exitCode()).isEqualTo(2);
    assertThat(untold.err()).contains("classes", "labels");
  }
}
