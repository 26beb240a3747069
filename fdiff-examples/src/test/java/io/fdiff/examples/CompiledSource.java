package io.fdiff.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Java code of a page of the documentation, compiled as it stands and run. */
final class CompiledSource {

  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private CompiledSource() {}

  /** The Java blocks of a page, in order. */
  static List<String> blocks(Path page) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(page));
    return block.results().map(found -> found.group(1)).toList();
  }

  /**
   * Compiles {@code public static Object run() throws Exception { body }} and calls it.
   *
   * @param classes an empty folder for the class file
   * @param imports names to import, such as {@code io.fdiff.space.*}
   * @param body statements that end in a return
   * @return what the body returns
   */
  static Object run(Path classes, List<String> imports, String body) throws Exception {
    String head =
        imports.stream().map(name -> "import " + name + ";\n").collect(Collectors.joining());
    String source =
        head
            + "public class Example {\n public static Object run() throws Exception {\n"
            + body
            + "\n }\n}\n";
    StringWriter problems = new StringWriter();
    JavaFileObject unit =
        new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
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
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, CompiledSource.class.getClassLoader())) {
      return loader.loadClass("Example").getMethod("run").invoke(null);
    }
  }
}
