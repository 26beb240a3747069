package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
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
 * The code of the page on Gaussian measures runs, and every variable that is declared with a value
 * behind {@code //} has it, to as many digits as stand there.
 */
class GaussianMeasuresPageTest {

  private static final List<String> IMPORTS =
      List.of(
          "io.fdiff.covariance.*",
          "io.fdiff.data.*",
          "io.fdiff.kernel.*",
          "io.fdiff.measure.*",
          "io.fdiff.noise.*",
          "io.fdiff.space.*",
          "io.fdiff.transform.*",
          "java.nio.file.*",
          "java.util.*",
          "java.util.stream.*",
          "org.nd4j.linalg.api.buffer.DataType",
          "org.nd4j.linalg.api.ndarray.INDArray",
          "org.nd4j.linalg.factory.Nd4j");

  private static final Pattern DECLARED =
      Pattern.compile("^[\\w.\\[\\]]+ (\\w+) = .*;\\s+// (\\S.*)$", Pattern.MULTILINE);

  /** Round-off of a double, where a page shows all digits. */
  private static final double ROUND_OFF = 1e-11;

  @TempDir Path classes;

  @Test
  @SuppressWarnings("unchecked")
  void codeRunsAndHasTheValuesOfThePage() throws Exception {
    String code =
        String.join("", CompiledSource.blocks(Path.of("..", "docs", "gaussian-measures.md")));
    Map<String, String> expected = new LinkedHashMap<>();
    Matcher declared = DECLARED.matcher(code);
    StringBuilder body = new StringBuilder(code);
    body.append("Map<String, Object> values = new LinkedHashMap<>();\n");
    while (declared.find()) {
      String comment = declared.group(2);
      if (comment.matches("(-?\\d|true|false|[A-Z]{2}|\\[).*")) {
        expected.put(declared.group(1), comment);
        String name = declared.group(1);
        body.append("values.put(\"").append(name).append("\", ").append(name).append(");\n");
      }
    }
    body.append("return values;");
    assertThat(expected).hasSizeGreaterThan(15);
    Map<String, Object> values =
        (Map<String, Object>) CompiledSource.run(classes, IMPORTS, body.toString());
    expected.forEach((name, comment) -> assertValue(name, values.get(name), comment));
  }

  private static void assertValue(String name, Object value, String comment) {
    if (value instanceof Double number) {
      String digits = comment.split("[ :]", 2)[0];
      BigDecimal shown = new BigDecimal(digits);
      double tolerance =
          Math.max(0.5 * shown.ulp().doubleValue(), ROUND_OFF * Math.abs(shown.doubleValue()));
      assertThat(number).as(name).isCloseTo(shown.doubleValue(), within(tolerance));
    } else if (value instanceof INDArray array) {
      assertThat(comment).as(name).startsWith(Arrays.toString(array.shape()));
    } else if (value instanceof long[] numbers) {
      assertThat(comment).as(name).startsWith(Arrays.toString(numbers));
    } else {
      assertThat(comment).as(name).startsWith(String.valueOf(value));
    }
  }
}
