package io.fdiff.examples.experiment;

import io.fdiff.covariance.EmpiricalCovariance;
import io.fdiff.data.AffineNormalizer;
import io.fdiff.data.FunctionDataset;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is estimated from the data: the grid, an affine normalisation for each channel, mean
 * function and spectrum of the normalised data.
 */
final class FunctionModel {

  private final Grid grid;
  private final AffineNormalizer normalizer;
  private final EmpiricalCovariance estimate;

  private FunctionModel(Grid grid, AffineNormalizer normalizer, EmpiricalCovariance estimate) {
    this.grid = grid;
    this.normalizer = normalizer;
    this.estimate = estimate;
  }

  /** Scalings of the data. */
  enum Normalization {
    /** The range of each channel becomes {@code [−1, 1]}. */
    RANGE,
    /** Each channel gets mean 0 and variance 1 over functions and points. */
    STANDARD,
    /** None. */
    NONE
  }

  /**
   * What a checkpoint keeps.
   *
   * @param grid the grid of the data
   * @param shift subtracted from each channel
   * @param scale divides each shifted channel
   * @param basis basis of mean and spectrum
   * @param centred whether the spectrum is about the mean
   * @param mean coefficients of the mean function of the normalised data
   * @param spectrum eigenvalues by frequency of the normalised data
   */
  record Description(
      GridDescription grid,
      List<Double> shift,
      List<Double> scale,
      Basis basis,
      boolean centred,
      List<Double> mean,
      List<Double> spectrum) {}

  /**
   * A grid in words.
   *
   * @param lower lower ends of the domain
   * @param upper upper ends of the domain
   * @param layout layout of a regular grid, null for scattered points of an interval
   * @param shape points per axis of a regular grid
   * @param points the points of an interval, empty for a regular grid
   */
  record GridDescription(
      List<Double> lower,
      List<Double> upper,
      RegularGrid.@Nullable Layout layout,
      List<Integer> shape,
      List<Double> points) {

    static GridDescription of(Grid grid) {
      List<Double> lower = grid.domain().stream().map(Interval::lower).toList();
      List<Double> upper = grid.domain().stream().map(Interval::upper).toList();
      if (grid instanceof RegularGrid regular) {
        return new GridDescription(
            lower,
            upper,
            regular.layout(),
            Arrays.stream(regular.shape()).boxed().toList(),
            List.of());
      }
      if (grid.dimension() != 1) {
        throw new IllegalArgumentException(
            grid + ": scattered points are stored on an interval only; use a regular grid");
      }
      List<Double> points = new ArrayList<>();
      for (int i = 0; i < grid.size(); i++) {
        points.add(grid.coordinate(i, 0));
      }
      return new GridDescription(lower, upper, null, List.of(), points);
    }

    Grid grid() {
      if (layout == null) {
        return PointSet.of(new Interval(lower.get(0), upper.get(0)), FunctionModel.array(points));
      }
      List<Interval> domain = new ArrayList<>();
      for (int axis = 0; axis < lower.size(); axis++) {
        domain.add(new Interval(lower.get(axis), upper.get(axis)));
      }
      return RegularGrid.of(domain, layout, shape.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /** Estimates the model. */
  static FunctionModel fit(
      FunctionDataset data, Normalization normalization, Basis basis, boolean centred) {
    AffineNormalizer normalizer =
        switch (normalization) {
          case RANGE -> AffineNormalizer.minMax(data, -1, 1);
          case STANDARD -> AffineNormalizer.standard(data);
          case NONE -> {
            double[] ones = new double[data.channels()];
            Arrays.fill(ones, 1);
            yield AffineNormalizer.of(new double[data.channels()], ones);
          }
        };
    INDArray normalized = normalizer.normalize(data.values());
    EmpiricalCovariance estimate =
        centred
            ? EmpiricalCovariance.centred(basis.on(data.grid()), normalized)
            : EmpiricalCovariance.uncentred(basis.on(data.grid()), normalized);
    return new FunctionModel(data.grid(), normalizer, estimate);
  }

  /**
   * The model that a checkpoint describes.
   *
   * @throws IllegalArgumentException if its parts do not fit each other
   */
  static FunctionModel from(Description d) {
    Grid grid = Objects.requireNonNull(d.grid, "grid").grid();
    return new FunctionModel(
        grid,
        AffineNormalizer.of(array(d.shift), array(d.scale)),
        EmpiricalCovariance.of(d.basis.on(grid), array(d.mean), array(d.spectrum), d.centred));
  }

  Description description(boolean centred) {
    return new Description(
        GridDescription.of(grid),
        list(normalizer.shift()),
        list(normalizer.scale()),
        estimate.spectral().orElseThrow().transform().basis(),
        centred,
        list(estimate.meanCoefficients()),
        list(estimate.frequencyEigenvalues()));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  Grid grid() {
    return grid;
  }

  AffineNormalizer normalizer() {
    return normalizer;
  }

  EmpiricalCovariance estimate() {
    return estimate;
  }

  int channels() {
    return normalizer.shift().length;
  }
}
