package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import org.apache.commons.math3.special.Erf;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Continuous ranked probability score {@code E|X − y| − ½ E|X − X'|} of a forecast law at an
 * outcome {@code y}: in the units of the outcome, smaller is better, the absolute error for a point
 * forecast. Source: Gneiting and Raftery 2007, eq. (20) and (21).
 */
public final class Crps {

  private Crps() {}

  /**
   * The score of {@code N(mean, sd²)}: {@code σ[z(2Φ(z) − 1) + 2φ(z) − 1/√π]}, {@code z = (y −
   * m)/σ}.
   *
   * @param mean {@code m}
   * @param sd {@code σ > 0}
   * @param y the outcome
   * @return the score
   * @throws IllegalArgumentException if {@code sd} is not positive or an argument is not finite
   */
  public static double gaussian(double mean, double sd, double y) {
    if (!(sd > 0 && Double.isFinite(mean) && Double.isFinite(sd) && Double.isFinite(y))) {
      throw new IllegalArgumentException(
          "N(" + mean + ", " + sd + "²) at " + y + ": needs finite numbers and a deviation > 0");
    }
    double z = (y - mean) / sd;
    double density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    // 2Φ(z) − 1 = erf(z/√2).
    return sd * (z * Erf.erf(z / Math.sqrt(2)) + 2 * density - 1 / Math.sqrt(Math.PI));
  }

  /**
   * The score of an ensemble, {@code O(m log m)}: with sorted members {@code ΣΣ|x_i − x_j| = 2 Σ_i
   * (2i − m − 1) x_(i)}.
   *
   * @param members {@code m} members, in any order. Not modified.
   * @param y the outcome
   * @param ensemble how pairs are counted
   * @return the score; the fair one may be negative
   * @throws IllegalArgumentException if there are too few members or a number is not finite
   */
  public static double ensemble(double[] members, double y, Ensemble ensemble) {
    double pairs = ensemble.pairs(members.length);
    double[] sorted = members.clone();
    Arrays.sort(sorted);
    if (!(Double.isFinite(y)
        && Double.isFinite(sorted[0])
        && Double.isFinite(sorted[sorted.length - 1]))) {
      throw new IllegalArgumentException(
          "members in ["
              + sorted[0]
              + ", "
              + sorted[sorted.length - 1]
              + "] at outcome "
              + y
              + ": all must be finite; remove the others");
    }
    return score(sorted, y, pairs);
  }

  /**
   * The score at every point.
   *
   * @param members the {@code m} functions of the ensemble
   * @param truth one function on the same grid with as many channels
   * @param ensemble how pairs are counted
   * @return a fresh array {@code [1, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if grids or channels differ, the truth is not one function, or
   *     there are too few members
   */
  public static INDArray pointwise(
      FunctionDataset members, FunctionDataset truth, Ensemble ensemble) {
    return FunctionBatch.array(
        members.grid(), DataType.DOUBLE, members.channels(), scores(members, truth, ensemble));
  }

  /**
   * The mean of the pointwise score over the domain, by quadrature, and over channels.
   *
   * @param members the {@code m} functions of the ensemble
   * @param truth one function on the same grid with as many channels
   * @param ensemble how pairs are counted
   * @return {@code ∫ CRPS(p) dp / |D|}, averaged over channels
   * @throws IllegalArgumentException as {@link #pointwise}
   */
  public static double integrated(
      FunctionDataset members, FunctionDataset truth, Ensemble ensemble) {
    double[] scores = scores(members, truth, ensemble);
    double[] w = members.grid().weights();
    double sum = 0;
    double volume = 0;
    for (int i = 0; i < scores.length; i++) {
      sum += w[i % w.length] * scores[i];
      volume += w[i % w.length];
    }
    return sum / volume;
  }

  private static double[] scores(
      FunctionDataset members, FunctionDataset truth, Ensemble ensemble) {
    EnergyScore.requireOne(members, truth);
    int m = members.size();
    double pairs = ensemble.pairs(m);
    double[] x = members.toDoubles();
    double[] y = truth.toDoubles();
    double[] scores = new double[y.length];
    double[] column = new double[m];
    for (int i = 0; i < y.length; i++) {
      for (int b = 0; b < m; b++) {
        column[b] = x[b * y.length + i];
      }
      Arrays.sort(column);
      scores[i] = score(column, y[i], pairs);
    }
    return scores;
  }

  private static double score(double[] sorted, double y, double pairs) {
    int m = sorted.length;
    double error = 0;
    double spread = 0;
    for (int i = 0; i < m; i++) {
      error += Math.abs(sorted[i] - y);
      // About the outcome: equal numbers far from 0 would otherwise lose their digits.
      spread += (2.0 * i + 1 - m) * (sorted[i] - y);
    }
    return error / m - spread / pairs;
  }
}
