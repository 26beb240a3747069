package io.fdiff.flow;

import java.util.Arrays;

/**
 * Runge–Kutta methods for batches of independent ordinary differential equations {@code dx_b/dt =
 * f(x_b, t)}: of fixed steps (Heun, order 2; classical, order 4), and the adaptive pair of orders 5
 * and 4 of Dormand and Prince (1980) with local extrapolation.
 *
 * <p>The adaptive method gives every sample times and steps of its own: a step is accepted if
 * {@code |e_i| ≤ tolerance (1 + |x_i|)} for each component of that sample, {@code e} the difference
 * of the two orders, so a sample does not depend on its batch. Samples that have arrived leave the
 * batch. The tolerance bounds the error of a step; that of the result is a small multiple for a
 * field that does not expand. Immutable and thread-safe.
 */
public final class OdeIntegrator {

  private static final int MOST_STEPS = 100_000;
  private static final double SAFETY = 0.9;
  private static final double MOST_GROWTH = 5;
  private static final double MOST_SHRINKING = 0.2;

  /** The right-hand side, for any part of a batch. */
  @FunctionalInterface
  public interface Field {
    /**
     * The rates of some samples, each at its own time.
     *
     * @param samples indices of the samples in the whole batch, {@code [count]}. Not modified.
     * @param times {@code [count]}. Not modified.
     * @param states {@code count × dimension}. Not modified.
     * @param rates same length. Modified: all of it is filled.
     */
    void rates(int[] samples, double[] times, double[] states, double[] rates);
  }

  /** Hears of each step. */
  @FunctionalInterface
  public interface Listener {
    /** Hears nothing. */
    Listener NONE = (step, time, active) -> {};

    /**
     * Called after each step of the batch.
     *
     * @param step number of steps so far, from 1; an adaptive method counts rejected ones
     * @param time time of the sample that is furthest behind
     * @param active number of samples that have not arrived
     */
    void onStep(int step, double time, int active);
  }

  /** States at the end with what they cost. */
  public static final class Solution {
    private final double[] states;
    private final double[] errors;
    private final int[] evaluations;

    private Solution(double[] states, double[] errors, int[] evaluations) {
      this.states = states;
      this.errors = errors;
      this.evaluations = evaluations;
    }

    /**
     * The states at the end.
     *
     * @return the array itself, {@code batch × dimension}
     */
    public double[] states() {
      return states;
    }

    /**
     * The sum over accepted steps of the estimated local error {@code |e_i|} of a component; 0 for
     * methods of fixed steps, which have no estimate.
     *
     * @param sample index in the batch
     * @param component index below the dimension
     * @return the sum
     */
    public double error(int sample, int component) {
      return errors[sample * (errors.length / evaluations.length) + component];
    }

    /**
     * The evaluations of the field that a sample took.
     *
     * @param sample index in the batch
     * @return their number
     */
    public int evaluations(int sample) {
      return evaluations[sample];
    }
  }

  private final Tableau method;
  private final int steps;
  private final double tolerance;

  private OdeIntegrator(Tableau method, int steps, double tolerance) {
    this.method = method;
    this.steps = steps;
    this.tolerance = tolerance;
  }

  /**
   * Heun's method, order 2, two evaluations a step.
   *
   * @param steps number of equal steps
   * @return the integrator
   * @throws IllegalArgumentException if {@code steps < 1}
   */
  public static OdeIntegrator heun(int steps) {
    return new OdeIntegrator(Tableau.HEUN, requireSteps(steps), Double.NaN);
  }

  /**
   * The classical method of order 4, four evaluations a step.
   *
   * @param steps number of equal steps
   * @return the integrator
   * @throws IllegalArgumentException if {@code steps < 1}
   */
  public static OdeIntegrator rungeKutta4(int steps) {
    return new OdeIntegrator(Tableau.CLASSICAL, requireSteps(steps), Double.NaN);
  }

