package io.fdiff.nn.train;

import io.fdiff.nn.train.LearningRate.Decay;
import java.util.Objects;

/**
 * The numbers of a training run. Together with data, network and objective they fix every bit of
 * the result.
 *
 * @param steps total number of steps, at least 1
 * @param batchSize samples a step, at least 1
 * @param learningRate peak learning rate
 * @param warmUpSteps steps of linear warm-up, at least 0
 * @param decay course of the learning rate after the warm-up
 * @param clipNorm largest global norm of a gradient, positive; infinity for no clipping
 * @param emaDecay decay of the weight average, in {@code [0, 1)}
 * @param seed seed of initial weights, batches, times and noise
 * @param checkpointEvery steps between checkpoints, at least 1
 */
public record TrainingConfig(
    long steps,
    int batchSize,
    double learningRate,
    long warmUpSteps,
    Decay decay,
    double clipNorm,
    double emaDecay,
    long seed,
    long checkpointEvery) {

  /**
   * Checks the numbers.
   *
   * @param steps total number of steps, at least 1
   * @param batchSize samples a step, at least 1
   * @param learningRate peak learning rate
   * @param warmUpSteps steps of linear warm-up, at least 0
   * @param decay course of the learning rate after the warm-up
   * @param clipNorm largest global norm of a gradient, positive; infinity for no clipping
   * @param emaDecay decay of the weight average, in {@code [0, 1)}
   * @param seed seed of initial weights, batches, times and noise
   * @param checkpointEvery steps between checkpoints, at least 1
   * @throws IllegalArgumentException if a number is out of range
   */
  public TrainingConfig {
    Objects.requireNonNull(decay, "decay");
    if (steps < 1 || batchSize < 1 || checkpointEvery < 1) {
      throw new IllegalArgumentException(
          "steps "
              + steps
              + ", batchSize "
              + batchSize
              + ", checkpointEvery "
              + checkpointEvery
              + ": each must be at least 1");
    }
    if (!(clipNorm > 0)) {
      throw new IllegalArgumentException(
          "clipNorm " + clipNorm + " is not positive; give infinity for no clipping");
    }
    LearningRate.check(learningRate, warmUpSteps);
    WeightAverage.check(emaDecay);
  }

  /**
   * 2,000 steps of 64 samples, learning rate 10⁻³ with 100 steps of warm-up and cosine decay, clip
   * norm 1, average decay 0.999, seed 0, a checkpoint every 1,000 steps.
   *
   * @return the default configuration
   */
  public static TrainingConfig defaults() {
    return new TrainingConfig(2000, 64, 1e-3, 100, Decay.COSINE, 1, 0.999, 0, 1000);
  }

  /**
   * The schedule of the learning rate.
   *
   * @return rates by step
   */
  public LearningRate schedule() {
    return new LearningRate(learningRate, warmUpSteps, decay);
  }

  /**
   * The schedule of the weight average.
   *
   * @return factors by step
   */
  public WeightAverage average() {
    return new WeightAverage(emaDecay);
  }

  /**
   * A copy with another total.
   *
   * @param value steps, at least 1
   * @return the copy
   */
  public TrainingConfig withSteps(long value) {
    return new TrainingConfig(
        value,
        batchSize,
        learningRate,
        warmUpSteps,
        decay,
        clipNorm,
        emaDecay,
        seed,
        checkpointEvery);
  }

  /**
   * A copy with another batch size.
   *
   * @param value samples a step, at least 1
   * @return the copy
   */
  public TrainingConfig withBatchSize(int value) {
    return new TrainingConfig(
        steps, value, learningRate, warmUpSteps, decay, clipNorm, emaDecay, seed, checkpointEvery);
  }

  /**
   * A copy with another learning rate.
   *
   * @param value peak rate
   * @return the copy
   */
  public TrainingConfig withLearningRate(double value) {
    return new TrainingConfig(
        steps, batchSize, value, warmUpSteps, decay, clipNorm, emaDecay, seed, checkpointEvery);
  }

  /**
   * A copy with another warm-up.
   *
   * @param value steps, at least 0
   * @return the copy
   */
  public TrainingConfig withWarmUpSteps(long value) {
    return new TrainingConfig(
        steps, batchSize, learningRate, value, decay, clipNorm, emaDecay, seed, checkpointEvery);
  }

  /**
   * A copy with another course of the learning rate.
   *
   * @param value course after the warm-up
   * @return the copy
   */
  public TrainingConfig withDecay(Decay value) {
    return new TrainingConfig(
        steps,
        batchSize,
        learningRate,
        warmUpSteps,
        value,
        clipNorm,
        emaDecay,
        seed,
        checkpointEvery);
  }

  /**
   * A copy with another clip norm.
   *
   * @param value largest norm of a gradient, positive
   * @return the copy
   */
  public TrainingConfig withClipNorm(double value) {
    return new TrainingConfig(
        steps, batchSize, learningRate, warmUpSteps, decay, value, emaDecay, seed, checkpointEvery);
  }

  /**
   * A copy with another weight average.
   *
   * @param value decay, in {@code [0, 1)}
   * @return the copy
   */
  public TrainingConfig withEmaDecay(double value) {
    return new TrainingConfig(
        steps, batchSize, learningRate, warmUpSteps, decay, clipNorm, value, seed, checkpointEvery);
  }

  /**
   * A copy with another seed.
   *
   * @param value any number
   * @return the copy
   */
  public TrainingConfig withSeed(long value) {
    return new TrainingConfig(
        steps,
        batchSize,
        learningRate,
        warmUpSteps,
        decay,
        clipNorm,
        emaDecay,
        value,
        checkpointEvery);
  }

  /**
   * A copy with another interval of checkpoints.
   *
   * @param value steps, at least 1
   * @return the copy
   */
  public TrainingConfig withCheckpointEvery(long value) {
    return new TrainingConfig(
        steps, batchSize, learningRate, warmUpSteps, decay, clipNorm, emaDecay, seed, value);
  }
}
