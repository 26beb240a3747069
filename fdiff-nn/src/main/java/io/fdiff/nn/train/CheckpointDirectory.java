package io.fdiff.nn.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory of checkpoints {@code step-00000123}, of which each is complete at every moment.
 *
 * <p>A checkpoint is written under the name {@code .tmp-…}, forced to disk and renamed. One that is
 * already there under the same name is first set aside as {@code .old-step-00000123} and stays
 * readable until the new one has taken its place. One process writes to a directory at a time.
 */
final class CheckpointDirectory {

  /** Writes the files of a checkpoint. */
  @FunctionalInterface
  interface Writer {

    /** Writes into an empty directory. */
    void write(Path directory) throws IOException;
  }

  private static final String NAME = "step-";
  private static final String TEMPORARY = ".tmp-";
  private static final String SET_ASIDE = ".old-";
  private static final Pattern CHECKPOINT =
      Pattern.compile("(" + Pattern.quote(SET_ASIDE) + ")?" + NAME + "(\\d{8,18})");

  private final Path directory;

  CheckpointDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes a checkpoint and deletes those that are no longer among the newest.
   *
   * @param step its step
   * @param keep how many of the newest stay, at least 1
   * @param writer writes its files
   * @return its directory
   * @throws IOException if it cannot be written; those that were there stay
   */
  Path write(long step, int keep, Writer writer) throws IOException {
    Files.createDirectories(directory);
    String name = String.format(Locale.ROOT, NAME + "%08d", step);
    Path target = directory.resolve(name);
    Path temporary = temporary();
    try {
      writer.write(temporary);
      force(temporary);
      if (Files.exists(target)) {
        // A rename cannot replace a directory that is not empty.
        Path aside = directory.resolve(SET_ASIDE + name);
        deleteTree(aside);
        Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      force(directory);
    } catch (IOException | RuntimeException ex) {
      try {
        deleteTree(temporary);
      } catch (IOException leftover) {
        ex.addSuppressed(leftover);
      }
      throw ex;
    }
    deleteOld(keep);
    return target;
  }

  /** A new directory that no reader looks at, with default permissions. */
  private Path temporary() throws IOException {
    return Files.createDirectory(directory.resolve(TEMPORARY + UUID.randomUUID()));
  }

  /** Makes names durable; not every system can open a directory, and those need not. */
  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException ignored) {
      // Windows refuses to open directories.
    }
  }

  private void deleteOld(int keep) throws IOException {
    NavigableMap<Long, Path> complete = complete();
    while (complete.size() > keep) {
      // Renamed first, so that a half-deleted directory never looks like a checkpoint.
      Path old = complete.pollFirstEntry().getValue();
      Files.move(old, temporary().resolve(old.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        boolean replaced =
            name.startsWith(SET_ASIDE + NAME)
                && Files.exists(directory.resolve(name.substring(SET_ASIDE.length())));
        if (replaced || name.startsWith(TEMPORARY)) {
          deleteTree(entry);
        }
      }
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Checkpoints by step; one that was set aside counts if no other took its place. */
  private NavigableMap<Long, Path> complete() throws IOException {
    TreeMap<Long, Path> found = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path path : entries.filter(Files::isDirectory).toList()) {
        Matcher name = CHECKPOINT.matcher(path.getFileName().toString());
        if (name.matches()) {
          long step = Long.parseLong(name.group(2));
          if (name.group(1) == null) {
            found.put(step, path);
          } else {
            found.putIfAbsent(step, path);
          }
        }
      }
    }
    return found;
  }

  /** The checkpoint of the most steps, empty if there is none or no directory. */
  Optional<Path> latest() throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    return Optional.ofNullable(complete().lastEntry()).map(Map.Entry::getValue);
  }
}
