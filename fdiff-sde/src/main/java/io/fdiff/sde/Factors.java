package io.fdiff.sde;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One number a mode: stored, or a function of others that is evaluated when needed, into an array
 * of its own or into memory that a loop uses again. Immutable and thread-safe.
 */
final class Factors {

  /**
   * Longer expressions are evaluated before they are built upon, so that none grows with a loop.
   */
  private static final int DEEPEST = 16;

  /** Fills an array. */
  @FunctionalInterface
  private interface Rule {
    void fill(double[] out, Memory memory);
  }

  private final int size;
  private final int depth;
  private final Rule rule;
  private volatile double @Nullable [] values;

  private Factors(int size, int depth, Rule rule, double @Nullable [] values) {
    this.size = size;
    this.depth = depth;
    this.rule = rule;
    this.values = values;
  }

  /** Stored numbers. Kept, not copied. */
  static Factors of(double[] values) {
    int size = values.length;
    return new Factors(size, 0, (out, memory) -> System.arraycopy(values, 0, out, 0, size), values);
  }

  Factors map(DoubleUnaryOperator function) {
    Factors a = shallow();
    return new Factors(
        size,
        a.depth + 1,
        (out, memory) -> {
          double[] u = memory.values(a);
          for (int k = 0; k < out.length; k++) {
            out[k] = function.applyAsDouble(u[k]);
          }
        },
        null);
  }

  Factors combine(Factors other, DoubleBinaryOperator function) {
    Factors a = shallow();
    Factors b = other.shallow();
    return new Factors(
        size,
        1 + Math.max(a.depth, b.depth),
        (out, memory) -> {
          double[] u = memory.values(a);
          double[] v = memory.values(b);
          for (int k = 0; k < out.length; k++) {
            out[k] = function.applyAsDouble(u[k], v[k]);
          }
        },
        null);
  }

  private Factors shallow() {
    return depth < DEEPEST ? this : of(values());
  }

  /** The numbers, kept once they are known. Must not be modified. */
  double[] values() {
    double[] known = values;
    if (known == null) {
      // Threads that come at once compute the same.
      known = new double[size];
      rule.fill(known, new Memory());
      values = known;
    }
    return known;
  }

  /** Arrays for what is evaluated between two resets. Not thread-safe. */
  static final class Memory {
    private final IdentityHashMap<Factors, double[]> known = new IdentityHashMap<>();
    private final Deque<double[]> used = new ArrayDeque<>();
    private final Deque<double[]> free = new ArrayDeque<>();

    /** The numbers, valid until the next reset. */
    double[] values(Factors factors) {
      double[] stored = factors.values;
      if (stored == null) {
        stored = known.get(factors);
      }
      if (stored == null) {
        stored = array(factors.size);
        factors.rule.fill(stored, this);
        known.put(factors, stored);
      }
      return stored;
    }

    /** Equal numbers, valid until the next reset. */
    double[] constant(double value, int size) {
      double[] out = array(size);
      Arrays.fill(out, value);
      return out;
    }

    private double[] array(int size) {
      double[] out = free.poll();
      if (out == null || out.length != size) {
        out = new double[size];
      }
      used.push(out);
      return out;
    }

    void reset() {
      known.clear();
      free.addAll(used);
      used.clear();
    }
  }
}
