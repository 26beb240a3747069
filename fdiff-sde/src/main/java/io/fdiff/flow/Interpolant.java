package io.fdiff.flow;

import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * The two functions of a path {@code X_t = α_tX_1 + β_tX_0} from noise {@code X_0} at time 0 to
 * data {@code X_1} at time 1: {@code α(0) = 0}, {@code β(0) = 1}, {@code α(1) ≈ 1}, {@code β(1) ≈
 * 0}, and {@code α/β} grows. Immutable and thread-safe if the functions are.
 */
public final class Interpolant {

  /** The noise that the path of optimal transport leaves on the data unless another is given. */
  public static final double RESIDUAL = 1e-4;

  private static final double START = 1e-9;
  private static final double SIGNAL_AT_END = 0.02;
  private static final double NOISE_AT_END = 0.15;
  private static final int CHECKS = 64;

  private final String name;
  private final DoubleUnaryOperator alpha;
  private final DoubleUnaryOperator alphaRate;
  private final DoubleUnaryOperator beta;
  private final DoubleUnaryOperator betaRate;

  private Interpolant(
      String name,
      DoubleUnaryOperator alpha,
      DoubleUnaryOperator alphaRate,
      DoubleUnaryOperator beta,
      DoubleUnaryOperator betaRate) {
    this.name = name;
    this.alpha = alpha;
    this.alphaRate = alphaRate;
    this.beta = beta;
    this.betaRate = betaRate;
  }

  /**
   * The straight path {@code α = t}, {@code β = 1 − (1 − σ_m)t} ("OT path", Lipman et al. 2023; in
   * function space Kerrigan, Migliorini and Smyth 2024). With independent {@code X_0}, {@code X_1}
   * it is not an optimal transport; only the path to each datum is.
   *
   * @param residual {@code σ_m} in {@code [0, 1)}, the noise left at time 1; {@link #RESIDUAL} is
   *     customary, 0 is the path of rectified flow
   * @return the path
   * @throws IllegalArgumentException if {@code residual} is not in {@code [0, 1)}
   */
  public static Interpolant optimalTransport(double residual) {
    if (!(residual >= 0 && residual < 1)) {
      throw new IllegalArgumentException(
          "residual noise σ_m = " + residual + " is not in [0, 1); 1e-4 is customary");
    }
    double slope = 1 - residual;
    return new Interpolant(
        "optimal transport, σ_m = " + residual,
        t -> t,
        t -> 1,
        // As a sum of two positive terms, which keeps its digits where little noise is left.
        t -> (1 - t) + residual * t,
        t -> -slope);
  }

  /**
   * The variance-preserving path with the cosine schedule of offset 0.08, {@code α = A(1 − t)},
   * {@code β² = 1 − α²}, {@code A(u) = cos(½π(u + 0.08)/1.08)}. It ends with {@code α = 0.9932},
   * {@code β = 0.116}.
   *
   * @return the path
   */
  public static Interpolant variancePreserving() {
    // ½π(1 − t + 0.08)/1.08 = ½π − ωt.
    double omega = Math.PI / 2 / 1.08;
    return new Interpolant(
        "variance preserving",
        t -> Math.sin(omega * t),
        t -> omega * Math.cos(omega * t),
        t -> Math.cos(omega * t),
        t -> -omega * Math.sin(omega * t));
  }

  /**
   * A path of two functions with their derivatives.
   *
   * @param alpha {@code α}, 0 at 0, within 0.02 of 1 at 1
   * @param alphaRate {@code α'}
   * @param beta {@code β}, 1 at 0, in {@code [0, 0.15]} at 1, positive before
   * @param betaRate {@code β'}
   * @return the path
   * @throws IllegalArgumentException if an end is off, {@code α'β − αβ'} is not positive at one of
   *     64 times (the signal would not grow against the noise), or a rate does not agree with
   *     central differences of its function there to 1e-4
   */
  public static Interpolant of(
      DoubleUnaryOperator alpha,
      DoubleUnaryOperator alphaRate,
      DoubleUnaryOperator beta,
      DoubleUnaryOperator betaRate) {
    Objects.requireNonNull(alpha, "alpha");
    Objects.requireNonNull(alphaRate, "alphaRate");
    Objects.requireNonNull(beta, "beta");
    Objects.requireNonNull(betaRate, "betaRate");
    requireEnd("α(0)", alpha.applyAsDouble(0), 0 - START, 0 + START);
    requireEnd("β(0)", beta.applyAsDouble(0), 1 - START, 1 + START);
    requireEnd("α(1)", alpha.applyAsDouble(1), 1 - SIGNAL_AT_END, 1 + SIGNAL_AT_END);
    requireEnd("β(1)", beta.applyAsDouble(1), 0, NOISE_AT_END);
    for (int i = 0; i < CHECKS; i++) {
      double t = (i + 0.5) / CHECKS;
      double a = alpha.applyAsDouble(t);
      double b = beta.applyAsDouble(t);
      double growth = alphaRate.applyAsDouble(t) * b - a * betaRate.applyAsDouble(t);
      if (!(a > 0 && b > 0 && growth > 0 && growth < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "α = "
                + a
                + ", β = "
                + b
                + " and α'β − αβ' = "
                + growth
                + " at time "
                + t
                + ": all must be positive and finite, so that the signal grows against the noise");
      }
      requireRate("α", alpha, alphaRate, t);
      requireRate("β", beta, betaRate, t);
    }
    return new Interpolant("of given functions", alpha, alphaRate, beta, betaRate);
  }

  private static void requireEnd(String what, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          what
              + " = "
              + value
              + " is not in ["
              + least
              + ", "
              + most
              + "]: a path goes from noise at time 0 to data at time 1");
    }
  }

  private static void requireRate(
      String name, DoubleUnaryOperator function, DoubleUnaryOperator rate, double t) {
    double h = 1e-5;
    double difference = (function.applyAsDouble(t + h) - function.applyAsDouble(t - h)) / (2 * h);
    double given = rate.applyAsDouble(t);
    if (!(Math.abs(given - difference) <= 1e-4 * (1 + Math.abs(difference)))) {
      throw new IllegalArgumentException(
          name
              + "' = "
              + given
              + " at time "
              + t
              + ", but differences of "
              + name
              + " give "
              + difference
              + ": give the derivative of the function");
    }
  }

  /**
   * The share of the data.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code α_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public double alpha(double t) {
    return alpha.applyAsDouble(inside(t));
  }

  /**
   * Its derivative.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code α'_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public double alphaRate(double t) {
    return alphaRate.applyAsDouble(inside(t));
  }

  /**
   * The share of the noise.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code β_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public double beta(double t) {
    return beta.applyAsDouble(inside(t));
  }

  /**
   * Its derivative.
   *
   * @param t time in {@code [0, 1]}
   * @return {@code β'_t}
   * @throws IllegalArgumentException if {@code t} is not in {@code [0, 1]}
   */
  public double betaRate(double t) {
    return betaRate.applyAsDouble(inside(t));
  }

  static double inside(double t) {
    if (!(t >= 0 && t <= 1)) {
      throw new IllegalArgumentException(
          "time " + t + " is not in [0, 1]: a path has its noise at 0 and its data at 1");
    }
    return t;
  }

  @Override
  public String toString() {
    return "Interpolant[" + name + "]";
  }
}
