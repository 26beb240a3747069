package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The example of the README compiles as it stands and, with few steps, runs. */
class ReadmeTest {

  @TempDir Path classes;

  @Test
  void exampleCompilesAndSamplesOnTheFinerGrid() throws Exception {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", "README.md")));
    assertThat(block.find()).isTrue();
    String example = block.group(1);
    assertThat(example).contains("withSteps(2000)");
    String source =
        """
        import io.fdiff.covariance.*;
        import io.fdiff.data.*;
        import io.fdiff.nn.*;
        import io.fdiff.nn.arch.*;
        import io.fdiff.nn.train.*;
        import io.fdiff.noise.*;
        import io.fdiff.sampler.*;
        import io.fdiff.schedule.*;
        import io.fdiff.sde.*;
        import io.fdiff.space.*;
        import io.fdiff.transform.*;
        import org.nd4j.linalg.api.ndarray.INDArray;
        public class Example {
          public static INDArray run() {
            %s
            return samples;
          }
        }
        """
            .formatted(example.replace("withSteps(2000)", "withSteps(3)"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter problems = new StringWriter();
    JavaFileObject unit =
        new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    boolean compiled =
        compiler
            .getTask(
                problems,
                null,
                null,
                List.of(
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                List.of(unit))
            .call();
    assertThat(compiled).as(problems.toString()).isTrue();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      INDArray samples = (INDArray) loader.loadClass("Example").getMethod("run").invoke(null);
      assertThat(samples.shape()).containsExactly(32, 1, 256);
      assertThat(Double.isFinite(samples.sumNumber().doubleValue())).isTrue();
    }
  }
}
