package io.fdiff.sde;

import io.fdiff.space.FunctionBatch;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operator that commutes with the noise covariance: a number, or one number for each mode of a
 * spectral basis. Immutable and thread-safe.
 *
 * <p>Every linear process has {@code X_t | X_0 ~ N(M_t X_0, V_t R)} with multipliers {@code M_t},
 * {@code V_t}; scalar ones need no transform.
 */
public sealed interface Multiplier {

  /**
   * {@code value · I}.
   *
   * @param value the factor
   */
  record Scalar(double value) implements Multiplier {
    @Override
    public double at(int mode) {
      return value;
    }

    @Override
    public Multiplier map(DoubleUnaryOperator function) {
      return scalar(function.applyAsDouble(value));
    }

    @Override
    public void accumulate(double[] in, double[] out, int rows) {
      for (int i = 0; i < out.length; i++) {
        out[i] += value * in[i];
      }
    }
  }

  /** {@code x ↦ Σ_k values_k ⟨x, e_k⟩ e_k}. */
  final class PerMode implements Multiplier {
    private final SpectralTransform transform;
    private final double[] values;

    private PerMode(SpectralTransform transform, double[] values) {
      this.transform = transform;
      this.values = values;
    }

    @Override
    public double at(int mode) {
      return values[mode];
    }

    @Override
    public Multiplier map(DoubleUnaryOperator function) {
      return new PerMode(transform, Arrays.stream(values).map(function).toArray());
    }

    @Override
    public void accumulate(double[] in, double[] out, int rows) {
      double[] c = new double[rows * values.length];
      transform.forward(in, c, rows);
      for (int row = 0, at = 0; row < rows; row++) {
        for (double value : values) {
          c[at++] *= value;
        }
      }
      double[] y = new double[in.length];
      transform.inverse(c, y, rows);
      for (int i = 0; i < out.length; i++) {
        out[i] += y[i];
      }
    }
  }

  /**
   * The factor on one mode.
   *
   * @param mode flat index of the mode; ignored by a scalar
   * @return the factor
   */
  double at(int mode);

  /**
   * {@code value · I}.
   *
   * @param value the factor
   * @return the scalar multiplier
   */
  static Multiplier scalar(double value) {
    return new Scalar(value);
  }

  /**
   * One factor a mode.
   *
   * @param transform basis and grid
   * @param values {@code [modes]}; copied
   * @return the multiplier
   * @throws IllegalArgumentException if the number of values is not the number of modes
   */
  static Multiplier perMode(SpectralTransform transform, double[] values) {
    if (values.length != transform.modes()) {
      throw new IllegalArgumentException(
          values.length
              + " factors for "
              + transform.modes()
              + " modes on "
              + transform.grid()
              + ": give one a mode");
    }
    return new PerMode(transform, values.clone());
  }

  /**
   * The sum of two multipliers.
   *
   * @param other of the same basis and grid, or scalar
   * @return {@code this + other}
   * @throws IllegalArgumentException if both are per mode on different bases or grids
   */
  default Multiplier plus(Multiplier other) {
    return combine(this, other, Double::sum);
  }

  /**
   * The product of two multipliers.
   *
   * @param other of the same basis and grid, or scalar
   * @return {@code this · other}
   * @throws IllegalArgumentException if both are per mode on different bases or grids
   */
  default Multiplier times(Multiplier other) {
    return combine(this, other, (a, b) -> a * b);
  }

  /**
   * A scaled multiplier.
   *
   * @param factor the scale
   * @return {@code factor · this}
   */
  default Multiplier times(double factor) {
    return map(value -> factor * value);
  }

  /**
   * A function of this operator.
   *
   * @param function applied to every factor
   * @return {@code function(this)}
   */
  Multiplier map(DoubleUnaryOperator function);

  private static Multiplier combine(Multiplier a, Multiplier b, DoubleBinaryOperator operator) {
    if (a instanceof Scalar s) {
      return b.map(value -> operator.applyAsDouble(s.value, value));
    }
    if (b instanceof Scalar s) {
      return a.map(value -> operator.applyAsDouble(value, s.value));
    }
    PerMode p = (PerMode) a;
    PerMode q = (PerMode) b;
    if (!p.transform.grid().equals(q.transform.grid())
        || p.transform.basis() != q.transform.basis()) {
      throw new IllegalArgumentException(
          "multipliers on "
              + p.transform.grid()
              + " and "
              + q.transform.grid()
              + " do not act on the same modes");
    }
    double[] values = new double[p.values.length];
    Arrays.setAll(values, k -> operator.applyAsDouble(p.values[k], q.values[k]));
    return new PerMode(p.transform, values);
  }

  /**
   * Applies the operator.
   *
   * @param x {@code [batch, channels, n1, …, nd]}. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if the operator is per mode and the shape does not fit its
   *     grid
   */
  default INDArray apply(INDArray x) {
    if (this instanceof PerMode p) {
      return FunctionBatch.of(p.transform.grid(), x).map(this::accumulate);
    }
    return x.mul(at(0));
  }

  /**
   * Adds {@code this · in} to {@code out}; the form that samplers use on blocks.
   *
   * @param in {@code rows × points}. Not modified.
   * @param out same length, another array. Modified.
   * @param rows number of functions
   */
  void accumulate(double[] in, double[] out, int rows);
}
