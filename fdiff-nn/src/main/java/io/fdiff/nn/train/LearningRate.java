package io.fdiff.nn.train;

import java.util.Objects;

/**
 * The learning rate of each step: a linear warm-up to the peak, then constant or falling to 0 along
 * a half cosine.
 *
 * @param peak the highest rate, positive
 * @param warmUpSteps {@code w ≥ 0}: step {@code n < w} has the rate {@code peak·(n + 1)/w}
 * @param decay the course afterwards
 */
public record LearningRate(double peak, long warmUpSteps, Decay decay) {

  /** The course of the learning rate after the warm-up. */
  public enum Decay {
    /** The peak for ever. */
    CONSTANT,
    /** {@code peak·½(1 + cos π(n − w)/(N − w))} at step {@code n} of {@code N}. */
    COSINE
  }

  /**
   * Checks the numbers.
   *
   * @param peak the highest rate, positive
   * @param warmUpSteps {@code w ≥ 0}: step {@code n < w} has the rate {@code peak·(n + 1)/w}
   * @param decay the course afterwards
   * @throws IllegalArgumentException if the peak is not positive and finite or the warm-up negative
   */
  public LearningRate {
    Objects.requireNonNull(decay, "decay");
    check(peak, warmUpSteps);
  }

  static void check(double peak, long warmUpSteps) {
    if (!(peak > 0 && peak < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("learning rate " + peak + " is not positive and finite");
    }
    if (warmUpSteps < 0) {
      throw new IllegalArgumentException("warm-up of " + warmUpSteps + " steps: give 0 or more");
    }
  }

  /**
   * The rate of one step.
   *
   * @param step steps done before, from 0
   * @param steps the total {@code N}; without effect during the warm-up or at constant rate
   * @return the learning rate
   */
  public double at(long step, long steps) {
    if (step < warmUpSteps) {
      return peak * (step + 1) / warmUpSteps;
    }
    if (decay == Decay.CONSTANT) {
      return peak;
    }
    double progress = Math.min(1, (step - warmUpSteps) / (double) Math.max(1, steps - warmUpSteps));
    return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
  }

  /**
   * Whether the rates of all steps before this one are the same for every total.
   *
   * @param step steps done
   * @return false once a step has used the total
   */
  public boolean independentOfTotal(long step) {
    return decay == Decay.CONSTANT || step <= warmUpSteps;
  }
}
