package io.fdiff.nn;

import io.fdiff.denoise.DifferentiableDenoiser;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Classifier-free guidance {@code D_∅ + w(D_y − D_∅)} of two denoisers (Ho and Salimans 2022).
 *
 * <p>{@code w = 0} and {@code w = 1} are the two denoisers themselves and cost one evaluation,
 * other weights two. For {@code w} other than 0 and 1 it is the conditional mean of no law: it
 * trades variety for agreement with the condition. Thread-safe if both denoisers are.
 */
public final class GuidedDenoiser implements DifferentiableDenoiser {

  private final DifferentiableDenoiser unconditional;
  private final DifferentiableDenoiser conditional;
  private final double weight;

  private GuidedDenoiser(
      DifferentiableDenoiser unconditional, DifferentiableDenoiser conditional, double weight) {
    this.unconditional = unconditional;
    this.conditional = conditional;
    this.weight = weight;
  }

  /**
   * The guided denoiser.
   *
   * @param unconditional {@code D_∅}
   * @param conditional {@code D_y}
   * @param weight {@code w}, any finite number
   * @return the denoiser
   * @throws IllegalArgumentException if the weight is not finite
   */
  public static GuidedDenoiser of(
      DifferentiableDenoiser unconditional, DifferentiableDenoiser conditional, double weight) {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "guidance weight " + weight + " is not finite: 0 ignores the condition, 1 follows it");
    }
    return new GuidedDenoiser(
        Objects.requireNonNull(unconditional, "unconditional"),
        Objects.requireNonNull(conditional, "conditional"),
        weight);
  }

  /** A value of one of the two denoisers. */
  @FunctionalInterface
  private interface Value {
    INDArray of(DifferentiableDenoiser denoiser);
  }

  private INDArray mix(Value value) {
    if (weight == 0) {
      return value.of(unconditional);
    }
    if (weight == 1) {
      return value.of(conditional);
    }
    INDArray free = value.of(unconditional);
    return value.of(conditional).subi(free).muli(weight).addi(free);
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    return mix(denoiser -> denoiser.denoise(xt, t));
  }

  @Override
  public INDArray vjp(INDArray xt, INDArray t, INDArray cotangent) {
    return mix(denoiser -> denoiser.vjp(xt, t, cotangent));
  }
}
