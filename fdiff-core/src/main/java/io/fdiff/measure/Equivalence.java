package io.fdiff.measure;

import io.fdiff.covariance.PartialSums;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What finitely many modes say on whether two Gaussian measures are equivalent or singular
 * (Feldman–Hájek): a report of partial sums over doubling numbers of modes, not a yes or no from
 * one truncation, on which any two non-degenerate measures are equivalent. With the ratios {@code
 * ρ_k = λ₁ₖ/λ₂ₖ} and {@code Δ = m₁ − m₂} the measures are equivalent if and only if
 *
 * <ol>
 *   <li>the Cameron–Martin spaces coincide: {@code max_k |ln ρ_k| < ∞};
 *   <li>{@code Δ} lies in that space: {@code Σ Δ_k²/λ₂ₖ < ∞};
 *   <li>{@code C₂^{-1/2} C₁ C₂^{-1/2} − I} is Hilbert–Schmidt: {@code Σ (ρ_k − 1)² < ∞};
 * </ol>
 *
 * and singular otherwise. A series is taken to converge (diverge) if its increments over doublings,
 * {@code S(2n) − S(n) ∝ n^g}, have a growth exponent {@code g ≤ −0.25} ({@code ≥ 0.25}) over the
 * last two pairs of doublings. In between stand logarithmic growth and its neighbours, {@code Σ
 * 1/k} and {@code Σ 1/(k ln² k)}, which no number of modes tells apart: undecided. The bound of (i)
 * grows like {@code ln n} for ratios that are powers of {@code k}; increments that do not shrink
 * ({@code g ≥ −0.05}) count as growth. Where (iii) converges, (i) holds with it.
 *
 * <p>No finite report is a proof: terms that begin beyond the last mode, or come in ever rarer
 * groups, are not seen. Source: Da Prato and Zabczyk 2014, theorem 2.25; Kerrigan, Ley and Smyth
 * 2023, theorem 1. Immutable and thread-safe.
 */
public final class Equivalence {

  /** What the modes say on the two measures. */
  public enum Verdict {
    /** All three conditions hold. */
    EQUIVALENT,
    /** One of the conditions fails. */
    SINGULAR,
    /** No condition fails, but not all are seen to hold. */
    UNDECIDED
  }

  /** What the modes say on one condition. */
  public enum Finding {
    /** The series converges as far as the modes show. */
    HOLDS,
    /** The series diverges as far as the modes show, or has an infinite term. */
    FAILS,
    /** The growth is borderline or the modes are too few. */
    UNDECIDED
  }

  /**
   * One condition.
   *
   * @param name what is summed
   * @param sums the partial sums over doubling numbers of modes
   * @param finding what they say
   * @param sentence why, in words
   */
  public record Condition(String name, PartialSums sums, Finding finding, String sentence) {}

  private final Condition ratios;
  private final Condition shift;
  private final Condition hilbertSchmidt;
  private final PartialSums kl;

  private Equivalence(ModeTerms covariance, ModeTerms mean) {
    this.hilbertSchmidt =
        condition(
            "(iii) Σ (ρ_k − 1)²", PartialSums.of(covariance.hilbertSchmidt()), Growth::ofSeries);
    PartialSums range = PartialSums.of(covariance.range());
    boolean implied = hilbertSchmidt.finding() == Finding.HOLDS && Double.isFinite(range.total());
    this.ratios =
        implied
            ? new Condition(
                "(i) max |ln ρ_k|",
                range,
                Finding.HOLDS,
                "bounded by " + format(range.total()) + ", as (iii) converges")
            : condition("(i) max |ln ρ_k|", range, Growth::ofBound);
    this.shift = condition("(ii) Σ Δ_k²/λ₂ₖ", PartialSums.of(mean.shift()), Growth::ofSeries);
    this.kl = PartialSums.of(covariance.kl());
  }

  private static Condition condition(
      String name, PartialSums sums, Function<PartialSums, Growth> judge) {
    Growth growth = judge.apply(sums);
    return new Condition(name, sums, growth.finding(), growth.sentence());
  }

  /**
   * The report on the modes of the grid, by descending {@code λ₂}. Covariances that are spectral in
   * one orthonormal transform cost one transform; others are taken to the eigenvectors of {@code
   * C₂}, {@code O(N³)}, with {@code n} for the leading {@code n} of them: the sums are then those
   * of the compressed matrices.
   *
   * @param first {@code μ₁}
   * @param second {@code μ₂}, on the same grid with as many channels
   * @return the report
   * @throws IllegalArgumentException if grids or channels differ, or {@code C₂} has fewer than 4
   *     modes
   */
  public static Equivalence between(GaussianMeasure first, GaussianMeasure second) {
    ModeTerms terms = ModeTerms.of(first, second);
    return new Equivalence(terms, terms);
  }

