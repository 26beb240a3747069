package io.fdiff.examples.experiment;

import io.fdiff.covariance.EmpiricalCovariance;
import io.fdiff.nn.FlowTarget;
import io.fdiff.nn.Parametrization;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.SpectralPreconditioning;
import io.fdiff.nn.Target;
import io.fdiff.nn.loss.LossNorm;
import io.fdiff.nn.loss.LossWeight;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SpectralSDE;
import java.util.Objects;

/**
 * What the network predicts and how its error is measured.
 *
 * @param predicts what the network predicts
 * @param norm norm of the error
 * @param weight weight over time
 * @param times law of the training times
 * @param smallestTime smallest training time
 * @param flip whether images are reflected left to right in half of the cases
 * @param dropCondition probability that a condition is withheld in training, 0 without guidance
 */
public record ObjectiveChoice(
    Prediction predicts,
    Norm norm,
    Weight weight,
    Times times,
    double smallestTime,
    boolean flip,
    double dropCondition) {

  /** What the network predicts. */
  public enum Prediction {
    /** The clean function relative to what a Gaussian measure would give: unit size everywhere. */
    PRECONDITIONED,
    /** The clean function. */
    CLEAN,
    /** The coloured noise. */
    NOISE,
    /** v of Salimans and Ho. */
    ROTATED,
    /** The velocity of a flow-matching path. */
    VELOCITY
  }

  /** Norms of the error. */
  public enum Norm {
    /** L² by quadrature. */
    L2,
    /** Sobolev H¹ in the basis of the data. */
    H1,
    /** b/λ of functional diffusion processes. */
    DIFFUSION_RATES
  }

  /** Weights over time. */
  public enum Weight {
    /** Unit weight on the output of the network. */
    NETWORK,
    /** Unit weight on the clean function. */
    CLEAN,
    /** Unit weight on the noise. */
    NOISE
  }

  /** Laws of the training times. */
  public enum Times {
    /** Uniform. */
    UNIFORM,
    /** Uniform in the logarithm. */
    LOG_UNIFORM
  }

  /**
   * Checks the numbers.
   *
   * @param predicts what the network predicts
   * @param norm norm of the error
   * @param weight weight over time
   * @param times law of the training times
   * @param smallestTime smallest training time
   * @param flip whether images are reflected left to right in half of the cases
   * @param dropCondition probability that a condition is withheld in training, 0 without guidance
   * @throws IllegalArgumentException if a number is out of range
   */
  public ObjectiveChoice {
    Objects.requireNonNull(predicts, "predicts");
    Objects.requireNonNull(norm, "norm");
    Objects.requireNonNull(weight, "weight");
    Objects.requireNonNull(times, "times");
    if (!(smallestTime > 0 && smallestTime < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "smallest training time " + smallestTime + " is not positive and finite");
    }
    if (!(dropCondition >= 0 && dropCondition <= 1)) {
      throw new IllegalArgumentException(
          "dropCondition " + dropCondition + " is no probability: give a number in [0, 1]");
    }
  }

  Parametrization parametrization(ProcessChoice process, EmpiricalCovariance data) {
    SDE sde = process.on(data);
    return switch (predicts) {
      case VELOCITY -> {
        if (process instanceof ProcessChoice.FlowChoice flow) {
          yield FlowTarget.velocity(flow.path(data));
        }
        throw new IllegalArgumentException(
            "prediction VELOCITY needs the process flow-matching; use PRECONDITIONED, CLEAN, NOISE"
                + " or ROTATED");
      }
      case CLEAN -> Target.CLEAN;
      case NOISE -> Target.NOISE;
      case ROTATED -> Target.ROTATED;
      case PRECONDITIONED ->
          sde instanceof SpectralSDE
              ? SpectralPreconditioning.of(data)
              : new Preconditioning(data.trace() / sde.noise().trace());
    };
  }

  LossNorm norm(SDE sde, EmpiricalCovariance data) {
    return switch (norm) {
      case L2 -> LossNorm.l2();
      case H1 -> LossNorm.sobolev(data.spectral().orElseThrow().transform().basis(), 1);
      case DIFFUSION_RATES -> {
        if (sde instanceof SpectralSDE spectral) {
          yield LossNorm.diffusionRates(spectral);
        }
        throw new IllegalArgumentException(
            "norm DIFFUSION_RATES needs the process functional-diffusion; use L2 or H1");
      }
    };
  }

  LossWeight lossWeight() {
    return switch (weight) {
      case NETWORK -> LossWeight.ON_NETWORK;
      case CLEAN -> LossWeight.ON_CLEAN;
      case NOISE -> LossWeight.ON_NOISE;
    };
  }

  TimeDistribution timeLaw(double horizon) {
    return switch (times) {
      case UNIFORM -> TimeDistribution.uniform(smallestTime, horizon);
      case LOG_UNIFORM -> TimeDistribution.logUniform(smallestTime, horizon);
    };
  }
}
