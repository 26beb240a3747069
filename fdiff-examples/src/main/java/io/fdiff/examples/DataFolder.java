package io.fdiff.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where data sets are. */
final class DataFolder {

  private static final String VARIABLE = "FDIFF_DATA";
  private static final String DEFAULT = "../shared/data";

  private DataFolder() {}

  /** The given folder, or that of the environment, or the default one. */
  static Path of(@Nullable Path given) {
    if (given != null) {
      return given;
    }
    String variable = System.getenv(VARIABLE);
    return Path.of(variable == null || variable.isEmpty() ? DEFAULT : variable);
  }
}
