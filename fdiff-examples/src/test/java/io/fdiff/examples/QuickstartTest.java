package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.data.CurveTable;
import io.fdiff.data.CurvesCsv;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path with few steps: files, numbers, repetition, sampling again, resuming. */
class QuickstartTest {

  private static final List<String> SCORES =
      List.of("mean_mse", "variance_rel_error", "autocorrelation_mse", "mmd2", "mmd_p");

  @TempDir Path folder;

  private Path out(String name) {
    return folder.resolve(name);
  }

  private void quickstart(String name, Object... more) {
    Object[] words =
        Stream.concat(Stream.of("quickstart", "--out", out(name), "--count", 8), Stream.of(more))
            .toArray();
    CommandRun run = CommandRun.of(words);
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void writesEverythingItPromises() throws IOException {
    quickstart("a", "--steps", 3, "--seed", 5);

    CurveTable samples = CurvesCsv.read(out("a").resolve("samples.csv"));
    CurveTable fine = CurvesCsv.read(out("a").resolve("samples-fine.csv"));
    assertThat(samples.dataset().size()).isEqualTo(8);
    assertThat(samples.labels()).hasSize(64).startsWith("0.0078125");
    assertThat(samples.ids()).startsWith("1", "2").hasSize(8);
    assertThat(fine.labels()).hasSize(4 * 63 + 1);
    for (int i = 0; i < 64; i++) {
      assertThat(fine.labels().get(4 * i)).isEqualTo(samples.labels().get(i));
    }

    JsonNode metrics = new ObjectMapper().readTree(out("a").resolve("metrics.json").toFile());
    for (String part : List.of("model", "model_fine", "fpca", "data_floor")) {
      for (String score : SCORES) {
        assertThat(metrics.path(part).path(score).isNumber()).as("%s.%s", part, score).isTrue();
      }
      assertThat(metrics.path(part).path("mmd_p").asDouble()).isBetween(0.0, 1.0);
      assertThat(metrics.path(part).path("mean_mse").asDouble()).isPositive();
    }
    assertThat(metrics.path("train").path("steps").asLong()).isEqualTo(3);
    assertThat(metrics.path("train").path("seconds").asDouble()).isPositive();
    assertThat(metrics.path("sample").path("seconds").asDouble()).isPositive();
    assertThat(metrics.path("seed").asLong()).isEqualTo(5);
    assertThat(metrics.path("version").asText()).isNotEmpty();

    BufferedImage curves = ImageIO.read(out("a").resolve("curves.png").toFile());
    BufferedImage covariance = ImageIO.read(out("a").resolve("covariance.png").toFile());
    assertThat(curves.getWidth()).isEqualTo(3 * 480);
    assertThat(covariance.getWidth()).isEqualTo(2 * 480);
    assertThat(inkOf(curves)).isGreaterThan(0.02);
    assertThat(inkOf(covariance)).isGreaterThan(0.005);
    try (Stream<Path> files = Files.list(out("a"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "samples.csv",
              "samples-fine.csv",
              "curves.png",
              "covariance.png",
              "metrics.json",
              "checkpoint");
    }
  }

  /** The share of pixels that are not white. */
  private static double inkOf(BufferedImage image) {
    int ink = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        ink += (image.getRGB(x, y) & 0xffffff) != 0xffffff ? 1 : 0;
      }
    }
    return (double) ink / (image.getWidth() * image.getHeight());
  }

  @Test
  void equalSeedsGiveEqualBytesAndOthersDoNot() throws IOException {
    quickstart("a", "--steps", 4, "--seed", 5);
    quickstart("b", "--steps", 4, "--seed", 5);
    quickstart("c", "--steps", 4, "--seed", 6);
    for (String file : List.of("samples.csv", "samples-fine.csv", "curves.png")) {
      byte[] a = Files.readAllBytes(out("a").resolve(file));
      assertThat(a).isEqualTo(Files.readAllBytes(out("b").resolve(file)));
      assertThat(a).isNotEqualTo(Files.readAllBytes(out("c").resolve(file)));
    }
  }

