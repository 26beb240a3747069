package io.fdiff.sde;

import io.fdiff.space.FunctionBatch;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
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
    public boolean all(DoublePredicate condition) {
      return condition.test(value);
    }

    @Override
    public void accumulate(double[] in, double[] out, int rows, Scratch scratch) {
      for (int i = 0; i < out.length; i++) {
        out[i] += value * in[i];
      }
    }
  }

  /** {@code x ↦ Σ_k values_k ⟨x, e_k⟩ e_k}; the values are computed when they are needed. */
  final class PerMode implements Multiplier {
    private final SpectralTransform transform;
    private final Factors factors;

    private PerMode(SpectralTransform transform, Factors factors) {
      this.transform = transform;
      this.factors = factors;
    }

    @Override
    public double at(int mode) {
      return factors.values()[mode];
    }

    @Override
    public Multiplier map(DoubleUnaryOperator function) {
      return new PerMode(transform, factors.map(function));
    }

    @Override
    public boolean all(DoublePredicate condition) {
      return Arrays.stream(factors.values()).allMatch(condition);
    }

    @Override
    public void accumulate(double[] in, double[] out, int rows, Scratch scratch) {
      double[] values = factors.values();
      int modes = values.length;
      double[] c = scratch.coefficients(rows * modes);
      transform.forward(in, c, rows);
      for (int row = 0, at = 0; row < rows; row++) {
        for (double value : values) {
          c[at++] *= value;
        }
      }
      double[] y = scratch.values(in.length);
      transform.inverse(c, y, rows);
      for (int i = 0; i < out.length; i++) {
        out[i] += y[i];
      }
    }

    private void requireSameModes(PerMode other) {
      if (!transform.grid().equals(other.transform.grid())
          || transform.basis() != other.transform.basis()) {
        throw new IllegalArgumentException(
            "multipliers on "
                + transform.grid()
                + " and "
                + other.transform.grid()
                + " do not act on the same modes");
      }
    }
  }

  /**
   * Memory that multipliers per mode work in. It grows to the largest block it has seen and is then
   * used again; scalars never touch it. Not thread-safe: one for each thread.
   */
  final class Scratch {
    private double[] coefficients = new double[0];
    private double[] values = new double[0];
    private double[] sum = new double[0];
    private final Factors.Memory factors = new Factors.Memory();

    /** Memory of size 0, which grows at first use. */
    public Scratch() {}

    /**
     * The factors of a multiplier, which share what they have in common with those asked for since
     * the last {@link #reset}, and whose memory is used again after it.
     *
     * @param multiplier any multiplier
     * @param modes number of modes
     * @return {@code [modes]}, valid until {@link #reset}. Must not be modified.
     */
    public double[] factors(Multiplier multiplier, int modes) {
      if (multiplier instanceof PerMode p) {
        return factors.values(p.factors);
      }
      return factors.constant(multiplier.at(0), modes);
    }

    /** Ends the use of all that {@link #factors} returned. */
    public void reset() {
      factors.reset();
    }

    private double[] coefficients(int length) {
      if (coefficients.length < length) {
        coefficients = new double[length];
      }
      return coefficients;
    }

    private double[] values(int length) {
      if (values.length < length) {
        values = new double[length];
      }
      return values;
    }

    private double[] sum(int length) {
      if (sum.length < length) {
        sum = new double[length];
      }
      return sum;
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
    return new PerMode(transform, Factors.of(values.clone()));
  }

  /**
   * One factor a mode, a function of one number a mode.
   *
   * @param transform basis and grid
   * @param arguments {@code [modes]}, such as rates. Kept, not copied: must not change.
   * @param function applied to every argument, when and as often as factors are needed
   * @return the multiplier
   * @throws IllegalArgumentException if the number of arguments is not the number of modes
   */
  static Multiplier perMode(
      SpectralTransform transform, double[] arguments, DoubleUnaryOperator function) {
    if (arguments.length != transform.modes()) {
      throw new IllegalArgumentException(
          arguments.length
              + " arguments for "
              + transform.modes()
              + " modes on "
              + transform.grid()
              + ": give one a mode");
    }
    return new PerMode(transform, Factors.of(arguments).map(function));
  }

  /**
   * Whether a condition holds on every mode.
   *
   * @param condition of a factor
   * @return true if all factors meet it
   */
  boolean all(DoublePredicate condition);

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
   * A function of this operator and another one, mode by mode.
   *
   * @param other of the same basis and grid, or scalar
   * @param function applied to every pair of factors, when and as often as they are needed
   * @return {@code function(this, other)}, scalar if both are
   * @throws IllegalArgumentException if both are per mode on different bases or grids
   */
  default Multiplier combine(Multiplier other, DoubleBinaryOperator function) {
    return combine(this, other, function);
  }

  /**
   * A function of this operator.
   *
   * @param function applied to every factor, when and as often as they are needed
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
    p.requireSameModes(q);
    return new PerMode(p.transform, p.factors.combine(q.factors, operator));
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
      return FunctionBatch.of(p.transform.grid(), x)
          .map((in, out, rows) -> accumulate(in, out, rows));
    }
    return x.mul(at(0));
  }

  /**
   * Adds {@code this · in} to {@code out}.
   *
   * @param in {@code rows × points}. Not modified.
   * @param out same length, another array. Modified.
   * @param rows number of functions
   */
  default void accumulate(double[] in, double[] out, int rows) {
    accumulate(in, out, rows, new Scratch());
  }

  /**
   * Adds {@code this · in} to {@code out} and allocates nothing of its own once {@code scratch} has
   * grown; the form for loops. A scalar makes one pass over the values, a multiplier per mode two
   * transforms.
   *
   * @param in {@code rows × points}. Not modified.
   * @param out same length, another array. Modified.
   * @param rows number of functions
   * @param scratch memory to work in. Modified.
   */
  void accumulate(double[] in, double[] out, int rows, Scratch scratch);

  /**
   * Adds {@code first · x + second · y} to {@code out}: one pass if both are scalar, three
   * transforms if both are per mode (one fewer than two calls of {@code accumulate}).
   *
   * @param first multiplier of {@code x}
   * @param x {@code rows × points}. Not modified.
   * @param second multiplier of {@code y}, of the same basis and grid, or scalar
   * @param y same length. Not modified.
   * @param out same length, another array. Modified.
   * @param rows number of functions
   * @param scratch memory to work in. Modified.
   * @throws IllegalArgumentException if both are per mode on different bases or grids
   */
  static void accumulate(
      Multiplier first,
      double[] x,
      Multiplier second,
      double[] y,
      double[] out,
      int rows,
      Scratch scratch) {
    if (first instanceof Scalar a && second instanceof Scalar b) {
      for (int i = 0; i < out.length; i++) {
        out[i] += a.value * x[i] + b.value * y[i];
      }
    } else if (first instanceof PerMode a && second instanceof PerMode b) {
      a.requireSameModes(b);
      double[] u = a.factors.values();
      double[] v = b.factors.values();
      int modes = u.length;
      double[] sum = scratch.sum(rows * modes);
      double[] c = scratch.coefficients(rows * modes);
      a.transform.forward(x, sum, rows);
      b.transform.forward(y, c, rows);
      for (int row = 0, at = 0; row < rows; row++) {
        for (int k = 0; k < modes; k++, at++) {
          sum[at] = u[k] * sum[at] + v[k] * c[at];
        }
      }
      double[] back = scratch.values(out.length);
      a.transform.inverse(sum, back, rows);
      for (int i = 0; i < out.length; i++) {
        out[i] += back[i];
      }
    } else {
      first.accumulate(x, out, rows, scratch);
      second.accumulate(y, out, rows, scratch);
    }
  }
}
