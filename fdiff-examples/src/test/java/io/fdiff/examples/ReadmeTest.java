package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The example of the README compiles as it stands and, with few steps, runs. */
class ReadmeTest {

  private static final List<String> IMPORTS =
      List.of(
          "io.fdiff.covariance.*",
          "io.fdiff.data.*",
          "io.fdiff.nn.*",
          "io.fdiff.nn.arch.*",
          "io.fdiff.nn.train.*",
          "io.fdiff.noise.*",
          "io.fdiff.sampler.*",
          "io.fdiff.schedule.*",
          "io.fdiff.sde.*",
          "io.fdiff.space.*",
          "io.fdiff.transform.*",
          "org.nd4j.linalg.api.ndarray.INDArray");

  @TempDir Path classes;

  @Test
  void exampleCompilesAndSamplesOnTheFinerGrid() throws Exception {
    String example = CompiledSource.blocks(Path.of("..", "README.md")).get(0);
    assertThat(example).contains("withSteps(2000)");
    String body = example.replace("withSteps(2000)", "withSteps(3)") + "return samples;";
    INDArray samples = (INDArray) CompiledSource.run(classes, IMPORTS, body);
    assertThat(samples.shape()).containsExactly(32, 1, 256);
    assertThat(Double.isFinite(samples.sumNumber().doubleValue())).isTrue();
  }
}
