package io.fdiff.noise;

import org.apache.commons.rng.UniformRandomProvider;

/** The words of the blocks {@code (0, 0, sample, −1)}, {@code (1, 0, sample, −1)}, … in order. */
final class AddressedWords implements UniformRandomProvider {

  /** Fourth counter word: no attempt at a normal has this number. */
  private static final long UNIFORM = -1;

  private final Threefry key;
  private final long sample;
  private final long[] block = new long[Threefry.WORDS];
  private long next;

  AddressedWords(Threefry key, long sample) {
    this.key = key;
    this.sample = sample;
  }

  @Override
  public long nextLong() {
    int lane = (int) (next % Threefry.WORDS);
    if (lane == 0) {
      key.block(next / Threefry.WORDS, 0, sample, UNIFORM, block);
    }
    next++;
    return block[lane];
  }
}
