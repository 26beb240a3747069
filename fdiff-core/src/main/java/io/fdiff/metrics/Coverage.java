package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import java.util.Arrays;
import java.util.List;

/**
 * How often intervals of ensembles hold the truth. Immutable.
 *
 * <p>If truth and members are exchangeable, the rate has the mean {@code nominal} exactly, whatever
 * the law. A smaller rate says that ensembles are too narrow or shifted.
 *
 * @param rate share of the truth that is covered, with a 95 % Wilson interval over the cases.
 *     Within a case points are not independent; a share counts as one trial, which makes the
 *     interval conservative
 * @param nominal the probability of coverage under exchangeability, the largest below the level
 *     that was asked for that the number of members has
 */
public record Coverage(Estimate rate, double nominal) {

  private static final double INTERVAL = 0.95;

  /**
   * Pointwise coverage: at each point the interval from the {@code j}-th smallest to the {@code
   * j}-th largest of the {@code m} members, {@code nominal = (m + 1 − 2j)/(m + 1)}. The rate is the
   * mean over cases, points (by quadrature) and channels.
   *
   * @param ensembles one ensemble of {@code m} functions for each case, all of one size
   * @param truths one function for each case, on the same grid with as many channels
   * @param level coverage to ask for, in {@code (0, 1)}; at most {@code (m − 1)/(m + 1)}, the range
   *     of the members
   * @return the coverage
   * @throws IllegalArgumentException if the numbers of cases or members differ, spaces differ, or
   *     the level is out of range or needs more members
   */
  public static Coverage pointwise(
      List<FunctionDataset> ensembles, FunctionDataset truths, double level) {
    int m = requireCases(ensembles, truths, level);
    // Rounded up: the widest interval whose coverage is not above the level.
    int j = (int) Math.ceil((m + 1) * (1 - level) / 2 - 1e-9);
    double nominal = (m + 1 - 2.0 * j) / (m + 1);
    if (!(nominal > 0)) {
      throw tooFew(m, level, "an interval between members");
    }
    double[] w = truths.grid().weights();
    double covered = 0;
    for (int k = 0; k < truths.size(); k++) {
      double[] x = ensembles.get(k).toDoubles();
      double[] y = truths.subset(k).toDoubles();
      double inside = 0;
      double volume = 0;
      double[] column = new double[m];
      for (int i = 0; i < y.length; i++) {
        for (int b = 0; b < m; b++) {
          column[b] = x[b * y.length + i];
        }
        Arrays.sort(column);
        double weight = w[i % w.length];
        volume += weight;
        inside += column[j - 1] <= y[i] && y[i] <= column[m - j] ? weight : 0;
      }
      covered += Math.min(1, inside / volume);
    }
    return new Coverage(Estimate.proportion(covered, truths.size(), INTERVAL), nominal);
  }

  /**
   * Simultaneous coverage: a truth is covered if its largest standardised deviation {@code max_p
   * |y(p) − m(p)|/s(p)} is among the {@code k} smallest of the {@code m + 1} of members and truth,
   * {@code m(p), s(p)} mean and deviation of all {@code m + 1}; {@code nominal = k/(m + 1)}. Taking
   * the truth into mean and deviation is what makes the ranks uniform for any law.
   *
   * @param ensembles one ensemble of {@code m} functions for each case, all of one size
   * @param truths one function for each case, on the same grid with as many channels
   * @param level coverage to ask for, in {@code (0, 1)}; at least {@code 1/(m + 1)}
   * @return the coverage
   * @throws IllegalArgumentException as {@link #pointwise}
   */
  public static Coverage simultaneous(
      List<FunctionDataset> ensembles, FunctionDataset truths, double level) {
    int m = requireCases(ensembles, truths, level);
    int k = (int) Math.floor((m + 1) * level + 1e-9);
    if (k < 1) {
      throw tooFew(m, level, "a rank among members and truth");
    }
    double covered = 0;
    for (int c = 0; c < truths.size(); c++) {
      double[] deviations = deviations(ensembles.get(c), truths.subset(c));
      int below = 0;
      for (int b = 0; b < m; b++) {
        below += deviations[b] < deviations[m] ? 1 : 0;
      }
      covered += below < k ? 1 : 0;
    }
    return new Coverage(
        Estimate.proportion(covered, truths.size(), INTERVAL), (double) k / (m + 1));
  }

  /** Largest standardised deviation of each member, the truth last; points that agree count 0. */
  private static double[] deviations(FunctionDataset members, FunctionDataset truth) {
    int m = members.size();
    double[] x = Arrays.copyOf(members.toDoubles(), (m + 1) * truth.toDoubles().length);
    double[] y = truth.toDoubles();
    System.arraycopy(y, 0, x, m * y.length, y.length);
    double[] largest = new double[m + 1];
    for (int i = 0; i < y.length; i++) {
      double mean = 0;
      for (int b = 0; b <= m; b++) {
        mean += x[b * y.length + i] / (m + 1);
      }
      double square = 0;
      for (int b = 0; b <= m; b++) {
        double d = x[b * y.length + i] - mean;
        square += d * d;
      }
      // Functions that agree differ from their mean by round-off only.
      boolean varies = square > 1e-28 * (m + 1) * mean * mean;
      for (int b = 0; b <= m && varies; b++) {
        double d = Math.abs(x[b * y.length + i] - mean) / Math.sqrt(square);
        largest[b] = Math.max(largest[b], d);
      }
    }
    return largest;
  }

  private static int requireCases(
      List<FunctionDataset> ensembles, FunctionDataset truths, double level) {
    Estimate.requireLevel(level);
    if (ensembles.size() != truths.size()) {
      throw new IllegalArgumentException(
          ensembles.size()
              + " ensembles for "
              + truths.size()
              + " truths: give one ensemble for each truth");
    }
    int m = ensembles.get(0).size();
    for (FunctionDataset ensemble : ensembles) {
      ensemble.requireSameSpace(truths);
      if (ensemble.size() != m) {
        throw new IllegalArgumentException(
            "ensembles of "
                + m
                + " and "
                + ensemble.size()
                + " members: all must have one size; take subsets");
      }
    }
    return m;
  }

  private static IllegalArgumentException tooFew(int m, double level, String what) {
    return new IllegalArgumentException(
        m + " members have no coverage of level " + level + " by " + what + "; give more members");
  }
}
