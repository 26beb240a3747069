package io.fdiff.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real data, which need not be there. */
final class DataSets {

  private DataSets() {}

  /** A file of the data sets; without it the test is skipped. */
  static Path require(String name) {
    Path file = root().resolve(name);
    assumeTrue(Files.exists(file), "data set not found: " + file + "; set FDIFF_DATA");
    return file;
  }

  /** From the variable, else beside the repository, seen from its root or from a module. */
  private static Path root() {
    String variable = System.getenv("FDIFF_DATA");
    if (variable != null) {
      return Path.of(variable);
    }
    Path root = Path.of("../shared/data");
    return Files.exists(root) ? root : Path.of("../../shared/data");
  }
}
