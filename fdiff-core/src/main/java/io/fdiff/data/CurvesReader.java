package io.fdiff.data;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.nd4j.linalg.api.buffer.DataType;

/** One reading of one file of curves; the format is stated in {@link CurvesCsv}. */
final class CurvesReader {

  /** Blank lines come as records of one empty cell, so that line numbers are the file's. */
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(false).setIgnoreSurroundingSpaces(true).get();

  /** Narrower than {@code Double.parseDouble}, which takes "1f", "0x1p3" and "NaN". */
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:\\d++\\.?\\d*+|\\.\\d++)(?:[eE][+-]?\\d++)?");

  private static final Pattern OTHER_DELIMITER = Pattern.compile("[;|\t]");
  private static final Pattern BLANKS_INSIDE = Pattern.compile("(?<=\\S)\\s(?=.*\\S)");

  private final Path file;
  private final List<String> labels = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final List<double[]> curves = new ArrayList<>();
  private double[] arguments = {};
  private boolean named;

  private CurvesReader(Path file) {
    this.file = file;
  }

  static CurveTable read(Path file) throws IOException {
    CurvesReader reader = new CurvesReader(file);
    reader.parse(reader.text());
    return reader.table();
  }

  private String text() throws IOException {
    if (Files.notExists(file)) {
      throw new InvalidDataException(file, "there is no such file; give the path of a CSV file");
    }
    if (Files.isDirectory(file)) {
      throw new InvalidDataException(file, "is a directory; give the path of a CSV file in it");
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidDataException(file, "cannot be read (" + e + "); check its permissions", e);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      long line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw new InvalidDataException(
          file,
          "line " + line,
          String.format(
              "byte 0x%02X is not UTF-8; save the file in the encoding UTF-8",
              bytes[in.position()]));
    }
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private void parse(String text) throws IOException {
    long line = 1;
    try (CSVParser parser = CSVParser.parse(text, FORMAT)) {
      for (Iterator<CSVRecord> records = parser.iterator(); records.hasNext(); ) {
        List<String> cells = records.next().toList();
        boolean blank = cells.size() == 1 && cells.get(0).isBlank();
        if (!blank && arguments.length == 0) {
          header(line, cells);
        } else if (!blank) {
          row(line, cells);
        }
        line = parser.getCurrentLineNumber() + 1;
      }
    } catch (UncheckedIOException e) {
      throw new InvalidDataException(
          file,
          "line " + line,
          "quotes do not match ("
              + e.getMessage()
              + "); a cell that begins with a double quote must end with one");
    }
  }

  private void header(long line, List<String> written) throws InvalidDataException {
    List<String> cells = written.stream().map(String::strip).toList();
    for (String cell : cells) {
      Matcher other = OTHER_DELIMITER.matcher(cell);
      if (!other.find() && (cells.size() > 1 || !other.usePattern(BLANKS_INSIDE).reset().find())) {
        continue;
      }
      String found = other.group().equals("\t") ? "TAB" : "'" + other.group() + "'";
      throw new InvalidDataException(
          file,
          "line " + line,
          "header cell "
              + Quoted.of(cell)
              + " contains "
              + found
              + "; cells must be separated by commas and decimals written with a point");
    }
    named = cells.get(0).equalsIgnoreCase("id");
    int start = named ? 1 : 0;
    double[] values = new double[cells.size() - start];
    for (int i = 0; i < values.length; i++) {
      String cell = cells.get(start + i);
      String place = "line " + line + ", column " + (start + i + 1);
      values[i] =
          number(
              cell,
              place,
              "the header is an optional first column \"id\" and then the argument values of the"
                  + " curves, decimal numbers such as 12.5");
      if (i > 0 && !(values[i] > values[i - 1])) {
        throw new InvalidDataException(
            file, place, notIncreasing(values, i, cell, cells.get(start + i - 1), start));
      }
    }
    if (values.length < 2) {
      throw new InvalidDataException(
          file,
          "line " + line,
          "the header holds "
              + (values.length == 0 ? "no argument value" : "one argument value only")
              + "; a curve needs at least 2, one a column"
              + (named ? " after the column id" : ""));
    }
    labels.addAll(cells.subList(start, cells.size()));
    arguments = values;
  }

  private static String notIncreasing(
      double[] values, int at, String cell, String previous, int start) {
    for (int j = 0; j < at; j++) {
      if (values[j] == values[at]) {
        return "argument value "
            + cell
            + " stands in column "
            + (start + j + 1)
            + " already; each argument value may occur once: merge or remove the column";
      }
    }
    return "argument value "
        + cell
        + " is not above "
        + previous
        + " before it; argument values must be strictly increasing: sort the columns";
  }

  private void row(long line, List<String> cells) throws InvalidDataException {
    int start = named ? 1 : 0;
    int expected = arguments.length + start;
    if (cells.size() != expected) {
      throw new InvalidDataException(
          file,
          "line " + line,
          cells.size()
              + " cells where the header has "
              + expected
              + "; every row must have one cell for each column"
              + (cells.size() > expected ? " (a decimal comma splits a cell: write a point)" : ""));
    }
    double[] curve = new double[arguments.length];
    for (int i = 0; i < curve.length; i++) {
      String place =
          "line " + line + ", column " + (start + i + 1) + " (argument " + labels.get(i) + ")";
      curve[i] =
          number(
              cells.get(start + i).strip(),
              place,
              "every value must be a finite decimal number such as -1.25; fill the gap or remove"
                  + " the curve");
    }
    ids.add(named ? cells.get(0) : Integer.toString(curves.size() + 1));
    curves.add(curve);
  }

  private double number(String cell, String place, String rule) throws InvalidDataException {
    if (cell.isEmpty()) {
      throw new InvalidDataException(file, place, "the cell is empty; " + rule);
    }
    if (!DECIMAL.matcher(cell).matches()) {
      throw new InvalidDataException(file, place, Quoted.of(cell) + " is not a number; " + rule);
    }
    double value = Double.parseDouble(cell);
    if (!Double.isFinite(value)) {
      throw new InvalidDataException(
          file, place, Quoted.of(cell) + " exceeds the range of double precision; " + rule);
    }
    return value;
  }

  private CurveTable table() throws InvalidDataException {
    if (arguments.length == 0) {
      throw new InvalidDataException(
          file, "the file is empty; expected a header row of argument values and one row a curve");
    }
    if (curves.size() < 2) {
      throw new InvalidDataException(
          file,
          (curves.isEmpty() ? "no curve" : "one curve only")
              + " after the header; at least 2 curves, one a row, are needed to estimate a"
              + " covariance");
    }
    Grid grid = ArgumentGrid.of(arguments);
    double[] values = new double[Math.multiplyExact(curves.size(), arguments.length)];
    for (int i = 0; i < curves.size(); i++) {
      System.arraycopy(curves.get(i), 0, values, i * arguments.length, arguments.length);
    }
    FunctionDataset dataset =
        FunctionDataset.of(grid, FunctionBatch.array(grid, DataType.DOUBLE, 1, values));
    return new CurveTable(dataset, labels, ids);
  }
}
