package io.fdiff.nn.train;

/**
 * What happened in one training step.
 *
 * @param step steps done, from 1
 * @param steps the total of the configuration
 * @param objective index of the objective the step used
 * @param loss loss of the step's batch, the mean over its parts
 * @param runningLoss running mean of the losses over about the last 50 steps
 * @param gradientNorm Euclidean norm of the gradient before clipping
 * @param learningRate rate of the step
 * @param seconds wall-clock time of all steps of this trainer, without listeners and checkpoints
 */
public record TrainingEvent(
    long step,
    long steps,
    int objective,
    double loss,
    double runningLoss,
    double gradientNorm,
    double learningRate,
    double seconds) {

  /**
   * Whether this was the last step of the configuration.
   *
   * @return true if all steps are done
   */
  public boolean last() {
    return step == steps;
  }
}
