package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Functions from one grid to another of the same domain by their spectral coefficients. */
public final class Resampling {

  private Resampling() {}

  /**
   * Carries functions to another grid: coefficients there are those here, 0 where this grid has no
   * such mode, dropped where the other one has none. Band-limited functions are carried exactly.
   *
   * <p>The alternating top mode of an even Fourier grid is no function of its own and is dropped.
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
    int modes = from.modes();
    int rows = coefficients.length / modes;
    double[] out = new double[rows * to.modes()];
    for (int k = 0; k < modes; k++) {
      int[] index = from.index(k);
      int at = 0;
      boolean kept = true;
      for (int a = 0; kept && a < index.length; a++) {
        boolean alternating =
            from.basis() == Basis.FOURIER && own[a] % 2 == 0 && index[a] == own[a] - 1;
        boolean same = own[a] == target[a];
        kept = index[a] < target[a] && (same || !alternating);
        at = at * target[a] + index[a];
      }
      for (int row = 0; kept && row < rows; row++) {
        out[row * to.modes() + at] = coefficients[row * modes + k];
      }
    }
    return out;
  }
}
