package io.fdiff.nn;

import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import java.util.Objects;

/**
 * What ties a network {@code F} to a denoiser at one time, {@code D = m + c_skip x̃ + c_out F(c_in
 * x̃, ℓ)}, {@code x̃ = x − τm = τy + ςξ}, {@code y = x₀ − m}: numbers, or one number for each mode.
 *
 * <p>Law: {@code F} should be {@code c_clean y + c_noise ξ = (y − c_skip x̃)/c_out}, written as the
 * first form, which has no cancellation at small {@code ς}; so {@code c_skip τ + c_out c_clean = 1}
 * and {@code c_skip ς + c_out c_noise = 0}. Immutable.
 *
 * @param level {@code ℓ}, what the network is told of the noise, see {@link LevelFeatures}
 * @param in {@code c_in}
 * @param skip {@code c_skip}
 * @param out {@code c_out}
 * @param clean {@code c_clean}, the share of the clean function in the target
 * @param noise {@code c_noise}, the share of the noise in the target
 */
public record Factors(
    double level,
    Multiplier in,
    Multiplier skip,
    Multiplier out,
    Multiplier clean,
    Multiplier noise) {

  /**
   * Checks that no factor is missing.
   *
   * @param level {@code ℓ}, what the network is told of the noise
   * @param in {@code c_in}
   * @param skip {@code c_skip}
   * @param out {@code c_out}
   * @param clean {@code c_clean}
   * @param noise {@code c_noise}
   * @throws NullPointerException if a factor is null
   */
  public Factors {
    Objects.requireNonNull(in, "in");
    Objects.requireNonNull(skip, "skip");
    Objects.requireNonNull(out, "out");
    Objects.requireNonNull(clean, "clean");
    Objects.requireNonNull(noise, "noise");
  }

  /**
   * The factors of a network that predicts {@code c_clean y + c_noise ξ}: with {@code d = c_clean ς
   * − c_noise τ}, {@code c_skip = −c_noise/d} and {@code c_out = ς/d}.
   *
   * @param level {@code ℓ}
   * @param in {@code c_in}
   * @param clean {@code c_clean}
   * @param noise {@code c_noise}
   * @param marginal the law of {@code X_t} given {@code X_0}
   * @return the factors
   * @throws IllegalArgumentException if multipliers act on different modes
   */
  public static Factors predicting(
      double level, Multiplier in, Multiplier clean, Multiplier noise, Marginal marginal) {
    Multiplier sigma = marginal.deviation();
    Multiplier determinant = determinant(clean, noise, marginal);
    return new Factors(
        level,
        in,
        noise.combine(determinant, (n, d) -> -n / d),
        sigma.combine(determinant, (s, d) -> s / d),
        clean,
        noise);
  }

  private static Multiplier determinant(Multiplier clean, Multiplier noise, Marginal marginal) {
    return clean.times(marginal.deviation()).plus(noise.times(marginal.mean()).times(-1));
  }

  /** {@code a E[y] + b E[ξ]} as a combination of {@code x̃} and {@code F}. */
  Readout readout(double a, double b, Marginal marginal) {
    Multiplier determinant = determinant(clean, noise, marginal);
    Multiplier state = clean.combine(noise, (c, n) -> b * c - a * n);
    Multiplier network = marginal.deviation().combine(marginal.mean(), (s, m) -> a * s - b * m);
    return new Readout(
        a,
        state.combine(determinant, (s, d) -> s / d),
        network.combine(determinant, (s, d) -> s / d));
  }

  /**
   * {@code mean · m + skip x̃ + out F}.
   *
   * @param mean factor of the mean function
   * @param skip factor of the centred state
   * @param out factor of the network
   */
  record Readout(double mean, Multiplier skip, Multiplier out) {}
}
