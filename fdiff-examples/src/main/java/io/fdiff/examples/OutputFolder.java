package io.fdiff.examples;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;

/** A folder for results, in which a file appears only when it is complete. */
public final class OutputFolder {

  private final Path folder;

  private OutputFolder(Path folder) {
    this.folder = folder;
  }

  /** What writes a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param out where to
     * @throws IOException if it cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Opens a folder, creating it where it is missing, and tries whether files can be written.
   *
   * @param folder the folder
   * @return the open folder
   * @throws IOException if it cannot be written, with the remedy
   */
  public static OutputFolder open(Path folder) throws IOException {
    return open(folder, "--out");
  }

  /**
   * Opens a folder as {@link #open(Path)} does.
   *
   * @param folder the folder
   * @param option the option that another one is given with
   * @return the open folder
   * @throws IOException if it cannot be written, with the remedy
   */
  public static OutputFolder open(Path folder, String option) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".writable", null));
    } catch (IOException e) {
      String reason =
          e instanceof AccessDeniedException
              ? "permission denied"
              : Files.exists(folder) && !Files.isDirectory(folder)
                  ? "it is a file"
                  : e.getClass().getSimpleName();
      throw new IOException(
          folder
              + ": cannot write to this folder ("
              + reason
              + "); give another one with "
              + option,
          e);
    }
    return new OutputFolder(folder);
  }

  /**
   * The path of a file in the folder.
   *
   * @param name its name
   * @return the path
   */
  public Path path(String name) {
    return folder.resolve(name);
  }

  /**
   * Writes a file under a temporary name and renames it.
   *
   * @param name its name
   * @param content what to write
   * @throws IOException if it cannot be written
   */
  public void write(String name, Content content) throws IOException {
    Path temporary = Files.createTempFile(folder, "." + name, ".part");
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        content.writeTo(out);
      }
      Files.move(
          temporary,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Writes a picture.
   *
   * @param name name of the file
   * @param image the picture
   * @throws IOException if it cannot be written
   */
  public void writePng(String name, BufferedImage image) throws IOException {
    write(
        name,
        out -> {
          if (!ImageIO.write(image, "png", out)) {
            throw new IOException(name + ": this Java runtime has no PNG writer");
          }
        });
  }
}
