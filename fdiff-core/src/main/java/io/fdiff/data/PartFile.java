package io.fdiff.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A temporary file beside its target, renamed when it is whole, so that no reader sees half a file.
 *
 * <p>Closing deletes what was not committed. Not thread-safe.
 */
final class PartFile implements Closeable {

  private final Path file;
  private final Path target;
  private final Path part;

  private PartFile(Path file, Path target, Path part) {
    this.file = file;
    this.target = target;
    this.part = part;
  }

  /** Checks that the target can be a file; creates nothing yet. */
  static PartFile of(Path file) throws IOException {
    // A link stays a link: what it leads to is replaced.
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null || (Files.exists(target) && !Files.isRegularFile(target))) {
      throw new FileSystemException(
          file.toString(), null, "cannot write: it is no regular file; give the path of a file");
    }
    if (!Files.isDirectory(directory)) {
      throw new FileSystemException(
          file.toString(), null, "cannot write: " + directory + " is not a directory; create it");
    }
    Path part = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
    return new PartFile(file, target, part);
  }

  /** Where to write. */
  Path path() {
    return part;
  }

  /** Puts the written file in the place of the target. */
  void commit() throws IOException {
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The exception to throw for a failed write. */
  IOException failure(IOException cause) {
    return new IOException(
        file
            + ": cannot write ("
            + cause
            + "); check permissions and free space of "
            + target.getParent(),
        cause);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(part);
  }
}
