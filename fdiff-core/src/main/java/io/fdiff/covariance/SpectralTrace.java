package io.fdiff.covariance;

import io.fdiff.space.Interval;
import io.fdiff.transform.Basis;
import java.util.List;

/**
 * Partial traces of a spectrum over the cubes of modes {@code {0, …, 2^j − 1}^d}, far beyond any
 * grid: up to {@code 2^30} modes.
 *
 * <p>Each axis is cut into single indices and then into eight blocks an octave (four in three
 * dimensions and more); a block is worth its middle. Axes, diagonals and everything between are
 * covered, low modes exactly, and the error of a block, under one per cent, is the same in every
 * octave, so that it leaves the growth alone.
 */
final class SpectralTrace {

  private static final int LOG_MODES = 30;
  private static final int BLOCKS = 8;

  private SpectralTrace() {}

  static PartialSums of(Spectrum spectrum, Basis basis, List<Interval> domain) {
    int d = domain.size();
    int levels = LOG_MODES / d;
    double[] shells = new double[levels + 1];
    walk(spectrum, basis, domain, levels, new int[d], 0, 1, 0, shells);
    int[] counts = new int[levels + 1];
    for (int j = 0; j <= levels; j++) {
      counts[j] = 1 << (j * d);
    }
    return PartialSums.ofBlocks(counts, shells);
  }

  /** Adds all tensor blocks, each to the shell {@code [2^{j−1}, 2^j)} of its largest index. */
  private static void walk(
      Spectrum spectrum,
      Basis basis,
      List<Interval> domain,
      int levels,
      int[] index,
      int axis,
      double weight,
      int shell,
      double[] shells) {
    if (axis == index.length) {
      double laplacian = 0;
      int[] frequency = new int[axis];
      for (int a = 0; a < axis; a++) {
        double kappa = basis.wavenumber(index[a]) / domain.get(a).length();
        laplacian += kappa * kappa;
        frequency[a] = basis.frequency(index[a]);
      }
      double value = spectrum.eigenvalue(frequency, laplacian);
      if (!(value >= 0)) {
        throw new IllegalArgumentException(
            "eigenvalue " + value + " far beyond the grid: a spectrum must be at least 0");
      }
      shells[shell] += weight * value;
      return;
    }
    index[axis] = 0;
    walk(spectrum, basis, domain, levels, index, axis + 1, weight, shell, shells);
    for (int j = 1; j <= levels; j++) {
      int start = 1 << (j - 1);
      int width = Math.max(1, start / (index.length < 3 ? BLOCKS : BLOCKS / 2));
      for (int from = start; from < 2 * start; from += width) {
        // The middle lies between two indices.
        for (int middle = from + (width - 1) / 2; middle <= from + width / 2; middle++) {
          index[axis] = middle;
          double share = width == 1 ? 1 : width / 2.0;
          int reached = Math.max(shell, j);
          walk(spectrum, basis, domain, levels, index, axis + 1, weight * share, reached, shells);
        }
      }
    }
  }
}
