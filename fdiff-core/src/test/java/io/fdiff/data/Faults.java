package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the faults of files look like. */
final class Faults {

  private Faults() {}

  /** A reading that ends with one line that names the file and says what is expected. */
  static void assertFault(Path file, String expected, ThrowingCallable reading) {
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(reading)
        .withMessageStartingWith(file.toString())
        .withMessageContaining(expected)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }
}
