package io.fdiff.nn.data;

import io.fdiff.space.Grid;
import java.util.Objects;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * A random change of a function that keeps the law of the data, applied to each clean function
 * before noise is added, and with the same random numbers to its context functions. Classes and
 * measurements stay as they are.
 *
 * <p>Law: the result depends on the function and the random numbers alone. The random numbers are
 * addressed by seed, step and sample, so that a resumed training repeats them. Implementations are
 * immutable and thread-safe.
 */
@FunctionalInterface
public interface Augmentation {

  /** Changes nothing. */
  Augmentation NONE = (grid, channels, values, random) -> {};

  /**
   * Changes a function.
   *
   * @param grid the grid
   * @param channels number of channels
   * @param values {@code channels × points}, C order. Modified.
   * @param random where to read random numbers; the same ones for every array of one sample
   */
  void apply(Grid grid, int channels, double[] values, UniformRandomProvider random);

  /**
   * This change, then another one, which reads on where this one stopped.
   *
   * @param next the second change
   * @return both
   */
  default Augmentation then(Augmentation next) {
    Objects.requireNonNull(next, "next");
    return (grid, channels, values, random) -> {
      apply(grid, channels, values, random);
      next.apply(grid, channels, values, random);
    };
  }

  /**
   * This change with a probability.
   *
   * @param probability in {@code [0, 1]}
   * @return the change, now and then
   * @throws IllegalArgumentException if the probability is out of range
   */
  default Augmentation withProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability " + probability + " is not in [0, 1]");
    }
    return (grid, channels, values, random) -> {
      if (random.nextDouble() < probability) {
        apply(grid, channels, values, random);
      }
    };
  }

  /**
   * The reflection of an axis in its middle, {@code x(…, p, …) ↦ x(…, lower + upper − p, …)}, on
   * regular grids.
   *
   * @param axis the axis, counted from 0; for images 1 is left to right
   * @return the reflection, always applied
   * @throws IllegalArgumentException if the axis is negative
   */
  static Augmentation flip(int axis) {
    return new Flip(axis);
  }

  /**
   * The reflection of images left to right in half of the cases.
   *
   * @return {@code flip(1).withProbability(0.5)}
   */
  static Augmentation horizontalFlip() {
    return flip(1).withProbability(0.5);
  }
}
