package io.fdiff.examples.experiment;

import io.fdiff.data.FunctionDataset;
import io.fdiff.data.InvalidDataException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a network is told besides the class of a function: other functions on the same grid, one for
 * each function of the data, and numbers of a table, one row for each. They are standardised, each
 * channel and each column to mean 0 and variance 1.
 *
 * @param functions where context functions come from, their channels one after the other; empty for
 *     none
 * @param measurements where measurements come from, their columns one after the other; empty for
 *     none
 */
public record ConditionChoice(List<DataSource> functions, List<Table> measurements) {

  /** No condition but perhaps the class. */
  public static final ConditionChoice NONE = new ConditionChoice(List.of(), List.of());

  /**
   * Columns of a table.
   *
   * @param file CSV with names in its first row
   * @param columns the names of the columns, at least one
   */
  public record Table(String file, List<String> columns) {

    /**
     * Checks the columns.
     *
     * @param file CSV with names in its first row
     * @param columns the names of the columns, at least one
     * @throws IllegalArgumentException if no column is named
     */
    public Table {
      columns = List.copyOf(columns);
      if (columns.isEmpty()) {
        throw new IllegalArgumentException(
            "columns " + columns + " of " + file + ": name at least one column");
      }
    }

    /** The rows, each with the value of every named column. */
    List<double[]> rows(Path folder) throws IOException {
      Path path = DataSource.existing(folder, file);
      CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
      List<double[]> rows = new ArrayList<>();
      try (Reader reader = Files.newBufferedReader(path);
          CSVParser parser = CSVParser.parse(reader, format)) {
        for (String column : columns) {
          if (!parser.getHeaderMap().containsKey(column)) {
            throw new IllegalArgumentException(
                path + ": no column '" + column + "'; there are " + parser.getHeaderNames());
          }
        }
        for (CSVRecord row : parser) {
          double[] values = new double[columns.size()];
          for (int j = 0; j < values.length; j++) {
            values[j] = number(path, row, columns.get(j));
          }
          rows.add(values);
        }
      }
      return rows;
    }

    private static double number(Path path, CSVRecord row, String column) throws IOException {
      String text = row.isSet(column) ? row.get(column).strip() : "";
      double value;
      try {
        value = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        value = Double.NaN;
      }
      if (!Double.isFinite(value)) {
        throw new InvalidDataException(
            path,
            "row " + row.getRecordNumber() + ", column '" + column + "'",
            "'" + text + "' is no finite number; fill or drop missing values");
      }
      return value;
    }
  }

  /**
   * Checks the lists.
   *
   * @param functions where context functions come from; empty for none
   * @param measurements where measurements come from; empty for none
   */
  public ConditionChoice {
    functions = List.copyOf(functions);
    measurements = List.copyOf(measurements);
  }

  /**
   * Reads the conditions of the data.
   *
   * @param folder what relative paths are relative to
   * @param data the functions they belong to
   * @param labels classes of the functions, null without
   * @return the conditions, in units of their files
   * @throws IOException if a file is missing or cannot be used
   * @throws IllegalArgumentException if they are not on the grid of the data or not as many
   */
  ConditionValues load(Path folder, FunctionDataset data, @Nullable List<Integer> labels)
      throws IOException {
    return new ConditionValues(labels, context(folder, data), table(folder, data.size()));
  }

  private @Nullable FunctionDataset context(Path folder, FunctionDataset data) throws IOException {
    if (functions.isEmpty()) {
      return null;
    }
    List<INDArray> parts = new ArrayList<>();
    for (DataSource source : functions) {
      FunctionDataset part = source.load(folder).functions();
      if (!part.grid().equals(data.grid())) {
        throw new IllegalArgumentException(
            "context functions on "
                + part.grid()
                + ", data on "
                + data.grid()
                + ": give context"
                + " functions on the grid of the data");
      }
      requireSize("context functions", part.size(), data.size());
      parts.add(part.values());
    }
    return FunctionDataset.of(data.grid(), Nd4j.concat(1, parts.toArray(new INDArray[0])));
  }

  private @Nullable INDArray table(Path folder, int size) throws IOException {
    if (measurements.isEmpty()) {
      return null;
    }
    double[][] values = new double[size][columns().size()];
    int from = 0;
    for (Table table : measurements) {
      List<double[]> rows = table.rows(folder);
      requireSize("rows in " + table.file(), rows.size(), size);
      for (int i = 0; i < size; i++) {
        System.arraycopy(rows.get(i), 0, values[i], from, table.columns().size());
      }
      from += table.columns().size();
    }
    return Nd4j.createFromArray(values);
  }

  /** The names of all columns. */
  List<String> columns() {
    return measurements.stream().flatMap(table -> table.columns().stream()).toList();
  }

  private static void requireSize(String what, int found, int size) {
    if (found != size) {
      throw new IllegalArgumentException(
          found + " " + what + " for " + size + " functions: give one each");
    }
  }
}
