package io.fdiff.examples.experiment;

import io.fdiff.data.CurvesCsv;
import io.fdiff.data.FunctionDataset;
import io.fdiff.data.InvalidDataException;
import io.fdiff.data.NpyReader;
import io.fdiff.nn.Condition;
import io.fdiff.nn.Conditioning;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The conditions that samples are asked for.
 *
 * @param label class of all samples, null without
 * @param context context functions, null without
 * @param row which of them all samples are given, null for one after the other
 * @param measurements measurements of all samples, empty without
 */
record SampleConditions(
    @Nullable Integer label,
    @Nullable FunctionDataset context,
    @Nullable Integer row,
    List<Double> measurements) {

  /**
   * Reads context functions: an NPY file {@code [functions, n1, …]} or {@code [functions, channels,
   * n1, …]} on the domain of the data with their layout, or a table of curves.
   *
   * @param file the file
   * @param data grid of the data
   * @return the functions on their own grid
   * @throws IOException if the file cannot be used
   */
  static FunctionDataset context(Path file, Grid data) throws IOException {
    if (file.toString().endsWith(".csv")) {
      return CurvesCsv.read(file).dataset();
    }
    long[] shape = NpyReader.shape(file);
    int axes = data.dimension();
    if (!(data instanceof RegularGrid regular) || shape.length < axes + 1) {
      throw new InvalidDataException(
          file,
          "array of shape "
              + Arrays.toString(shape)
              + " for functions on "
              + data
              + "; give [functions, n1, …] with one axis for each of a regular grid, or a CSV table"
              + " of curves");
    }
    int[] points = new int[axes];
    Arrays.setAll(points, a -> Math.toIntExact(shape[shape.length - axes + a]));
    return NpyReader.read(file, RegularGrid.of(data.domain(), regular.layout(), points));
  }

  /**
   * What the network is told.
   *
   * @throws IllegalArgumentException if the network was not trained on such a condition
   */
  Condition of(Sampling sampling, Conditioning conditioning, Grid grid) {
    int classes = conditioning.classes();
    if (label != null && (label < 0 || label >= classes)) {
      throw new IllegalArgumentException(
          "class "
              + label
              + (classes == 0
                  ? ": the network was not trained on classes"
                  : ": the network knows classes 0 to " + (classes - 1)));
    }
    ConditionModel model = sampling.conditions();
    if (context != null && context.channels() != model.contextChannels()) {
      throw new IllegalArgumentException(
          "context functions of "
              + context.channels()
              + " channels: the network was trained on "
              + model.contextChannels());
    }
    if (!measurements.isEmpty() && measurements.size() != model.columns().size()) {
      throw new IllegalArgumentException(
          measurements.size()
              + " measurements "
              + measurements
              + ": the network was trained on "
              + (model.columns().isEmpty() ? "none" : "one each of " + model.columns()));
    }
    int size = context == null ? 1 : context.size();
    Condition all =
        Objects.requireNonNull(
            model.condition(
                new ConditionValues(
                    label == null ? null : Collections.nCopies(size, label),
                    context,
                    measurements.isEmpty() ? null : table(size))));
    if (row != null) {
      if (row < 0 || row >= size) {
        throw new IllegalArgumentException(
            "row " + row + " of " + size + " context functions: rows count from 0");
      }
      all = all.select(row);
    }
    all.select(0).requireFits(conditioning, grid);
    return all;
  }

  private INDArray table(int size) {
    double[] values = measurements.stream().mapToDouble(Double::doubleValue).toArray();
    double[][] rows = new double[size][];
    Arrays.fill(rows, values);
    return Nd4j.createFromArray(rows);
  }
}
