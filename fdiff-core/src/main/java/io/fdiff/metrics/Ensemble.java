package io.fdiff.metrics;

/** How a score counts the pairs of the {@code m} members of an ensemble. */
public enum Ensemble {
  /**
   * The double sum over {@code m²}: the score of the empirical law of the members. It favours
   * ensembles that are too narrow.
   */
  PLAIN,
  /**
   * The double sum over {@code m(m − 1)}: an unbiased estimate of the score of the law that the
   * members are drawn from, comparable between ensembles of different size (Ferro 2014).
   */
  FAIR;

  /** The number that a sum over ordered pairs is divided by. */
  double pairs(int members) {
    if (members < (this == FAIR ? 2 : 1)) {
      throw new IllegalArgumentException(
          members
              + " members: the fair score needs at least 2, the plain one 1; "
              + "give more members or use PLAIN");
    }
    return (double) members * (this == FAIR ? members - 1 : members);
  }
}
