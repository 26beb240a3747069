package io.fdiff.examples.experiment;

import io.fdiff.data.AffineNormalizer;
import io.fdiff.data.FunctionDataset;
import io.fdiff.nn.Condition;
import io.fdiff.nn.Conditioning;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The scaling of conditions, estimated from those of the data. */
final class ConditionModel {

  private final Description description;

  /**
   * What a checkpoint keeps.
   *
   * @param contextShift subtracted from each channel of the context functions
   * @param contextScale divides each shifted channel
   * @param columns names of the measurements
   * @param measurementShift subtracted from each measurement
   * @param measurementScale divides each shifted measurement
   */
  record Description(
      List<Double> contextShift,
      List<Double> contextScale,
      List<String> columns,
      List<Double> measurementShift,
      List<Double> measurementScale) {

    Description {
      contextShift = List.copyOf(contextShift);
      contextScale = List.copyOf(contextScale);
      columns = List.copyOf(columns);
      measurementShift = List.copyOf(measurementShift);
      measurementScale = List.copyOf(measurementScale);
    }
  }

  /** No context functions and no measurements. */
  static final ConditionModel NONE =
      new ConditionModel(new Description(List.of(), List.of(), List.of(), List.of(), List.of()));

  private ConditionModel(Description description) {
    this.description = description;
  }

  /** Mean 0 and variance 1 in each channel and each column. */
  static ConditionModel fit(ConditionValues values, List<String> columns) {
    double[] shift = {};
    double[] scale = {};
    FunctionDataset context = values.context();
    if (context != null) {
      AffineNormalizer normalizer = AffineNormalizer.standard(context);
      shift = normalizer.shift();
      scale = normalizer.scale();
    }
    double[] mean = new double[columns.size()];
    double[] deviation = new double[columns.size()];
    INDArray table = values.measurements();
    for (int j = 0; j < columns.size() && table != null; j++) {
      double[] column = table.getColumn(j).toDoubleVector();
      mean[j] = Arrays.stream(column).average().orElseThrow();
      double square = 0;
      for (double value : column) {
        square += (value - mean[j]) * (value - mean[j]) / column.length;
      }
      deviation[j] = Math.sqrt(square);
      if (!(deviation[j] > 0)) {
        throw new IllegalArgumentException(
            "column '" + columns.get(j) + "' is " + mean[j] + " everywhere: leave it out");
      }
    }
    return new ConditionModel(
        new Description(list(shift), list(scale), columns, list(mean), list(deviation)));
  }

  /**
   * The model that a checkpoint describes.
   *
   * @throws IllegalArgumentException if its parts do not fit each other
   */
  static ConditionModel from(Description description) {
    if (description.contextShift.size() != description.contextScale.size()
        || description.measurementShift.size() != description.columns.size()
        || description.measurementScale.size() != description.columns.size()) {
      throw new IllegalArgumentException(
          "scaling of conditions " + description + ": shifts and scales are not one for each");
    }
    return new ConditionModel(description);
  }

  Description description() {
    return description;
  }

  /** The names of the measurements. */
  List<String> columns() {
    return description.columns;
  }

  /** The channels of the context functions, 0 without. */
  int contextChannels() {
    return description.contextShift.size();
  }

  /**
   * Checks that a network is built for what the files give.
   *
   * @throws IllegalArgumentException if its conditioning has other numbers
   */
  void requireFits(Conditioning conditioning) {
    if (conditioning.contextChannels() != contextChannels()
        || conditioning.measurements() != columns().size()) {
      throw new IllegalArgumentException(
          "network.conditioning has contextChannels "
              + conditioning.contextChannels()
              + " and measurements "
              + conditioning.measurements()
              + ", condition gives "
              + contextChannels()
              + " channels and "
              + columns().size()
              + " columns: they must agree");
    }
  }

  /**
   * What a network is told, null if there is nothing to tell.
   *
   * @param values conditions in units of their files
   */
  @Nullable Condition condition(ConditionValues values) {
    Condition all = null;
    List<Integer> labels = values.labels();
    if (labels != null) {
      all = Condition.ofClasses(labels.stream().mapToInt(Integer::intValue).toArray());
    }
    FunctionDataset context = values.context();
    if (context != null) {
      AffineNormalizer normalizer =
          AffineNormalizer.of(array(description.contextShift), array(description.contextScale));
      all = and(all, Condition.ofFunctions(normalizer.normalize(context.values())));
    }
    INDArray table = values.measurements();
    if (table != null) {
      INDArray scaled = table.castTo(DataType.DOUBLE).dup('c');
      for (int i = 0; i < scaled.rows(); i++) {
        for (int j = 0; j < scaled.columns(); j++) {
          double value = scaled.getDouble(i, j) - description.measurementShift.get(j);
          scaled.putScalar(i, j, value / description.measurementScale.get(j));
        }
      }
      all = and(all, Condition.ofMeasurements(scaled));
    }
    return all;
  }

  private static Condition and(@Nullable Condition first, Condition second) {
    return first == null ? second : first.and(second);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
