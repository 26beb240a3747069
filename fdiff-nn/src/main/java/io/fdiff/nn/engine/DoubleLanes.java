package io.fdiff.nn.engine;

import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;

/**
 * Loops in double precision, by the library's functions: for checks of gradients, not for speed.
 */
final class DoubleLanes implements Lanes<double[], DoubleBuffer> {

  @Override
  public double[] register(int length) {
    return new double[length];
  }

  @Override
  public int length(double[] register) {
    return register.length;
  }

  @Override
  public void read(DoubleBuffer memory, int from, double[] register, int to, int count) {
    memory.get(from, register, to, count);
  }

  @Override
  public void write(double[] register, int from, DoubleBuffer memory, int to, int count) {
    memory.put(to, register, from, count);
  }

  @Override
  public void repeat(DoubleBuffer memory, int from, double[] register, int to, int count) {
    Arrays.fill(register, to, to + count, memory.get(from));
  }

  @Override
  public void spread(double[] from, double[] to, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      Arrays.fill(to, row * columns, (row + 1) * columns, from[row]);
    }
  }

  @Override
  public void clear(double[] register, int count) {
    Arrays.fill(register, 0, count, 0);
  }

  @Override
  public void addRows(double[] from, double[] sum, int rows, int columns) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < columns; i++) {
        sum[i] += from[row * columns + i];
      }
    }
  }

  @Override
  public void compute(Operation operation, double c, double[] a, double[] b, double[] d, int n) {
    if (operation.operands() == 1) {
      DoubleUnaryOperator f = unary(operation, c);
      for (int i = 0; i < n; i++) {
        d[i] = f.applyAsDouble(a[i]);
      }
    } else {
      DoubleBinaryOperator f = binary(operation);
      for (int i = 0; i < n; i++) {
        d[i] = f.applyAsDouble(a[i], b[i]);
      }
    }
  }

  private static DoubleUnaryOperator unary(Operation operation, double c) {
    return switch (operation) {
      case NEGATE -> x -> -x;
      case SQUARE -> x -> x * x;
      case ROOT -> Math::sqrt;
      case RECIPROCAL_ROOT -> x -> 1 / Math.sqrt(x);
      case RECIPROCAL -> x -> 1 / x;
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case TANH -> Math::tanh;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case ERF -> Erf::erf;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case ABS -> Math::abs;
      case SIGN -> Math::signum;
      case STEP -> x -> x > 0 ? 1 : x <= 0 ? 0 : x;
      case INSIDE -> x -> Math.abs(x) < c ? 1 : Math.abs(x) >= c ? 0 : x;
      case ADD_CONSTANT -> x -> x + c;
      case SCALE -> x -> x * c;
      case AT_LEAST -> x -> Math.max(x, c);
      case AT_MOST -> x -> Math.min(x, c);
      case POWER -> x -> Math.pow(x, c);
      default -> throw new IllegalArgumentException(operation + " has two operands");
    };
  }

  private static DoubleBinaryOperator binary(Operation operation) {
    return switch (operation) {
      case ADD -> Double::sum;
      case SUBTRACT -> (x, y) -> x - y;
      case MULTIPLY -> (x, y) -> x * y;
      case DIVIDE -> (x, y) -> x / y;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      default -> throw new IllegalArgumentException(operation + " has one operand");
    };
  }

  @Override
  public void fold(Node.Fold fold, double[] from, double[] to, int rows, int columns) {
    DoubleBinaryOperator f =
        switch (fold) {
          case SUM -> Double::sum;
          case MAX -> Math::max;
          case MIN -> Math::min;
        };
    for (int row = 0; row < rows; row++) {
      double value = from[row * columns];
      for (int i = 1; i < columns; i++) {
        value = f.applyAsDouble(value, from[row * columns + i]);
      }
      to[row] = value;
    }
  }
}
