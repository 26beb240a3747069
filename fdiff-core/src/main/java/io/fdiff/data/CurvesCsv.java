package io.fdiff.data;

import io.fdiff.space.Grid;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Curves in files of comma-separated values, one row a curve.
 *
 * <p>The header row holds an optional first column {@code id} (in any case) and then the argument
 * values, strictly increasing decimal numbers. Every further row holds the id, if there is the
 * column, and one finite decimal number for each argument. Text is UTF-8, with or without a byte
 * order mark; lines end in LF or CRLF; cells may be in double quotes; blank lines and blanks around
 * a cell are skipped. There are at least 2 arguments and 2 curves: fewer give no covariance.
 *
 * <p>Written files have the column {@code id}, lines that end in LF and the shortest decimals that
 * read back as the same FLOAT or DOUBLE, whatever the locale: equal curves give equal bytes.
 */
public final class CurvesCsv {

  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  private CurvesCsv() {}

  /**
   * Reads a file of curves. Files without a column {@code id} give the ids 1, 2, ….
   *
   * @param file the file
   * @return the curves on {@link #grid} of the arguments, with the header as it was written
   * @throws InvalidDataException if the file is missing, unreadable or breaks the format; the
   *     message names file, line, column, value, rule and remedy
   * @throws IOException if the file cannot be closed
   */
  public static CurveTable read(Path file) throws IOException {
    return CurvesReader.read(Objects.requireNonNull(file, "file"));
  }

  /**
   * The grid of argument values {@code p_1 < … < p_N}.
   *
   * <p>Equispaced arguments are the centres of the cells of a {@code CELL} grid on {@code [p_1 −
   * h/2, p_N + h/2]}, {@code h = (p_N − p_1)/(N − 1)}. Arguments count as equispaced if each lies
   * within {@code h/1000} of its place on that grid. Others are points of {@code [p_1 − (p_2 −
   * p_1)/2, p_N + (p_N − p_{N−1})/2]} weighted by the lengths of their Voronoi cells.
   *
   * @param arguments at least 2 finite, strictly increasing numbers. Not modified.
   * @return the grid
   * @throws IllegalArgumentException if there are fewer than 2 arguments, or they are not finite
   *     and strictly increasing
   */
  public static Grid grid(double... arguments) {
    return ArgumentGrid.of(arguments);
  }

  /**
   * Writes a table under the header it was read with.
   *
   * @param file the file, replaced if it exists
   * @param table the curves
   * @throws IOException if the file cannot be written; an existing file is then left as it was
   */
  public static void write(Path file, CurveTable table) throws IOException {
    write(file, table, false);
  }

  /**
   * Writes curves: first to a temporary file in the same directory, which is then renamed, so that
   * no reader sees half a file.
   *
   * @param file the file, replaced if it exists
   * @param arguments at least 2 finite, strictly increasing numbers. Not modified.
   * @param values {@code [n, 1, arguments]}, FLOAT or DOUBLE, finite. Not modified.
   * @param ids one name for each curve
   * @throws IllegalArgumentException if shapes, arguments or values are not as stated; nothing is
   *     written
   * @throws IOException if the file cannot be written; an existing file is then left as it was
   */
  public static void write(Path file, double[] arguments, INDArray values, List<String> ids)
      throws IOException {
    FunctionDataset dataset = FunctionDataset.of(grid(arguments), values);
    CurveTable table = new CurveTable(dataset, CurveTable.labels(arguments), ids);
    write(file, table, values.dataType() == DataType.FLOAT);
  }

  private static void write(Path file, CurveTable table, boolean single) throws IOException {
    try (PartFile part = PartFile.of(file)) {
      try {
        try (BufferedWriter out =
                Files.newBufferedWriter(
                    part.path(), StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            CSVPrinter printer = new CSVPrinter(out, FORMAT)) {
          print(printer, table, single);
        }
        part.commit();
      } catch (IOException e) {
        throw part.failure(e);
      }
    }
  }

  private static void print(CSVPrinter printer, CurveTable table, boolean single)
      throws IOException {
    printer.print("id");
    printer.printRecord(table.labels());
    double[] values = table.dataset().toDoubles();
    int points = table.labels().size();
    for (int row = 0, at = 0; row < table.ids().size(); row++) {
      printer.print(table.ids().get(row));
      for (int i = 0; i < points; i++, at++) {
        printer.print(
            single ? ShortestDecimal.of((float) values[at]) : ShortestDecimal.of(values[at]));
      }
      printer.println();
    }
  }
}
