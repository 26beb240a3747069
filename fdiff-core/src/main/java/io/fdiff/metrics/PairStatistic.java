package io.fdiff.metrics;

/**
 * Statistics of two subsets of prepared sets, so that resampling repeats only what depends on the
 * choice. Indices may repeat; the order of the indices does not matter but for round-off.
 */
@FunctionalInterface
interface PairStatistic {

  /**
   * The statistics of chosen functions.
   *
   * @param first indices into the first set. Not modified.
   * @param second indices into the second set. Not modified.
   */
  double[] values(int[] first, int[] second);
}