  /**
   * The report beyond the grid, for spectral covariances that have a rule for every mode: the
   * eigenvalues are read on a finer regular grid. The difference of the means is known on the modes
   * of its own grid only, and judged on these.
   *
   * @param first {@code μ₁}
   * @param second {@code μ₂}, on the same regular grid with as many channels
   * @param modes the least number of modes per axis
   * @return the report
   * @throws IllegalArgumentException as {@link #between(GaussianMeasure, GaussianMeasure)}, or if
   *     the grid is not regular, or a covariance is not spectral
   */
  public static Equivalence between(GaussianMeasure first, GaussianMeasure second, int modes) {
    ModeTerms own = ModeTerms.of(first, second);
    if (!(first.grid() instanceof RegularGrid grid)
        || first.diagonal() == null
        || second.diagonal() == null) {
      throw new IllegalArgumentException(
          "modes beyond "
              + first.grid()
              + " need a regular grid and spectral covariances: use between(first, second)");
    }
    int[] shape = Arrays.stream(grid.shape()).map(n -> Math.max(n, modes)).toArray();
    RegularGrid fine = grid.withShape(shape);
    GaussianMeasure a = GaussianMeasure.centred(first.covariance().on(fine));
    GaussianMeasure b = GaussianMeasure.centred(second.covariance().on(fine));
    return new Equivalence(ModeTerms.of(a, b).withKlOf(own, first.channels()), own);
  }

  /**
   * The report on given modes of one channel.
   *
   * @param first eigenvalues {@code λ₁ₖ ≥ 0} in the order of summation, at least 4. Not modified.
   * @param second eigenvalues {@code λ₂ₖ ≥ 0}, as many. Not modified.
   * @param difference coefficients {@code Δ_k} of {@code m₁ − m₂}, as many. Not modified.
   * @return the report; modes in which all three are 0 add nothing
   * @throws IllegalArgumentException if lengths differ, are below 4, or a value is out of range
   */
  public static Equivalence of(double[] first, double[] second, double[] difference) {
    ModeTerms terms = ModeTerms.of(first, second, new double[][] {difference});
    return new Equivalence(terms, terms);
  }

  /**
   * Condition (i): {@code max_{k≤n} |ln ρ_k|}.
   *
   * @return the condition
   */
  public Condition ratios() {
    return ratios;
  }

  /**
   * Condition (ii): {@code Σ_{k≤n} Δ_k²/λ₂ₖ}, over all channels.
   *
   * @return the condition
   */
  public Condition shift() {
    return shift;
  }

  /**
   * Condition (iii): {@code Σ_{k≤n} (ρ_k − 1)²} of one channel; dense: the squared Hilbert–Schmidt
   * norm of the compression to {@code n} eigenvectors of {@code C₂}.
   *
   * @return the condition
   */
  public Condition hilbertSchmidt() {
    return hilbertSchmidt;
  }

  /**
   * {@code KL(μ₁ ‖ μ₂)} truncated to {@code n} modes, all channels. It converges with (ii) and
   * (iii).
   *
   * @return the partial sums
   */
  public PartialSums kl() {
    return kl;
  }

  /**
   * What the modes say.
   *
   * @return equivalent if all conditions hold, singular if one fails, else undecided
   */
  public Verdict verdict() {
    List<Finding> findings = List.of(ratios.finding(), shift.finding(), hilbertSchmidt.finding());
    if (findings.contains(Finding.FAILS)) {
      return Verdict.SINGULAR;
    }
    return findings.contains(Finding.UNDECIDED) ? Verdict.UNDECIDED : Verdict.EQUIVALENT;
  }

  /**
   * The report as a table: one line for each condition and the divergence, with the partial sums of
   * the last doublings, the growth exponent and what it says.
   *
   * @return several lines of text
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    int modes = last(hilbertSchmidt.sums().counts());
    text.append("Feldman–Hájek on ").append(modes).append(" modes: ");
    text.append(
        switch (verdict()) {
          case EQUIVALENT -> "equivalent";
          case SINGULAR -> "singular";
          case UNDECIDED -> "undecided";
        });
    text.append(" by this many modes\n");
    for (Condition c : List.of(ratios, shift, hilbertSchmidt)) {
      line(text, c.name(), c.sums());
      text.append("    ").append(c.finding().name().toLowerCase(Locale.ROOT)).append(": ");
      text.append(c.sentence()).append('\n');
    }
    line(text, "KL(μ₁ ‖ μ₂)", kl);
    return text.toString();
  }

  private static void line(StringBuilder text, String name, PartialSums sums) {
    int[] counts = sums.counts();
    double[] values = sums.sums();
    text.append(String.format(Locale.ROOT, "  %-20s", name));
    for (int i = Math.max(0, counts.length - 4); i < counts.length; i++) {
      text.append(String.format(Locale.ROOT, " S(%d) = %s", counts[i], format(values[i])));
    }
    double growth = sums.growthExponent();
    text.append(
        growth == Double.NEGATIVE_INFINITY
            ? "  no growth\n"
            : String.format(Locale.ROOT, "  growth %.2f\n", growth));
  }

  private static int last(int[] counts) {
    return counts[counts.length - 1];
  }

  static String format(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  @Override
  public String toString() {
    return describe();
  }
}
