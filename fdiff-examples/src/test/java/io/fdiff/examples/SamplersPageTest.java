package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The code of the page on samplers runs, and every variable that is declared with a value or a
 * shape behind {@code //} has it.
 */
class SamplersPageTest {

  private static final List<String> IMPORTS =
      List.of(
          "io.fdiff.covariance.*",
          "io.fdiff.denoise.*",
          "io.fdiff.kernel.*",
          "io.fdiff.measure.*",
          "io.fdiff.noise.*",
          "io.fdiff.sampler.*",
          "io.fdiff.schedule.*",
          "io.fdiff.sde.*",
          "io.fdiff.space.*",
          "java.util.*",
          "org.nd4j.linalg.api.buffer.DataType",
          "org.nd4j.linalg.api.ndarray.INDArray",
          "org.nd4j.linalg.factory.Nd4j",
          "org.nd4j.linalg.indexing.NDArrayIndex");

  /** A declaration, on one line or two. */
  private static final Pattern DECLARED =
      Pattern.compile("^[\\w.]+ (\\w+) = [^;]*;\\s+// (\\S.*)$", Pattern.MULTILINE);

  @TempDir Path classes;

  @Test
  @SuppressWarnings("unchecked")
  void codeRunsAndHasTheValuesOfThePage() throws Exception {
    String code = String.join("", CompiledSource.blocks(Path.of("..", "docs", "samplers.md")));
    Map<String, String> expected = new LinkedHashMap<>();
    StringBuilder body = new StringBuilder(code);
    body.append("Map<String, Object> values = new LinkedHashMap<>();\n");
    Matcher declared = DECLARED.matcher(code);
    while (declared.find()) {
      String name = declared.group(1);
      expected.put(name, declared.group(2));
      body.append("values.put(\"").append(name).append("\", ").append(name).append(");\n");
    }
    body.append("return values;");
    assertThat(expected).hasSize(9);
    Map<String, Object> values =
        (Map<String, Object>) CompiledSource.run(classes, IMPORTS, body.toString());
    expected.forEach(
        (name, comment) -> {
          Object value = values.get(name);
          String shown =
              value instanceof INDArray array
                  ? Arrays.toString(array.shape())
                  : String.valueOf(value);
          assertThat(shown).as(name).isEqualTo(comment);
        });
  }
}
