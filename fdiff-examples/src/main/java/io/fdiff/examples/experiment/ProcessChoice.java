package io.fdiff.examples.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.covariance.EmpiricalCovariance;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SubVariancePreserving;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.sde.VariancePreserving;

/** The forward process of a training. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(ProcessChoice.DriftlessChoice.class),
  @JsonSubTypes.Type(ProcessChoice.VariancePreservingChoice.class),
  @JsonSubTypes.Type(ProcessChoice.SubVariancePreservingChoice.class),
  @JsonSubTypes.Type(ProcessChoice.VarianceExplodingChoice.class),
  @JsonSubTypes.Type(ProcessChoice.FunctionalDiffusionChoice.class),
  @JsonSubTypes.Type(ProcessChoice.FlowChoice.class)
})
public sealed interface ProcessChoice {

  /**
   * The process on the grid of an estimate.
   *
   * @param data mean and spectrum of the normalised data on some grid
   * @return the process on that grid
   */
  SDE on(EmpiricalCovariance data);

  /**
   * {@code dX = dW^R} (thesis, chapter 4).
   *
   * @param noise the covariance {@code R}
   * @param horizon {@code T}
   */
  @JsonTypeName("driftless")
  record DriftlessChoice(NoiseChoice noise, double horizon) implements ProcessChoice {
    @Override
    public SDE on(EmpiricalCovariance data) {
      return Driftless.of(noise.on(data), horizon);
    }
  }

  /**
   * The variance-preserving process with linear {@code β} on {@code [0, 1]}.
   *
   * @param noise the covariance {@code R}
   * @param betaMin {@code β(0)}
   * @param betaMax {@code β(1)}
   */
  @JsonTypeName("variance-preserving")
  record VariancePreservingChoice(NoiseChoice noise, double betaMin, double betaMax)
      implements ProcessChoice {
    @Override
    public SDE on(EmpiricalCovariance data) {
      return VariancePreserving.of(noise.on(data), NoiseSchedule.linear(betaMin, betaMax), 1);
    }
  }

  /**
   * The sub-variance-preserving process with linear {@code β} on {@code [0, 1]}.
   *
   * @param noise the covariance {@code R}
   * @param betaMin {@code β(0)}
   * @param betaMax {@code β(1)}
   */
  @JsonTypeName("sub-variance-preserving")
  record SubVariancePreservingChoice(NoiseChoice noise, double betaMin, double betaMax)
      implements ProcessChoice {
    @Override
    public SDE on(EmpiricalCovariance data) {
      return SubVariancePreserving.of(noise.on(data), NoiseSchedule.linear(betaMin, betaMax), 1);
    }
  }

  /**
   * The variance-exploding process with geometric levels.
   *
   * @param noise the covariance {@code R}
   * @param sigmaMin smallest level
   * @param sigmaMax largest level
   */
  @JsonTypeName("variance-exploding")
  record VarianceExplodingChoice(NoiseChoice noise, double sigmaMin, double sigmaMax)
      implements ProcessChoice {
    @Override
    public SDE on(EmpiricalCovariance data) {
      return VarianceExploding.geometric(noise.on(data), sigmaMin, sigmaMax);
    }
  }

  /**
   * The functional diffusion process of Franzese et al. (2023), periodic.
   *
   * @param betaMax {@code β_max}
   * @param energy divisor of the spectrum
   * @param nativePoints number of points of the grid that the spectrum was tuned on
   */
  @JsonTypeName("functional-diffusion")
  record FunctionalDiffusionChoice(double betaMax, double energy, int nativePoints)
      implements ProcessChoice {
    @Override
    public SDE on(EmpiricalCovariance data) {
      return FunctionalDiffusion.of(data.grid(), betaMax, energy, nativePoints);
    }
  }

  /** How data and noise of a batch are paired. */
  enum Coupling {
    /** At random. */
    INDEPENDENT,
    /** So that the sum of squared distances is least. */
    OPTIMAL_TRANSPORT
  }

  /**
   * The optimal-transport path of functional flow matching, run backwards.
   *
   * @param noise covariance of the reference measure
   * @param residual noise that is left at the end of the path
   * @param coupling how data and noise of a batch are paired
   */
  @JsonTypeName("flow-matching")
  record FlowChoice(NoiseChoice noise, double residual, Coupling coupling)
      implements ProcessChoice {

    /** Short of 1, where no data are left and the drift is infinite. */
    private static final double HORIZON = 0.999;

    /**
     * The path on the grid of an estimate.
     *
     * @param data mean and spectrum of the normalised data on some grid
     * @return the path on that grid
     */
    public FlowPath path(EmpiricalCovariance data) {
      return new FlowPath(Interpolant.optimalTransport(residual), noise.on(data));
    }

    @Override
    public SDE on(EmpiricalCovariance data) {
      return path(data).process(HORIZON);
    }
  }
}
