package io.fdiff.data;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that should hold data is missing, unreadable or does not follow its format.
 *
 * <p>The message is one line: file, place in the file, what was found, the rule it breaks and the
 * remedy. It is meant for the person who gave the file; a program can print it as it is.
 */
public final class InvalidDataException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * A fault of the file as a whole.
   *
   * @param file the file
   * @param problem what was found, the rule and the remedy
   */
  public InvalidDataException(Path file, String problem) {
    super(file + ": " + problem);
  }

  /**
   * A fault of the file as a whole that another exception brought to light.
   *
   * @param file the file
   * @param problem what was found, the rule and the remedy
   * @param cause the other exception
   */
  public InvalidDataException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }

  /**
   * A fault at one place of the file.
   *
   * @param file the file
   * @param place line and column or the like, such as {@code line 3, column 5}
   * @param problem what was found, the rule and the remedy
   */
  public InvalidDataException(Path file, String place, String problem) {
    super(file + ", " + place + ": " + problem);
  }
}
