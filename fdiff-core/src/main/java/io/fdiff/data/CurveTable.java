package io.fdiff.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Named curves on an interval together with the argument values as they were written. Immutable.
 *
 * <p>The grid holds the arguments as numbers, up to rounding; the labels hold them as text, so that
 * a table read and written again has the same header.
 *
 * @param dataset curves {@code [n, 1, points]} on a one-dimensional grid
 * @param labels the argument values as text, one for each point, strictly increasing
 * @param ids one name for each curve; names need not differ
 */
public record CurveTable(FunctionDataset dataset, List<String> labels, List<String> ids) {

  /**
   * Checks that the parts belong together.
   *
   * @param dataset curves {@code [n, 1, points]} on a one-dimensional grid
   * @param labels the argument values as text; copied
   * @param ids one name for each curve; copied
   * @throws IllegalArgumentException if the curves have more than one channel or axis, if the
   *     number of labels is not the number of points, or the number of ids not that of curves
   * @throws NumberFormatException if a label is not a number
   */
  public CurveTable {
    Objects.requireNonNull(dataset, "dataset");
    labels = List.copyOf(labels);
    ids = List.copyOf(ids);
    if (dataset.channels() != 1 || dataset.grid().dimension() != 1) {
      throw new IllegalArgumentException(
          dataset + ": a table holds curves of one channel on an interval");
    }
    if (labels.size() != dataset.grid().size() || ids.size() != dataset.size()) {
      throw new IllegalArgumentException(
          labels.size()
              + " labels and "
              + ids.size()
              + " ids for "
              + dataset
              + ": give one label for each point and one id for each curve");
    }
    ArgumentGrid.requireIncreasing(numbers(labels));
  }

  /**
   * The argument values.
   *
   * @return a fresh array, one number for each label
   */
  public double[] arguments() {
    return numbers(labels);
  }

  private static double[] numbers(List<String> labels) {
    return labels.stream().mapToDouble(Double::parseDouble).toArray();
  }

  /**
   * The labels of given arguments: the shortest decimals that read back as the same numbers.
   *
   * @param arguments numbers. Not modified.
   * @return one label for each
   */
  static List<String> labels(double[] arguments) {
    return Arrays.stream(arguments).mapToObj(ShortestDecimal::of).toList();
  }
}