  @Test
  void timeLimitPlansStepsThatCanBeRepeated() throws IOException {
    quickstart("a", "--seconds", 1);
    JsonNode metrics = new ObjectMapper().readTree(out("a").resolve("metrics.json").toFile());
    long steps = metrics.path("train").path("steps").asLong();
    assertThat(steps).isGreaterThanOrEqualTo(60);
    quickstart("b", "--steps", steps);
    assertThat(Files.readAllBytes(out("a").resolve("samples.csv")))
        .isEqualTo(Files.readAllBytes(out("b").resolve("samples.csv")));
  }

  @Test
  void checkpointSamplesAgainOnAnyGrid() throws IOException {
    quickstart("a", "--steps", 3);
    Path checkpoint = out("a").resolve("checkpoint");
    CommandRun same =
        CommandRun.of("sample", "--checkpoint", checkpoint, "--count", 8, "--out", out("s"));
    assertThat(same.exitCode()).as(same.err()).isZero();
    CurveTable again = CurvesCsv.read(out("s").resolve("samples.csv"));
    assertThat(again.labels()).isEqualTo(CurvesCsv.read(out("a").resolve("samples.csv")).labels());

    CommandRun other =
        CommandRun.of(
            "sample", "--checkpoint", checkpoint, "--grid", 100, "--count", 3, "--out", out("g"));
    assertThat(other.exitCode()).as(other.err()).isZero();
    CurveTable grid = CurvesCsv.read(out("g").resolve("samples.csv"));
    assertThat(grid.labels()).hasSize(100).startsWith("0.005");
    assertThat(grid.dataset().size()).isEqualTo(3);

    CommandRun coarse =
        CommandRun.of("sample", "--checkpoint", checkpoint, "--grid", 10, "--out", out("x"));
    assertThat(coarse.exitCode()).isEqualTo(2);
    assertThat(coarse.err()).contains("10 points");
    CommandRun one =
        CommandRun.of("sample", "--checkpoint", checkpoint, "--grid", 1, "--out", out("x"));
    assertThat(one.exitCode()).isEqualTo(2);
    assertThat(out("x")).doesNotExist();
  }

  @Test
  void truncatedCheckpointIsRefused() throws IOException {
    quickstart("a", "--steps", 3);
    Path checkpoint = out("a").resolve("checkpoint");
    try (Stream<Path> files = Files.walk(checkpoint)) {
      Path tensors =
          files.filter(path -> path.endsWith("ema.safetensors")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(tensors);
      Files.write(tensors, Arrays.copyOf(bytes, bytes.length / 2));
    }
    CommandRun run = CommandRun.of("sample", "--checkpoint", checkpoint, "--out", out("x"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("ema.safetensors").doesNotContain("\tat ");
    assertThat(out("x")).doesNotExist();
  }

  @Test
  void resumeEndsInTheSameCurves() throws IOException {
    Path file = folder.resolve("curves.csv");
    CurvesCsv.write(file, CurveData.mixture(3).training());
    quickstart("a", "--data", file, "--steps", 6);
    quickstart("b", "--data", file, "--steps", 6);
    quickstart("b", "--data", file, "--resume");
    assertThat(Files.readAllBytes(out("b").resolve("samples.csv")))
        .isEqualTo(Files.readAllBytes(out("a").resolve("samples.csv")));

    CommandRun foreign = CommandRun.of("quickstart", "--out", out("b"), "--resume");
    assertThat(foreign.exitCode()).isEqualTo(2);
    assertThat(foreign.err()).contains("other curves");
    CommandRun none = CommandRun.of("quickstart", "--out", out("none"), "--resume");
    assertThat(none.exitCode()).isEqualTo(1);
  }
}
