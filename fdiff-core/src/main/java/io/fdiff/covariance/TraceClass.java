package io.fdiff.covariance;

import java.util.Arrays;
import java.util.Objects;

/**
 * Whether an operator is trace class, {@code Σ_k λ_k < ∞}, and the evidence: partial traces over
 * doubling numbers of modes, and the exponent {@code p} of the decay {@code λ_k ∝ k^{−p}} that they
 * show. A trace on one grid is finite for every operator and proves nothing.
 *
 * <p>Samples of {@code N(0, C)} are functions in {@code L²} if and only if {@code C} is trace
 * class. Immutable and thread-safe.
 */
public final class TraceClass {

  /**
   * Growth exponents above minus this are not told from logarithmic growth, by dimension: cubes of
   * modes reach as far as {@code 2^30} of them allow, and their faces bias the growth by the
   * inverse of their side.
   */
  private static double margin(int dimension) {
    return dimension < 3 ? 1e-3 : 1e-2;
  }

  private final boolean holds;
  private final PartialSums partialTraces;
  private final String reason;

  private TraceClass(boolean holds, PartialSums partialTraces, String reason) {
    this.holds = holds;
    this.partialTraces = partialTraces;
    this.reason = reason;
  }

  /**
   * A report from its parts.
   *
   * @param holds whether the operator is trace class
   * @param partialTraces the partial sums of the eigenvalues
   * @param reason one sentence, without a full stop
   * @return the report
   */
  public static TraceClass of(boolean holds, PartialSums partialTraces, String reason) {
    return new TraceClass(
        holds,
        Objects.requireNonNull(partialTraces, "partialTraces"),
        Objects.requireNonNull(reason, "reason"));
  }

  /** The report of partial traces that reach into the decay of a rule, in dimension d. */
  static TraceClass ofDecay(PartialSums sums, int dimension) {
    double growth = sums.growthExponent();
    if (growth == Double.NEGATIVE_INFINITY) {
      return new TraceClass(true, sums, "no eigenvalues are left among the highest modes");
    }
    // λ ∝ κ^{−2α} and k ∝ κ^d give p = 2α/d.
    double alpha = Math.rint(1e4 * (1 - growth) * dimension / 2) / 1e4;
    String decay =
        "the eigenvalues decay like (−Δ)^{−α} with alpha "
            + alpha
            + " on a domain of dimension "
            + dimension
            + ": trace class needs alpha > "
            + dimension / 2.0;
    return new TraceClass(growth < -margin(dimension), sums, decay);
  }

  /** The report of an operator known on its grid only. */
  static TraceClass onGrid(CovarianceOperator operator) {
    int n = operator.grid().size();
    PartialSums sums = sums(operator.eigenpairs(n).eigenvalues());
    TraceClass decay = ofDecay(sums, operator.grid().dimension());
    return new TraceClass(decay.holds, sums, decay.reason + " (judged by the modes of one grid)");
  }

  /** Partial sums of eigenvalues; few of them are continued by zeros. */
  static PartialSums sums(double[] eigenvalues) {
    return PartialSums.of(
        Arrays.stream(Arrays.copyOf(eigenvalues, Math.max(4, eigenvalues.length)))
            .map(value -> Math.max(0, value))
            .toArray());
  }

  /** The report of an operator with finitely many eigenvalues. */
  static TraceClass finiteRank(double[] eigenvalues) {
    return new TraceClass(
        true, sums(eigenvalues), "the operator has rank " + eigenvalues.length + " on every grid");
  }

  TraceClass times(double factor) {
    return new TraceClass(holds, partialTraces.times(factor), reason);
  }

  /**
   * The verdict.
   *
   * @return true if {@code Σ_k λ_k} is finite; false if it diverges or cannot be told from a
   *     divergent sum
   */
  public boolean holds() {
    return holds;
  }

  /**
   * The partial traces over doubling numbers of modes, with their growth exponent.
   *
   * @return the sums
   */
  public PartialSums partialTraces() {
    return partialTraces;
  }

  /**
   * The exponent {@code p} of {@code λ_k ∝ k^{−p}} among the highest modes, 1 minus the growth
   * exponent of the partial traces; {@code (κ₀² − Δ)^{−α}} in dimension {@code d} has {@code p =
   * 2α/d}.
   *
   * @return {@code p}; +∞ if no eigenvalues are left there
   */
  public double decayExponent() {
    return 1 - partialTraces.growthExponent();
  }

  /**
   * Why.
   *
   * @return one sentence, without a full stop
   */
  public String reason() {
    return reason;
  }

  /**
   * Demands that the verdict be true.
   *
   * @throws IllegalArgumentException if it is not, with the reason and what to do
   */
  public void require() {
    if (!holds) {
      throw new IllegalArgumentException(
          reason + "; let the eigenvalues decay faster, cut them off, or mollify the operator");
    }
  }

  @Override
  public String toString() {
    return "TraceClass["
        + (holds ? "holds" : "does not hold")
        + ", decay exponent "
        + decayExponent()
        + ", partial traces up to "
        + partialTraces.total()
        + ": "
        + reason
        + "]";
  }
}
