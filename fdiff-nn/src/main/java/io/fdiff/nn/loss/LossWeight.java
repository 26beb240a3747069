package io.fdiff.nn.loss;

import io.fdiff.nn.Factors;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * The weight of a training loss at a time: the factor, a number or one for each mode, of the
 * squared error of the network's output {@code F} in the norm of the loss.
 *
 * <p>An error {@code δ} of {@code F} is an error {@code c_out δ} of the clean function and {@code
 * −(τ/ς) c_out δ} of the noise, so a loss that is stated for either of these is one with a weight
 * on {@code F}. Implementations are immutable and thread-safe.
 */
@FunctionalInterface
public interface LossWeight {

  /** {@code ‖δ‖²}: unit weight on the output of the network. */
  LossWeight ON_NETWORK = (sde, t, factors) -> Multiplier.scalar(1);

  /** {@code ‖D − x₀‖²}: unit weight on the clean function. */
  LossWeight ON_CLEAN = (sde, t, factors) -> factors.out().map(c -> c * c);

  /** {@code ‖ε̂ − ξ‖²}: unit weight on the coloured noise. */
  LossWeight ON_NOISE =
      (sde, t, factors) -> {
        Marginal marginal = sde.marginal(t);
        return factors
            .out()
            .times(marginal.mean())
            .combine(marginal.deviation(), (a, s) -> (a / s) * (a / s));
      };

  /**
   * {@code ½G²‖Ŝ − S‖²}, on errors of the clean function {@code ½G²τ²/ς⁴}: in the Cameron–Martin
   * norm of {@code R} the integral over time bounds the divergence of the generated law from the
   * data (Song et al. 2021); for uniform times.
   */
  LossWeight LIKELIHOOD =
      (sde, t, factors) -> {
        Marginal marginal = sde.marginal(t);
        Multiplier scale = marginal.mean().combine(marginal.variance(), (a, v) -> a / v);
        return sde.diffusion(t)
            .times(scale)
            .times(factors.out())
            .map(factor -> 0.5 * factor * factor);
      };

  /**
   * The weight {@code (τ²ρ + ς²)/(ρς²)} on the clean function, {@code (σ² + σ_d²)/(σσ_d)²} for
   * {@code τ = 1}, {@code ρ = σ_d²} (Karras et al. 2022): unit weight on {@code F} if it has their
   * preconditioning.
   *
   * @param dataRatio {@code ρ > 0}
   * @return the weight
   * @throws IllegalArgumentException if the ratio is not positive and finite
   */
  static LossWeight edm(double dataRatio) {
    if (!(dataRatio > 0 && dataRatio < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "ratio " + dataRatio + " of data to noise spectrum is not positive and finite");
    }
    return (sde, t, factors) -> {
      Marginal marginal = sde.marginal(t);
      Multiplier weight =
          marginal
              .mean()
              .combine(marginal.variance(), (a, v) -> (a * a * dataRatio + v) / (dataRatio * v));
      return factors.out().map(c -> c * c).times(weight);
    };
  }

  /**
   * The factor at a time.
   *
   * @param sde forward process
   * @param t time in {@code (0, T]}
   * @param factors those of the parametrization at this time
   * @return the factor of {@code ‖δ‖²}, not negative
   */
  Multiplier at(SDE sde, double t, Factors factors);

  /**
   * This weight times a function of time.
   *
   * @param weight {@code w(t) ≥ 0}
   * @return the product
   */
  default LossWeight times(DoubleUnaryOperator weight) {
    Objects.requireNonNull(weight, "weight");
    return (sde, t, factors) -> at(sde, t, factors).times(weight.applyAsDouble(t));
  }
}
