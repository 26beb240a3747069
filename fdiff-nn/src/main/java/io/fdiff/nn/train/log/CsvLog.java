package io.fdiff.nn.train.log;

import io.fdiff.nn.train.TrainingEvent;
import io.fdiff.nn.train.TrainingListener;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * Writes a row for every step it hears of into a file of comma-separated values: {@code step, loss,
 * running_loss, gradient_norm, learning_rate, seconds, heap_bytes, off_heap_bytes, resident_bytes}.
 *
 * <p>A row is handed to the system before the next step begins. When a training is resumed the rows
 * of steps that are done again are dropped, so that no step has two rows, and the seconds go on
 * from the last row that stays. Not thread-safe.
 */
public final class CsvLog implements TrainingListener, AutoCloseable {

  private static final List<String> COLUMNS =
      List.of(
          "step",
          "loss",
          "running_loss",
          "gradient_norm",
          "learning_rate",
          "seconds",
          "heap_bytes",
          "off_heap_bytes",
          "resident_bytes");
  private static final int STEP = COLUMNS.indexOf("step");
  private static final int SECONDS = COLUMNS.indexOf("seconds");
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  private final Path file;
  private final CSVPrinter printer;
  private final double earlierSeconds;

  private CsvLog(Path file, CSVPrinter printer, double earlierSeconds) {
    this.file = file;
    this.printer = printer;
    this.earlierSeconds = earlierSeconds;
  }

  /**
   * A log in a file.
   *
   * @param file the file; its directory exists
   * @param steps steps that the training has done: rows up to this step stay, 0 begins anew
   * @return the log, to be closed
   * @throws IOException if the file cannot be written, or rows are to stay and it is not such a
   *     log; it is then left as it was
   */
  public static CsvLog open(Path file, long steps) throws IOException {
    double seconds = 0;
    if (steps > 0 && Files.exists(file)) {
      seconds = keep(file, steps);
    } else {
      try (CSVPrinter header = printer(file, StandardOpenOption.TRUNCATE_EXISTING)) {
        header.printRecord(COLUMNS);
      }
    }
    return new CsvLog(file, printer(file, StandardOpenOption.APPEND), seconds);
  }

  private static CSVPrinter printer(Path file, StandardOpenOption how) throws IOException {
    BufferedWriter writer =
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
    return new CSVPrinter(writer, FORMAT);
  }

  /** Copies the rows that stay to a new file in its place; returns the seconds of the last. */
  private static double keep(Path file, long steps) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    double seconds = 0;
    try (CSVParser parser = CSVParser.parse(file, StandardCharsets.UTF_8, FORMAT);
        CSVPrinter rows = printer(part, StandardOpenOption.TRUNCATE_EXISTING)) {
      Iterator<CSVRecord> records = parser.iterator();
      if (!records.hasNext() || !records.next().toList().equals(COLUMNS)) {
        throw new IOException(
            file
                + " is no training log: its first line is not "
                + String.join(",", COLUMNS)
                + "; give another file");
      }
      rows.printRecord(COLUMNS);
      while (records.hasNext()) {
        CSVRecord row = records.next();
        // An interrupted write may have left a part of the last row.
        if (row.size() < COLUMNS.size() && !records.hasNext()) {
          break;
        }
        if (number(file, row, STEP) <= steps) {
          seconds = number(file, row, SECONDS);
          rows.printRecord(row);
        }
      }
      rows.flush();
    } catch (IOException | RuntimeException ex) {
      Files.deleteIfExists(part);
      throw ex;
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    return seconds;
  }

  private static double number(Path file, CSVRecord row, int column) throws IOException {
    try {
      return Double.parseDouble(row.get(column));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException ex) {
      throw new IOException(
          file
              + ", row "
              + row.getRecordNumber()
              + ": "
              + Arrays.toString(row.values())
              + " has no number in column "
              + COLUMNS.get(column)
              + "; mend or delete the file",
          ex);
    }
  }

  /**
   * Writes the row of a step.
   *
   * @param event the step
   * @return true
   * @throws UncheckedIOException if the row cannot be written
   */
  @Override
  public boolean onStep(TrainingEvent event) {
    MemoryUse memory = MemoryUse.now();
    try {
      printer.printRecord(
          event.step(),
          event.loss(),
          event.runningLoss(),
          event.gradientNorm(),
          event.learningRate(),
          earlierSeconds + event.seconds(),
          memory.heap(),
          memory.offHeap(),
          memory.resident());
      printer.flush();
    } catch (IOException ex) {
      throw new UncheckedIOException(
          "row of step " + event.step() + " cannot be written to " + file + ": " + ex.getMessage(),
          ex);
    }
    return true;
  }

  /**
   * Closes the file.
   *
   * @throws IOException if the end of the file cannot be written
   */
  @Override
  public void close() throws IOException {
    printer.close();
  }
}
