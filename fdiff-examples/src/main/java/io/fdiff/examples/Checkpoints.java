package io.fdiff.examples;

import io.fdiff.nn.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The checkpoints of a training in their folder. */
public final class Checkpoints {

  private Checkpoints() {}

  /**
   * The newest checkpoint.
   *
   * @param folder the folder that the training wrote to, or one of the checkpoints in it
   * @return the checkpoint
   * @throws IOException if there is none or it cannot be read
   */
  public static Checkpoint latest(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          "there is no such folder; train one with fdiff quickstart or fdiff train");
    }
    if (Files.isRegularFile(folder.resolve("config.json"))) {
      return Checkpoint.read(folder);
    }
    return Checkpoint.latest(folder)
        .orElseThrow(
            () ->
                new NoSuchFileException(
                    folder.toString(),
                    null,
                    "the folder holds no checkpoint (step-…); give the folder checkpoint/ that"
                        + " fdiff quickstart or fdiff train wrote"));
  }

  /**
   * Deletes the checkpoints of an earlier training, which would be taken for newer ones.
   *
   * @param folder the folder that the training wrote to
   * @throws IOException if one cannot be deleted
   */
  public static void clear(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().startsWith("step-")) {
          try (Stream<Path> tree = Files.walk(entry)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
              Files.delete(path);
            }
          }
        }
      }
    }
  }
}
