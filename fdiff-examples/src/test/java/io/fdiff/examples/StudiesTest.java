package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fdiff samplers} and {@code fdiff gaussian} in small: files, numbers, bad input. */
class StudiesTest {

  @TempDir Path folder;

  private static void assertPicture(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isGreaterThan(300);
    int first = image.getRGB(0, 0);
    boolean plain = true;
    for (int i = 0; i < image.getWidth() && plain; i++) {
      for (int j = 0; j < image.getHeight() && plain; j++) {
        plain = image.getRGB(i, j) == first;
      }
    }
    assertThat(plain).as("%s shows nothing", file).isFalse();
  }

  @Test
  void samplersWritesTableAndPicture() throws IOException {
    Path out = folder.resolve("out");
    CommandRun run = CommandRun.of("samplers", "--samples", 40, "--calls", 30, "--out", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    String table = Files.readString(out.resolve("samplers.md"));
    assertThat(run.out()).contains(table, out.toString());
    List<String> lines = table.lines().toList();
    assertThat(lines).hasSize(14);
    assertThat(lines.get(2)).startsWith("| exact samples |");
    for (String line : lines.subList(2, lines.size())) {
      // | name | 10 | 20 | 30 | 50 | …
      String[] cells = line.split("\\|", -1);
      for (int c = 2; c < 5; c++) {
        assertThat(Double.parseDouble(cells[c].strip())).as(line).isBetween(0.0, 100.0);
      }
      assertThat(Double.parseDouble(cells[9].strip())).as(line).isBetween(0.0, 1.0);
    }
    double multistep = error(lines, "multistep exponential", 30);
    // What chance leaves of 40 samples, and no more than three times the exact ones.
    assertThat(multistep).isLessThan(3 * error(lines, "exact samples", 30));
    assertThat(error(lines, "exponential, η = 1 (ancestral)", 10)).isGreaterThan(multistep);
    assertThat(error(lines, "FDP, multistep exponential", 30))
        .isLessThan(3 * error(lines, "exact samples", 30));
    assertPicture(out.resolve("samplers.png"));
    CommandRun again =
        CommandRun.of("samplers", "--samples", 40, "--calls", 30, "--out", folder.resolve("b"));
    assertThat(again.exitCode()).isZero();
    assertThat(folder.resolve("b").resolve("samplers.md"))
        .hasSameTextualContentAs(out.resolve("samplers.md"));
  }

  private static double error(List<String> lines, String name, int calls) {
    String line =
        lines.stream().filter(l -> l.startsWith("| " + name + " |")).findFirst().orElseThrow();
    return Double.parseDouble(line.split("\\|", -1)[calls / 10 + 1].strip());
  }

  @Test
  void gaussianWritesPicturesAndReport() throws IOException {
    Path out = folder.resolve("out");
    CommandRun run = CommandRun.of("gaussian", "--seed", 3, "--out", out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    for (String name :
        List.of(
            "gaussian-curves",
            "gaussian-fields",
            "gaussian-grids",
            "gaussian-regression",
            "feldman-hajek")) {
      assertPicture(out.resolve(name + ".png"));
    }
    String report = Files.readString(out.resolve("feldman-hajek.txt"));
    assertThat(report).contains("equivalent", "singular");
    assertThat(run.out()).contains(report, out.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "samplers,--samples,1",
    "samplers,--samples,many",
    "samplers,--calls,9",
    "samplers,--calls,-1",
    "samplers,--seed,x",
    "gaussian,--seed,x",
    "gaussian,--samples,3"
  })
  void badOptionsAreUsage(String command, String option, String value) {
    Path out = folder.resolve("out");
    CommandRun run = CommandRun.of(command, "--out", out, option, value);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).startsWith("fdiff: ").contains(option).doesNotContain("\tat ");
    assertThat(out).doesNotExist();
  }

  @Test
  void foldersThatCannotBeWrittenAreFailures() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (String command : List.of("samplers", "gaussian")) {
      CommandRun run = CommandRun.of(command, "--out", file);
      assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
      assertThat(run.err()).startsWith("fdiff: ").contains("file", "--out");
    }
  }
}
