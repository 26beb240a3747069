package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions from one grid to another of the same domain by their spectral coefficients. */
public final class Resampling {

  private Resampling() {}

  /**
   * Carries functions to another grid: coefficients there are those here, 0 where this grid has no
   * such mode, dropped where the other one has none. Band-limited functions are carried exactly.
   *
   * <p>The alternating top mode of an even Fourier grid is no function of its own: it is dropped,
   * and never filled from another grid.
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
    double[] values = new double[rows * to.grid().size()];
    to.inverse(there, values, rows);
    return FunctionBatch.array(to.grid(), x.dataType(), batch.channels(), values);
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
          double there = continuousNorm(to, a, index[a]);
          factor *= there > 0 ? continuousNorm(from, a, index[a]) / there : 0;
        }
        at = at * target[a] + index[a];
      }
      for (int row = 0; factor > 0 && row < rows; row++) {
        out[row * to.modes() + at] = factor * coefficients[row * modes + k];
      }
    }
    return out;
  }

  /**
   * The norm in {@code L²} of the function that a basis vector of discrete norm 1 stands for: 1,
   * but {@code √½} for the alternating cosine on nodes, and 0 for the alternating Fourier mode.
   */
  private static double continuousNorm(SpectralTransform transform, int axis, int index) {
    int modes = transform.modeShape()[axis];
    if (index != modes - 1 || !(transform.grid() instanceof RegularGrid grid)) {
      return 1;
    }
    boolean nodes = grid.layout() == RegularGrid.Layout.NODE;
    int points = grid.shape()[axis];
    if (transform.basis() == Basis.COSINE) {
      return nodes && modes == points ? Math.sqrt(0.5) : 1;
    }
    int distinct = nodes ? points - 1 : points;
    return modes == distinct && modes % 2 == 0 ? 0 : 1;
  }
}