  /**
   * The adaptive method, order 5, six evaluations a step.
   *
   * @param tolerance bound on the error of a step, relative to {@code 1 + |x|}; not below 1e-14,
   *     which is round-off
   * @return the integrator
   * @throws IllegalArgumentException if {@code tolerance} is not in {@code [1e-14, 1)}
   */
  public static OdeIntegrator dormandPrince(double tolerance) {
    if (!(tolerance >= 1e-14 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "tolerance " + tolerance + " is not in [1e-14, 1); 1e-6 is customary");
    }
    return new OdeIntegrator(Tableau.DORMAND_PRINCE, 0, tolerance);
  }

  private static int requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(steps + " steps: give at least 1");
    }
    return steps;
  }

  /**
   * Integrates a batch.
   *
   * @param field right-hand side
   * @param start states, {@code batch × dimension}. Not modified.
   * @param batch number of samples, at least 1
   * @param from time of the start
   * @param to time of the end, before or after
   * @param listener hears of each step
   * @return the states at {@code to}
   * @throws IllegalArgumentException if the states do not divide into the batch or a time is not
   *     finite
   * @throws ArithmeticException if the field is not finite at a state, or an adaptive step falls
   *     below round-off; names step, time and sample
   */
  public Solution integrate(
      Field field, double[] start, int batch, double from, double to, Listener listener) {
    if (batch < 1 || start.length == 0 || start.length % batch != 0) {
      throw new IllegalArgumentException(
          start.length + " values do not make " + batch + " states of one dimension");
    }
    if (!(Math.abs(from) < Double.POSITIVE_INFINITY && Math.abs(to) < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("from " + from + " to " + to + ": times must be finite");
    }
    Run run = new Run(field, start.clone(), batch, from, to);
    return from == to ? run.solution() : steps > 0 ? run.fixed(listener) : run.adaptive(listener);
  }

  /** The buffers of one integration. */
  private final class Run {
    private final Field field;
    private final double[] x;
    private final int dimension;
    private final double from;
    private final double to;
    private final double[] times;
    private final double[] lengths;
    private final double[] errors;
    private final int[] evaluations;
    private final double[][] k;
    private int[] active;
    private int step;

    Run(Field field, double[] x, int batch, double from, double to) {
      this.field = field;
      this.x = x;
      this.dimension = x.length / batch;
      this.from = from;
      this.to = to;
      this.times = new double[batch];
      Arrays.fill(times, from);
      this.lengths = new double[batch];
      this.errors = new double[x.length];
      this.evaluations = new int[batch];
      this.k = new double[method.stages()][x.length];
      this.active = new int[batch];
      Arrays.setAll(active, b -> b);
    }

    Solution solution() {
      return new Solution(x, errors, evaluations);
    }

    Solution fixed(Listener listener) {
      for (step = 1; step <= steps; step++) {
        double t = from + (to - from) * (step - 1) / steps;
        double next = step == steps ? to : from + (to - from) * step / steps;
        Arrays.fill(times, t);
        Arrays.fill(lengths, next - t);
        for (int stage = 0; stage < k.length; stage++) {
          evaluate(stage);
        }
        for (int i = 0; i < x.length; i++) {
          x[i] += (next - t) * method.increment(k, i);
        }
        listener.onStep(step, next, step == steps ? 0 : times.length);
      }
      return solution();
    }

    Solution adaptive(Listener listener) {
      step = 1;
      evaluate(0);
      for (int b = 0; b < lengths.length; b++) {
        lengths[b] = firstLength(b);
      }
      while (active.length > 0) {
        if (step > MOST_STEPS) {
          throw new ArithmeticException(
              MOST_STEPS
                  + " steps: sample "
                  + active[0]
                  + " has only reached t = "
                  + times[active[0]]
                  + "; the field is stiff, use a larger tolerance or fixed steps");
        }
        for (int stage = 1; stage < k.length; stage++) {
          evaluate(stage);
        }
        int left = 0;
        double behind = to;
        for (int b : active) {
          if (advance(b)) {
            active[left++] = b;
            behind = Math.abs(times[b] - to) > Math.abs(behind - to) ? times[b] : behind;
          }
        }
        active = Arrays.copyOf(active, left);
        listener.onStep(step, behind, left);
        step++;
      }
      return solution();
    }

    /** A step that changes no component by more than one part in 100 of its scale. */
    private double firstLength(int b) {
      double fastest = 0;
      for (int i = b * dimension; i < (b + 1) * dimension; i++) {
        fastest = Math.max(fastest, Math.abs(k[0][i]) / (1 + Math.abs(x[i])));
      }
      double span = Math.abs(to - from);
      return Math.signum(to - from) * Math.min(0.1 * span, fastest > 0 ? 0.01 / fastest : span);
    }

    /** Accepts or rejects the step of a sample; false if it has arrived. */
    private boolean advance(int b) {
      double h = lengths[b];
      double worst = 0;
      double[] candidate = new double[dimension];
      for (int j = 0; j < dimension; j++) {
        int i = b * dimension + j;
        candidate[j] = x[i] + h * method.increment(k, i);
        double e = Math.abs(h * method.error(k, i));
        double scale = 1 + Math.max(Math.abs(x[i]), Math.abs(candidate[j]));
        worst = Math.max(worst, e / (tolerance * scale));
      }
      double factor =
          Math.max(MOST_SHRINKING, Math.min(MOST_GROWTH, SAFETY * Math.pow(worst, -0.2)));
      if (worst > 1) {
        lengths[b] = h * Math.min(1, factor);
        if (!(Math.abs(lengths[b]) > 1e-14 * Math.max(Math.abs(times[b]), Math.abs(to - from)))) {
          throw new ArithmeticException(
              where(b, times[b])
                  + ": step "
                  + lengths[b]
                  + " is below round-off; the field is too rough for tolerance "
                  + tolerance);
        }
        return true;
      }
      for (int j = 0; j < dimension; j++) {
        int i = b * dimension + j;
        errors[i] += Math.abs(h * method.error(k, i));
        x[i] = candidate[j];
        // First same as last: the last stage is the rate at the new state.
        k[0][i] = k[k.length - 1][i];
      }
      double rest = to - times[b];
      if (h == rest) {
        times[b] = to;
        return false;
      }
      times[b] += h;
      rest = to - times[b];
      double next = h * factor;
      // The last two steps share what is left, so that no sliver remains.
      lengths[b] =
          Math.abs(next) >= Math.abs(rest)
              ? rest
              : Math.abs(2 * next) > Math.abs(rest) ? rest / 2 : next;
      return true;
    }

    /** The rates of one stage of the active samples. */
    private void evaluate(int stage) {
      int count = active.length;
      double[] state = new double[count * dimension];
      double[] rates = new double[state.length];
      double[] at = new double[count];
      for (int a = 0; a < count; a++) {
        int b = active[a];
        double h = lengths[b];
        boolean whole = method.node(stage) == 1;
        at[a] =
            whole && Math.abs(times[b] + h - to) < 1e-12 * Math.abs(to - from)
                ? to // A sum of times may pass the end by round-off.
                : times[b] + method.node(stage) * h;
        for (int j = 0; j < dimension; j++) {
          int i = b * dimension + j;
          state[a * dimension + j] = x[i] + h * method.inner(stage, k, i);
        }
        evaluations[b]++;
      }
      field.rates(active.clone(), at, state, rates);
      for (int a = 0; a < count; a++) {
        for (int j = 0; j < dimension; j++) {
          double rate = rates[a * dimension + j];
          if (!Double.isFinite(rate)) {
            throw new ArithmeticException(
                where(active[a], at[a])
                    + ": the field is "
                    + rate
                    + "; use smaller steps or check the model");
          }
          k[stage][active[a] * dimension + j] = rate;
        }
      }
    }

    private String where(int sample, double t) {
      return "step " + step + ", t = " + t + ", sample " + sample;
    }
  }

  @Override
  public String toString() {
    return steps > 0
        ? "OdeIntegrator[" + method + ", " + steps + " steps]"
        : "OdeIntegrator[" + method + ", tolerance " + tolerance + "]";
  }
}
