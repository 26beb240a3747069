package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Functions from one grid to another of the same domain: by their spectral coefficients, by the
 * values of their basis functions, or by multilinear interpolation.
 *
 * <p>{@link #spectral} needs as many points as modes on both grids and keeps the coefficients;
 * {@link #evaluate} needs them only where the function comes from, and suits scattered points;
 * {@link #linear} assumes no basis, is of second order, and never exceeds the values between
 * points; beyond the outermost ones it continues as the {@link Extension} says.
 */
public final class Resampling {

  /** How a function continues from its outermost points to the ends of the domain. */
  public enum Extension {

    /** With the outermost value: values stay within the range of the given ones, to round-off. */
    CONSTANT,

    /** Along the outermost line: exact for affine functions on the whole domain. */
    LINEAR;

    double fraction(double position) {
      return this == LINEAR ? position : Math.max(0, Math.min(1, position));
    }
  }

  private Resampling() {}

  /**
   * Carries functions to another grid: coefficients there are those here, 0 where this grid has no
   * such mode, dropped where the other one has none. Band-limited functions are carried exactly.
   *
   * <p>The alternating top mode of an even Fourier grid is no function of its own: it is dropped,
   * and never filled from another grid. The alternating cosine of nodes and sine of cell centres
   * are {@code cos πmp} and {@code sin πnp} with factor 1, and are carried as such.
   *
   * @param x functions {@code [batch, channels, n1, …, nd]} on {@code from.grid()}. Not modified.
   * @param from transform of the grid that {@code x} lives on
   * @param to transform of the other grid, of the same basis and domain
   * @return fresh array {@code [batch, channels, m1, …, md]} on {@code to.grid()}, same type
   * @throws IllegalArgumentException if bases or domains differ, or the shape does not fit
   */
  public static INDArray spectral(INDArray x, SpectralTransform from, SpectralTransform to) {
    FunctionBatch batch = FunctionBatch.of(from.grid(), x);
    int rows = batch.rows();
    double[] here = new double[rows * from.modes()];
    from.forward(batch.toDoubles(), here, rows);
    double[] there = carry(here, from, to);
    double[] values = new double[Math.multiplyExact(rows, to.grid().size())];
    to.inverse(there, values, rows);
    return FunctionBatch.array(to.grid(), x.dataType(), batch.channels(), values);
  }

  /**
   * Evaluates functions at any points of the domain: {@code x(q_i) = Σ_k x_k e_k(q_i)} with the
   * coefficients here. Functions in the span of the modes of {@code from} are carried exactly, to
   * however few points.
   *
   * <p>The alternating Fourier mode of an even grid is dropped, as in {@link #spectral}. Cost:
   * {@code O(points · modes)} a function; between regular grids {@link #spectral} is faster.
   *
   * @param x functions {@code [batch, channels, n1, …, nd]} on {@code from.grid()}. Not modified.
   * @param from transform of the grid that {@code x} lives on
   * @param to points of the same domain, regular or scattered
   * @return fresh array {@code [batch, channels, m1, …, md]} or {@code [batch, channels, points]}
   *     on {@code to}, same type
   * @throws IllegalArgumentException if the domains differ, or the shape does not fit
   */
  public static INDArray evaluate(INDArray x, SpectralTransform from, Grid to) {
    requireSameDomain(from.grid(), to);
    FunctionBatch batch = FunctionBatch.of(from.grid(), x);
    int rows = batch.rows();
    double[] values = new double[Math.multiplyExact(rows, to.size())];
    double[] coefficients = new double[Math.multiplyExact(rows, from.modes())];
    from.forward(batch.toDoubles(), coefficients, rows);
    new BasisEvaluation(from, to).apply(coefficients, values, rows);
    return FunctionBatch.array(to, x.dataType(), batch.channels(), values);
  }

  /**
   * Interpolates functions linearly on every axis between the points of a regular grid, or between
   * scattered points of an interval.
   *
   * <p>Beyond the outermost points of {@code CELL} and of scattered points the extension holds;
   * {@code NODE} has points at the ends, {@code PERIODIC} wraps around. Functions on {@code
   * INTERIOR} fall to 0 at the ends with {@code LINEAR}, and keep the outermost value with {@code
   * CONSTANT}. Second order in the spacing. Cost: {@code 2^d} products a point.
   *
   * @param x functions {@code [batch, channels, n1, …, nd]} on {@code from}. Not modified.
   * @param from the grid that {@code x} lives on: regular, or points of an interval in any order
   * @param to points of the same domain, regular or scattered
   * @param extension how functions continue to the ends of the domain
   * @return fresh array {@code [batch, channels, m1, …, md]} or {@code [batch, channels, points]}
   *     on {@code to}, same type
   * @throws IllegalArgumentException if the domains differ, the shape does not fit, or {@code from}
   *     is scattered in more than one dimension
   */
  public static INDArray linear(INDArray x, Grid from, Grid to, Extension extension) {
    Objects.requireNonNull(extension, "extension");
    requireSameDomain(from, to);
    if (!(from instanceof RegularGrid) && from.dimension() > 1) {
      throw new IllegalArgumentException(
          from + ": scattered points have neighbours on an interval only; use a regular grid");
    }
    FunctionBatch batch = FunctionBatch.of(from, x);
    double[] values = new double[Math.multiplyExact(batch.rows(), to.size())];
    new LinearInterpolation(from, to, extension).apply(batch.toDoubles(), values, batch.rows());
    return FunctionBatch.array(to, x.dataType(), batch.channels(), values);
  }

  private static void requireSameDomain(Grid from, Grid to) {
    if (!from.domain().equals(to.domain())) {
      throw new IllegalArgumentException(
          "cannot carry functions from "
              + from
              + " to "
              + to
              + ": the domains must agree; build the target grid on "
              + from.domain());
    }
  }

  /**
   * Coefficients of one transform as coefficients of another, mode by mode.
   *
   * @param coefficients {@code rows × from.modes()}. Not modified.
   * @param from transform that the coefficients belong to
   * @param to another transform of the same basis and domain
   * @return fresh array {@code rows × to.modes()}
   * @throws IllegalArgumentException if bases or domains differ
   */
  public static double[] carry(
      double[] coefficients, SpectralTransform from, SpectralTransform to) {
    Grid source = from.grid();
    if (from.basis() != to.basis() || !source.domain().equals(to.grid().domain())) {
      throw new IllegalArgumentException(
          "cannot carry coefficients from "
              + from.basis()
              + " on "
              + source
              + " to "
              + to.basis()
              + " on "
              + to.grid()
              + ": basis and domain must agree");
    }
    int[] target = to.modeShape();
    int[] own = from.modeShape();
    // The same grid keeps everything.
    boolean same = source.equals(to.grid()) && Arrays.equals(own, target);
    int modes = from.modes();
    int rows = coefficients.length / modes;
    double[] out = new double[rows * to.modes()];
    for (int k = 0; k < modes; k++) {
      int[] index = from.index(k);
      int at = 0;
      double factor = 1;
      for (int a = 0; factor > 0 && a < index.length; a++) {
        if (index[a] >= target[a]) {
          factor = 0;
        } else if (!same) {
          double there = Transforms.continuousNorm(to.basis(), to.grid(), a, index[a]);
          factor *=
              there > 0 ? Transforms.continuousNorm(from.basis(), source, a, index[a]) / there : 0;
        }
        at = at * target[a] + index[a];
      }
      for (int row = 0; factor > 0 && row < rows; row++) {
        out[row * to.modes() + at] = factor * coefficients[row * modes + k];
      }
    }
    return out;
  }
}
