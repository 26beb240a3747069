package io.fdiff.nn;

import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import java.util.Objects;
import java.util.function.DoubleFunction;

/**
 * The predictions of flow matching on {@link FlowPath#process()}: the velocity {@code α'y + β'ξ} of
 * the path without that of the mean, or the clean function {@code y = x₁ − m} (Kerrigan, Migliorini
 * and Smyth 2024).
 *
 * <p>The network is told the time itself, {@code ℓ = 16(s − ½)} with {@code s = 1 − t} the time of
 * the process, since the logarithm of noise over signal is infinite where a path begins. {@code
 * c_in = (α² + β²)^{−1/2}}. {@link NeuralField} gives the field, {@link NeuralDenoiser} the
 * denoiser.
 *
 * @param interpolant {@code α} and {@code β} of the path
 * @param predicted what the network predicts
 */
public record FlowTarget(Interpolant interpolant, Predicted predicted) implements Parametrization {

  /** What a network may predict. */
  public enum Predicted {
    /** {@code α'y + β'ξ}; determines field and denoiser at every time of the path. */
    VELOCITY,
    /** {@code y}; determines no velocity where the path has no noise left. */
    CLEAN
  }

  /** Maps the time in {@code [0, 1]} to the range of {@link LevelFeatures}. */
  private static final double RANGE = 16;

  /**
   * Checks the arguments.
   *
   * @param interpolant {@code α} and {@code β} of the path
   * @param predicted what the network predicts
   * @throws NullPointerException if an argument is null
   */
  public FlowTarget {
    Objects.requireNonNull(interpolant, "interpolant");
    Objects.requireNonNull(predicted, "predicted");
  }

  /**
   * The velocity of a path.
   *
   * @param path the path
   * @return the parametrization
   */
  public static FlowTarget velocity(FlowPath path) {
    return new FlowTarget(path.interpolant(), Predicted.VELOCITY);
  }

  /**
   * The data end of a path.
   *
   * @param path the path
   * @return the parametrization
   */
  public static FlowTarget clean(FlowPath path) {
    return new FlowTarget(path.interpolant(), Predicted.CLEAN);
  }

  /**
   * The factors for the process of the path.
   *
   * @param sde {@link FlowPath#process()} of a path with this interpolant
   * @return the factors by the time {@code s = 1 − t}
   * @throws IllegalArgumentException if the process is that of another path
   */
  @Override
  public DoubleFunction<Factors> on(SDE sde) {
    double middle = 0.5 * sde.horizon();
    double tau = sde.marginal(middle).mean().at(0);
    double alpha = sde.horizon() <= 1 ? interpolant.alpha(1 - middle) : Double.NaN;
    if (!(tau == alpha)) {
      throw new IllegalArgumentException(
          "mean factor "
              + tau
              + " of the process at time "
              + middle
              + " is not the α of "
              + interpolant
              + ": use FlowPath.process() of the same path");
    }
    return s -> {
      Marginal marginal = sde.marginal(s);
      double a = marginal.mean().at(0);
      double b = interpolant.beta(1 - s);
      double level = RANGE * (s - 0.5);
      Multiplier in = Multiplier.scalar(1 / Math.sqrt(a * a + b * b));
      boolean velocity = predicted == Predicted.VELOCITY;
      double clean = velocity ? interpolant.alphaRate(1 - s) : 1;
      double noise = velocity ? interpolant.betaRate(1 - s) : 0;
      double growth = velocity ? clean * b - noise * a : 1;
      return new Factors(
          level,
          in,
          Multiplier.scalar(velocity ? -noise / growth : 0),
          Multiplier.scalar(velocity ? b / growth : 1),
          Multiplier.scalar(clean),
          Multiplier.scalar(noise));
    };
  }
}
