package io.fdiff.nn.train;

import io.fdiff.nn.train.LearningRate.Decay;
import java.util.Objects;

/**
 * The numbers of a training run. Together with data, network and objectives they fix every bit of
 * the result.
 *
 * @param steps total number of steps, at least 1
 * @param batchSize samples a batch, at least 1
 * @param accumulation batches a step whose gradients are averaged, at least 1: batch {@code j} has
 *     the samples from {@code j·batchSize} on, so that {@code k} batches are one of {@code k} times
 *     the size in less memory
 * @param learningRate course of the learning rate
 * @param optimizer numbers of Adam or AdamW
 * @param emaDecay decay of the weight average, in {@code [0, 1)}
 * @param curriculum which of several objectives a step uses
 * @param seed seed of initial weights, batches, times and noise
 * @param prefetch whether another thread makes the next batch during a step; the same bits either
 *     way
 * @param checkpointEvery steps between checkpoints, at least 1
 */
public record TrainingConfig(
    long steps,
    int batchSize,
    int accumulation,
    LearningRate learningRate,
    AdamConfig optimizer,
    double emaDecay,
    Curriculum curriculum,
    long seed,
    boolean prefetch,
    long checkpointEvery) {

  /**
   * Checks the numbers.
   *
   * @param steps total number of steps, at least 1
   * @param batchSize samples a batch, at least 1
   * @param accumulation batches a step whose gradients are averaged, at least 1: batch {@code j}
   *     has the samples from {@code j·batchSize} on, so that {@code k} batches are one of {@code k}
   *     times the size in less memory
   * @param learningRate course of the learning rate
   * @param optimizer numbers of Adam or AdamW
   * @param emaDecay decay of the weight average, in {@code [0, 1)}
   * @param curriculum which of several objectives a step uses
   * @param seed seed of initial weights, batches, times and noise
   * @param prefetch whether another thread makes the next batch during a step; the same bits either
   *     way
   * @param checkpointEvery steps between checkpoints, at least 1
   * @throws IllegalArgumentException if a number is out of range
   */
  public TrainingConfig {
    Objects.requireNonNull(learningRate, "learningRate");
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(curriculum, "curriculum");
    if (steps < 1 || batchSize < 1 || accumulation < 1 || checkpointEvery < 1) {
      throw new IllegalArgumentException(
          "steps "
              + steps
              + ", batchSize "
              + batchSize
              + ", accumulation "
              + accumulation
              + ", checkpointEvery "
              + checkpointEvery
              + ": each must be at least 1");
    }
    if (!(optimizer.weightDecay() * learningRate.peak() < 1)) {
      throw new IllegalArgumentException(
          "weightDecay "
              + optimizer.weightDecay()
              + " at learning rate "
              + learningRate.peak()
              + ": their product must be below 1, or a step reverses the weights");
    }
    WeightAverage.check(emaDecay);
  }

  /**
   * 2,000 steps of 64 samples, Adam with learning rate 10⁻³, 100 steps of warm-up and cosine decay
   * to 0, clip norm 1, average decay 0.9999 (reached after 90,000 steps, see {@link
   * WeightAverage}), the first objective alone, seed 0, prefetching, a checkpoint every 1,000
   * steps.
   *
   * @return the default configuration
   */
  public static TrainingConfig defaults() {
    return new TrainingConfig(
        2000,
        64,
        1,
        new LearningRate(1e-3, 100, Decay.COSINE),
        AdamConfig.defaults(),
        0.9999,
        Curriculum.FIRST,
        0,
        true,
        1000);
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
        accumulation,
        learningRate,
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another batch size.
   *
   * @param value samples a batch, at least 1
   * @return the copy
   */
  public TrainingConfig withBatchSize(int value) {
    return new TrainingConfig(
        steps,
        value,
        accumulation,
        learningRate,
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another number of batches a step.
   *
   * @param value batches whose gradients are averaged, at least 1
   * @return the copy
   */
  public TrainingConfig withAccumulation(int value) {
    return new TrainingConfig(
        steps,
        batchSize,
        value,
        learningRate,
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another peak of the learning rate.
   *
   * @param value peak rate
   * @return the copy
   */
  public TrainingConfig withLearningRate(double value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        new LearningRate(value, learningRate.warmUpSteps(), learningRate.decay()),
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another warm-up.
   *
   * @param value steps, at least 0
   * @return the copy
   */
  public TrainingConfig withWarmUpSteps(long value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        new LearningRate(learningRate.peak(), value, learningRate.decay()),
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
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
        accumulation,
        new LearningRate(learningRate.peak(), learningRate.warmUpSteps(), value),
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another optimiser.
   *
   * @param value its numbers
   * @return the copy
   */
  public TrainingConfig withOptimizer(AdamConfig value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        learningRate,
        value,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another weight decay: AdamW if it is positive.
   *
   * @param value {@code λ ≥ 0}
   * @return the copy
   */
  public TrainingConfig withWeightDecay(double value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        learningRate,
        optimizer.withWeightDecay(value),
        emaDecay,
        curriculum,
        seed,
        prefetch,
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
        steps,
        batchSize,
        accumulation,
        learningRate,
        optimizer.withClipNorm(value),
        emaDecay,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another weight average.
   *
   * @param value decay, in {@code [0, 1)}
   * @return the copy
   */
  public TrainingConfig withEmaDecay(double value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        learningRate,
        optimizer,
        value,
        curriculum,
        seed,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with another curriculum.
   *
   * @param value which objective a step uses
   * @return the copy
   */
  public TrainingConfig withCurriculum(Curriculum value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        learningRate,
        optimizer,
        emaDecay,
        value,
        seed,
        prefetch,
        checkpointEvery);
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
        accumulation,
        learningRate,
        optimizer,
        emaDecay,
        curriculum,
        value,
        prefetch,
        checkpointEvery);
  }

  /**
   * A copy with prefetching switched on or off.
   *
   * @param value whether the next batch is made during a step
   * @return the copy
   */
  public TrainingConfig withPrefetch(boolean value) {
    return new TrainingConfig(
        steps,
        batchSize,
        accumulation,
        learningRate,
        optimizer,
        emaDecay,
        curriculum,
        seed,
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
        steps,
        batchSize,
        accumulation,
        learningRate,
        optimizer,
        emaDecay,
        curriculum,
        seed,
        prefetch,
        value);
  }
}
