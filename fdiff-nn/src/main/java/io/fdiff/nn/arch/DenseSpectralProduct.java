package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Transforms as one product each: any points, {@code O(points · slots)} a function.
 *
 * <p>The analysis matrix holds for each slot the rows that are multiplied by its weights: {@code
 * (a_k, b_k)} for {@code P_k}, {@code (b_k, −a_k)} for {@code Q_k}, one coefficient for the slot of
 * a real basis. The synthesis matrix holds the functions that the products belong to, and a last
 * constant one for the shift. With the functions {@code e} of the axes,
 *
 * <pre>{@code √2 e^{2πik·u} = 2^{(1−n)/2} Π_a (e_cos + ie_sin)},</pre>
 *
 * {@code n} the number of components of {@code k} other than 0.
 */
final class DenseSpectralProduct implements SpectralProduct {

  private static final String ANALYSIS = "analysis";
  private static final String SYNTHESIS = "synthesis";

  /** Functions that are transformed at once. */
  private static final int BLOCK = 256;

  private final Basis basis;
  private final List<Integer> modes;
  private final Grid grid;
  private final int slots;
  private final int rows; // of a slot

  DenseSpectralProduct(Basis basis, List<Integer> modes, Grid grid) {
    this.basis = basis;
    this.modes = modes;
    this.grid = grid;
    this.slots = SpectralProduct.slots(basis, modes);
    this.rows = basis == Basis.FOURIER ? 2 : 1;
  }

  /** Multiplications a function. */
  static double products(Basis basis, List<Integer> modes, int points) {
    double rows = basis == Basis.FOURIER ? 2 : 1;
    return 2 * rows * SpectralProduct.slots(basis, modes) * points;
  }

  @Override
  public SDVariable apply(
      GraphContext context, SDVariable u, SDVariable weights, SDVariable shift) {
    long points = grid.size();
    long width = weights.getShape()[1];
    SDVariable analysis = context.input(ANALYSIS, (long) rows * slots, points);
    SDVariable synthesis = context.input(SYNTHESIS, points, (long) rows * slots + 1);
    SDVariable coefficients =
        analysis.mmul(u).reshape(slots, -1, width).mmul(weights).reshape((long) rows * slots, -1);
    return synthesis.mmul(context.graph().concat(0, coefficients, shift));
  }

  @Override
  public Map<String, INDArray> gridInputs(DataType type) {
    SpectralTransform transform = basis.on(grid, SpectralProduct.functions(basis, modes));
    int points = grid.size();
    int width = rows * slots + 1;
    double[] analysis = new double[rows * slots * points];
    double[] synthesis = new double[points * width];
    if (basis == Basis.FOURIER) {
      fourier(transform, analysis, synthesis);
    } else {
      double[] fit = fit(transform);
      double[] functions = functions(transform);
      for (int slot = 0; slot < slots; slot++) {
        for (int p = 0; p < points; p++) {
          analysis[slot * points + p] = fit[p * slots + slot];
          synthesis[p * width + slot] = functions[slot * points + p];
        }
      }
    }
    for (int p = 0; p < points; p++) {
      synthesis[p * width + width - 1] = 1;
    }
    return Map.of(
        ANALYSIS, OperatorFrame.array(type, analysis, (long) rows * slots, points),
        SYNTHESIS, OperatorFrame.array(type, synthesis, points, width));
  }

  private void fourier(SpectralTransform transform, double[] analysis, double[] synthesis) {
    int points = grid.size();
    int width = 2 * slots + 1;
    double[] fit = fit(transform);
    double[] functions = functions(transform);
    List<int[]> frequencies = Frequencies.half(modes);
    int[] shape = transform.modeShape();
    double[] a = new double[points];
    double[] b = new double[points];
    for (int f = 0; f < frequencies.size(); f++) {
      int[] k = frequencies.get(f);
      int p0 = 2 * f; // first row of the slot of P_k
      int q0 = 2 * (frequencies.size() + f - 1); // of Q_k, if k is not 0
      combine(k, shape, fit, 1, slots, a, b);
      for (int p = 0; p < points; p++) {
        analysis[p0 * points + p] = a[p];
        analysis[(p0 + 1) * points + p] = b[p];
        if (f > 0) {
          analysis[q0 * points + p] = b[p];
          analysis[(q0 + 1) * points + p] = -a[p];
        }
      }
      combine(k, shape, functions, points, 1, a, b);
      for (int p = 0; p < points; p++) {
        synthesis[p * width + p0] = a[p];
        synthesis[p * width + p0 + 1] = b[p];
        if (f > 0) {
          synthesis[p * width + q0] = a[p];
          synthesis[p * width + q0 + 1] = b[p];
        }
      }
    }
  }

  /**
   * Real and imaginary part of {@code 2^{(1−n)/2} Π_a (cos_a + i sin_a)}, where the product of one
   * function an axis stands for the row of {@code values} with its flat index.
   */
  private static void combine(
      int[] k,
      int[] shape,
      double[] values,
      int modeStride,
      int pointStride,
      double[] re,
      double[] im) {
    int support = Frequencies.support(k);
    double factor = support == 0 ? 1 : Math.pow(2, (1 - support) / 2.0);
    Arrays.fill(re, 0);
    Arrays.fill(im, 0);
    for (int choice = 0; choice < 1 << support; choice++) {
      int flat = 0;
      int sines = 0;
      double sign = factor;
      int bit = 0;
      for (int axis = 0; axis < k.length; axis++) {
        int index = 0;
        if (k[axis] != 0) {
          boolean sine = (choice >> bit++ & 1) == 1;
          index = 2 * Math.abs(k[axis]) - (sine ? 0 : 1);
          sines += sine ? 1 : 0;
          sign = sine && k[axis] < 0 ? -sign : sign;
        }
        flat = flat * shape[axis] + index;
      }
      // i^sines
      double[] target = sines % 2 == 0 ? re : im;
      double weight = sines % 4 < 2 ? sign : -sign;
      for (int p = 0; p < target.length; p++) {
        target[p] += weight * values[flat * modeStride + p * pointStride];
      }
    }
  }

  /** {@code [points, functions]}: the coefficients of a unit value at each point. */
  private double[] fit(SpectralTransform transform) {
    int points = grid.size();
    double[] coefficients = new double[points * slots];
    for (int from = 0; from < points; from += BLOCK) {
      int count = Math.min(BLOCK, points - from);
      double[] impulses = new double[count * points];
      for (int p = 0; p < count; p++) {
        impulses[p * points + from + p] = 1;
      }
      double[] block = new double[count * slots];
      transform.forward(impulses, block, count);
      System.arraycopy(block, 0, coefficients, from * slots, block.length);
    }
    return coefficients;
  }

  /** {@code [functions, points]}: the values of the basis functions. */
  private double[] functions(SpectralTransform transform) {
    double[] unit = new double[slots * slots];
    for (int k = 0; k < slots; k++) {
      unit[k * slots + k] = 1;
    }
    double[] values = new double[slots * grid.size()];
    transform.inverse(unit, values, slots);
    return values;
  }
}
