package io.fdiff.nn.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.Objects;

/**
 * The learning rate of each step: a linear warm-up to the peak, then the course of a {@link Decay}.
 *
 * @param peak the highest rate, positive
 * @param warmUpSteps {@code w ≥ 0}: step {@code n < w} has the rate {@code peak·(n + 1)/w}
 * @param decay the course afterwards
 */
public record LearningRate(double peak, long warmUpSteps, Decay decay) {

  /** The course of the learning rate after the warm-up. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(Constant.class),
    @JsonSubTypes.Type(Cosine.class),
    @JsonSubTypes.Type(Steps.class)
  })
  public sealed interface Decay {

    /** The peak for ever. */
    Decay CONSTANT = new Constant();

    /** Along a half cosine to 0. */
    Decay COSINE = new Cosine(0);

    /**
     * The rate as a fraction of the peak.
     *
     * @param step steps since the warm-up, from 0
     * @param steps all steps after the warm-up, at least 1
     * @return a factor in {@code [0, 1]}
     */
    double factor(long step, long steps);

    /**
     * Whether the rate depends on the total number of steps.
     *
     * @return true if {@code factor} uses {@code steps}
     */
    boolean usesTotal();
  }

  /** The peak for ever. */
  @JsonTypeName("constant")
  public record Constant() implements Decay {
    @Override
    public double factor(long step, long steps) {
      return 1;
    }

    @Override
    public boolean usesTotal() {
      return false;
    }
  }

  /**
   * {@code f + (1 − f)·½(1 + cos πn/N)} at step {@code n} of {@code N} (Loshchilov and Hutter 2017,
   * without restarts), and {@code f} afterwards.
   *
   * @param floor {@code f}, the last rate as a fraction of the peak, in {@code [0, 1]}
   */
  @JsonTypeName("cosine")
  public record Cosine(double floor) implements Decay {

    /**
     * Checks the floor.
     *
     * @param floor {@code f}, the last rate as a fraction of the peak, in {@code [0, 1]}
     * @throws IllegalArgumentException if {@code floor} is not in {@code [0, 1]}
     */
    public Cosine {
      if (!(floor >= 0 && floor <= 1)) {
        throw new IllegalArgumentException(
            "floor " + floor + " is not in [0, 1]; give it as a fraction of the peak");
      }
    }

    @Override
    public double factor(long step, long steps) {
      double progress = Math.min(1, step / (double) steps);
      return floor + (1 - floor) * (0.5 * (1 + Math.cos(Math.PI * progress)));
    }

    @Override
    public boolean usesTotal() {
      return true;
    }
  }

  /**
   * {@code q^⌊n/k⌋} at step {@code n}.
   *
   * @param every {@code k}, steps between two falls, at least 1
   * @param ratio {@code q}, in {@code (0, 1]}
   */
  @JsonTypeName("steps")
  public record Steps(long every, double ratio) implements Decay {

    /**
     * Checks the numbers.
     *
     * @param every {@code k}, steps between two falls, at least 1
     * @param ratio {@code q}, in {@code (0, 1]}
     * @throws IllegalArgumentException if a number is out of range
     */
    public Steps {
      if (every < 1 || !(ratio > 0 && ratio <= 1)) {
        throw new IllegalArgumentException(
            "falls by " + ratio + " every " + every + " steps: give a ratio in (0, 1], every ≥ 1");
      }
    }

    @Override
    public double factor(long step, long steps) {
      return Math.pow(ratio, (double) Math.floorDiv(step, every));
    }

    @Override
    public boolean usesTotal() {
      return false;
    }
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
   * @param steps the total {@code N}; without effect during the warm-up or if the decay does not
   *     use it
   * @return the learning rate
   */
  public double at(long step, long steps) {
    if (step < warmUpSteps) {
      return peak * (step + 1) / warmUpSteps;
    }
    return peak * decay.factor(step - warmUpSteps, Math.max(1, steps - warmUpSteps));
  }

  /**
   * Whether the rates of all steps before this one are the same for every total.
   *
   * @param step steps done
   * @return false once a step has used the total
   */
  public boolean independentOfTotal(long step) {
    return !decay.usesTotal() || step <= warmUpSteps;
  }
}
