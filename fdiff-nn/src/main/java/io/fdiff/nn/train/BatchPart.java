package io.fdiff.nn.train;

/**
 * One of several parts of equal size of a batch, see {@link TrainingConfig#accumulation}.
 *
 * @param size samples of the part, at least 1
 * @param index which part, {@code 0 ≤ index < count}
 * @param count number of parts, at least 1
 */
public record BatchPart(int size, int index, int count) {

  /**
   * Checks the numbers.
   *
   * @param size samples of the part, at least 1
   * @param index which part, {@code 0 ≤ index < count}
   * @param count number of parts, at least 1
   * @throws IllegalArgumentException if a number is out of range, or the whole batch has more than
   *     2³¹ − 1 samples
   */
  public BatchPart {
    if (size < 1 || count < 1 || index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "part "
              + index
              + " of "
              + count
              + " with "
              + size
              + " samples: give at least 1 sample, and an index from 0 below the number of parts");
    }
    if ((long) size * count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          count + " parts of " + size + " samples: a batch has at most 2³¹ − 1 samples");
    }
  }

  /**
   * A batch that is not divided.
   *
   * @param size its samples, at least 1
   * @return its only part
   */
  public static BatchPart whole(int size) {
    return new BatchPart(size, 0, 1);
  }

  /**
   * Index of the part's first sample in the whole batch.
   *
   * @return {@code index·size}
   */
  public int first() {
    return index * size;
  }

  /**
   * The number of samples of the whole batch.
   *
   * @return {@code count·size}
   */
  public int total() {
    return count * size;
  }
}
