package io.fdiff.nn.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.List;

/**
 * Which of several objectives, for example one for each resolution, a step of a training uses.
 *
 * <p>Law: the choice depends on the step and its noise source alone. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(Curriculum.Fixed.class),
  @JsonSubTypes.Type(Curriculum.Cyclic.class),
  @JsonSubTypes.Type(Curriculum.Stages.class),
  @JsonSubTypes.Type(Curriculum.Drawn.class)
})
public sealed interface Curriculum {

  /** Always the first objective. */
  Curriculum FIRST = new Fixed(0);

  /**
   * The objective of one step.
   *
   * @param step steps done before, from 0
   * @param noise where to read random numbers: another step for each step of the training
   * @return its index
   */
  int at(long step, NoiseSource noise);

  /**
   * How many objectives a training has to be given.
   *
   * @return the number, at least 1
   */
  int objectives();

  /**
   * Always the same objective.
   *
   * @param objective its index
   */
  @JsonTypeName("fixed")
  record Fixed(int objective) implements Curriculum {

    /**
     * Checks the index.
     *
     * @param objective its index
     * @throws IllegalArgumentException if it is negative
     */
    public Fixed {
      if (objective < 0) {
        throw new IllegalArgumentException("objective " + objective + ": indices begin at 0");
      }
    }

    @Override
    public int at(long step, NoiseSource noise) {
      return objective;
    }

    @Override
    public int objectives() {
      return objective + 1;
    }
  }

  /**
   * One after the other, again and again.
   *
   * @param objectives their number, at least 1
   */
  @JsonTypeName("cyclic")
  record Cyclic(int objectives) implements Curriculum {

    /**
     * Checks the number.
     *
     * @param objectives their number, at least 1
     * @throws IllegalArgumentException if it is not positive
     */
    public Cyclic {
      if (objectives < 1) {
        throw new IllegalArgumentException(objectives + " objectives: give at least 1");
      }
    }

    @Override
    public int at(long step, NoiseSource noise) {
      return (int) (step % objectives);
    }
  }

  /**
   * Coarse until some step, then finer: objective {@code i} up to step {@code ends[i]}, the last
   * one for the rest.
   *
   * @param ends steps done at the end of each stage but the last, positive and increasing
   */
  @JsonTypeName("stages")
  record Stages(List<Long> ends) implements Curriculum {

    /**
     * Checks the steps.
     *
     * @param ends steps done at the end of each stage but the last, positive and increasing
     * @throws IllegalArgumentException if they are not positive and increasing
     */
    public Stages {
      ends = List.copyOf(ends);
      long last = 0;
      for (long end : ends) {
        if (end <= last) {
          throw new IllegalArgumentException(
              "stages end at steps " + ends + ": give positive steps that increase");
        }
        last = end;
      }
    }

    @Override
    public int at(long step, NoiseSource noise) {
      int stage = 0;
      while (stage < ends.size() && step >= ends.get(stage)) {
        stage++;
      }
      return stage;
    }

    @Override
    public int objectives() {
      return ends.size() + 1;
    }
  }

  /**
   * Drawn anew for each step, objective {@code i} with probability {@code weights[i]/Σ}.
   *
   * @param weights one for each objective, none negative, their sum positive and finite
   */
  @JsonTypeName("drawn")
  record Drawn(List<Double> weights) implements Curriculum {

    /**
     * Checks the weights.
     *
     * @param weights one for each objective, none negative, their sum positive and finite
     * @throws IllegalArgumentException if they are not such weights
     */
    public Drawn {
      weights = List.copyOf(weights);
      double sum = 0;
      boolean fine = true;
      for (double weight : weights) {
        fine &= weight >= 0;
        sum += weight;
      }
      if (!fine || !(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weights " + weights + ": give none below 0 and a positive, finite sum");
      }
    }

    @Override
    public int at(long step, NoiseSource noise) {
      double sum = 0;
      for (double weight : weights) {
        sum += weight;
      }
      double rest = noise.uniform(0).nextDouble() * sum;
      int last = 0;
      for (int i = 0; i < weights.size(); i++) {
        if (weights.get(i) > 0) {
          if (rest < weights.get(i)) {
            return i;
          }
          last = i;
        }
        rest -= weights.get(i);
      }
      // Rounding may leave a rest.
      return last;
    }

    @Override
    public int objectives() {
      return weights.size();
    }
  }

  /**
   * One after the other, again and again.
   *
   * @param objectives their number, at least 1
   * @return the curriculum
   * @throws IllegalArgumentException if it is not positive
   */
  static Curriculum cyclic(int objectives) {
    return new Cyclic(objectives);
  }

  /**
   * Objective 0 until the first of these steps, objective 1 until the second, the last one for the
   * rest.
   *
   * @param ends steps done at the end of each stage but the last, positive and increasing
   * @return the curriculum
   * @throws IllegalArgumentException if they are not positive and increasing
   */
  static Curriculum stages(long... ends) {
    return new Stages(Arrays.stream(ends).boxed().toList());
  }

  /**
   * Drawn anew for each step, addressed by seed and step.
   *
   * @param weights one for each objective, none negative, their sum positive and finite
   * @return the curriculum
   * @throws IllegalArgumentException if they are not such weights
   */
  static Curriculum drawn(double... weights) {
    return new Drawn(Arrays.stream(weights).boxed().toList());
  }
}
