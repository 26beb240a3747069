package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.nn.Parametrization;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.SpectralPreconditioning;
import io.fdiff.nn.Target;
import io.fdiff.nn.loss.LossNorm;
import io.fdiff.nn.loss.LossWeight;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.sde.SpectralSDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * The conditional mean reaches the least loss there is. On Gaussian data it is {@code Σ_k c_k z_k²}
 * a sample with standard normal {@code z}: mean {@code Σ c_k}, variance {@code 2 Σ c_k²}. Bound of
 * five standard errors: a correct program fails with probability 6e-7 a comparison.
 */
class ObjectiveMinimumTest {

  private static final int SAMPLES = 1000;
  private static final double T = 0.3;
  private static final int N = 16;
  private static final RegularGrid GRID = RegularGrid.unit(N);

  private static SpectralCovariance spectrum(double scale, double power) {
    return SpectralCovariance.of(
        CosineTransform.of(GRID),
        (frequency, laplacian) -> scale * Math.pow(1 + frequency[0], -power));
  }

  private static SDE preserving(SpectralCovariance noise) {
    return VariancePreserving.of(noise, NoiseSchedule.linear(0.1, 20), 1);
  }

  private static DenoisingObjective objective(SDE sde, SpectralCovariance data) {
    return DenoisingObjective.of(sde, new ClosedForm.Fresh(data, 99));
  }

  private static void requireMinimum(
      String name,
      DenoisingObjective objective,
      SDE sde,
      SpectralCovariance data,
      int modes,
      IntToDoubleFunction c) {
    double mean = 0;
    double square = 0;
    for (int k = 0; k < modes; k++) {
      mean += c.applyAsDouble(k);
      square += c.applyAsDouble(k) * c.applyAsDouble(k);
    }
    Parametrization[] kinds = {
      Preconditioning.UNIT,
      Target.CLEAN,
      Target.NOISE,
      Target.SCORE,
      Target.ROTATED,
      SpectralPreconditioning.of(data)
    };
    double first = ClosedForm.minimum(objective, kinds[0], sde, data, T, SAMPLES, 7);
    assertThat(first).as(name).isCloseTo(mean, within(5 * Math.sqrt(2 * square / SAMPLES)));
    for (Parametrization kind : kinds) {
      // The same errors, whatever the network predicts.
      assertThat(ClosedForm.minimum(objective, kind, sde, data, T, SAMPLES, 7))
          .as("%s of %s", name, kind)
          .isCloseTo(first, within(1e-9 * first));
    }
  }

  @Test
  void everyLossHasItsMinimumAtTheConditionalMean() {
    SpectralCovariance noise = spectrum(0.5, 2);
    SpectralCovariance data = spectrum(2, 3);
    SDE sde = preserving(noise);
    Marginal marginal = sde.marginal(T);
    double tau = marginal.mean().at(0);
    double square = marginal.variance().at(0);
    double g = sde.diffusion(T).at(0);
    double[] mu = data.eigenvalues();
    double[] lambda = noise.eigenvalues();
    IntToDoubleFunction total = k -> tau * tau * mu[k] + square * lambda[k];
    IntToDoubleFunction clean = k -> mu[k] * square * lambda[k] / total.applyAsDouble(k);
    IntToDoubleFunction error = k -> lambda[k] * tau * tau * mu[k] / total.applyAsDouble(k);
    DenoisingObjective l2 = objective(sde, data);
    requireMinimum("clean", l2.withWeight(LossWeight.ON_CLEAN), sde, data, N, clean);
    requireMinimum("noise", l2.withWeight(LossWeight.ON_NOISE), sde, data, N, error);
    requireMinimum(
        "EDM",
        l2.withWeight(LossWeight.edm(0.7)),
        sde,
        data,
        N,
        k -> (tau * tau * 0.7 + square) / (0.7 * square) * clean.applyAsDouble(k));
    requireMinimum(
        "H¹",
        l2.withNorm(LossNorm.sobolev(Basis.COSINE, 1)).withWeight(LossWeight.ON_CLEAN),
        sde,
        data,
        N,
        k -> (1 + Math.PI * Math.PI * k * k) * clean.applyAsDouble(k));
    DenoisingObjective modes = l2.withNorm(LossNorm.cameronMartin(noise, 6));
    requireMinimum(
        "Cameron–Martin clean",
        modes.withWeight(LossWeight.ON_CLEAN),
        sde,
        data,
        6,
        k -> clean.applyAsDouble(k) / lambda[k]);
    requireMinimum(
        "Cameron–Martin noise",
        l2.withNorm(LossNorm.cameronMartin(noise)).withWeight(LossWeight.ON_NOISE),
        sde,
        data,
        N,
        k -> error.applyAsDouble(k) / lambda[k]);
    requireMinimum(
        "likelihood",
        l2.withNorm(LossNorm.cameronMartin(noise, N)).withWeight(LossWeight.LIKELIHOOD),
        sde,
        data,
        N,
        k -> 0.5 * Math.pow(g * tau / square, 2) * clean.applyAsDouble(k) / lambda[k]);
  }

  /** Oracle E: VP D1, μ = 2, λ = ½, t = 0.3, in every mode. */
  @Test
  void minimaAreThoseOfTheOracle() {
    SpectralCovariance noise = spectrum(0.5, 0);
    SpectralCovariance data = spectrum(2, 0);
    SDE sde = preserving(noise);
    DenoisingObjective l2 = objective(sde, data);
    requireMinimum("x0", l2.withWeight(LossWeight.ON_CLEAN), sde, data, N, k -> 0.5515458245470757);
    requireMinimum("ε", l2.withWeight(LossWeight.ON_NOISE), sde, data, N, k -> 0.3621135438632311);
    requireMinimum(
        "ε in Cameron–Martin",
        l2.withNorm(LossNorm.cameronMartin(noise, N)).withWeight(LossWeight.ON_NOISE),
        sde,
        data,
        N,
        k -> 0.7242270877264622);
  }

  /** The b/λ weight on errors of the clean function of a process with one rate a mode. */
  @Test
  void diffusionRatesWeighTheModesOfFunctionalDiffusion() {
    RegularGrid square = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 4, 4);
    SpectralSDE sde = FunctionalDiffusion.images32(square, 5);
    SpectralCovariance data =
        SpectralCovariance.of(
            FourierTransform.of(square), (frequency, laplacian) -> 1 / (1 + laplacian));
    double[] mu = data.eigenvalues();
    double[] lambda = sde.noise().eigenvalues();
    double[] b = sde.rates();
    Marginal marginal = sde.marginal(T);
    IntToDoubleFunction clean =
        k -> {
          double v = marginal.variance().at(k) * lambda[k];
          return mu[k] * v / (marginal.mean().at(k) * marginal.mean().at(k) * mu[k] + v);
        };
    DenoisingObjective objective = objective(sde, data).withWeight(LossWeight.ON_CLEAN);
    // Without a spectral norm the factors of each mode act in its modes.
    requireMinimum("L²", objective, sde, data, 16, clean);
    requireMinimum(
        "b/λ",
        objective.withNorm(LossNorm.diffusionRates(sde)),
        sde,
        data,
        16,
        k -> b[k] / lambda[k] * clean.applyAsDouble(k));
  }

  /** Oracle E5: λ = k⁻²; the least loss stays bounded for μ = k⁻⁴ and grows with n for k⁻². */
  @Test
  void cameronMartinLossIsBoundedIfTheDataAreSmoother() {
    SpectralCovariance noise = spectrum(1, 2);
    SDE sde = preserving(noise);
    double tau = sde.marginal(T).mean().at(0);
    double square = sde.marginal(T).variance().at(0);
    for (double power : new double[] {2, 4}) {
      SpectralCovariance data = spectrum(1, power);
      DenoisingObjective objective = objective(sde, data).withWeight(LossWeight.ON_CLEAN);
      double[] sums = new double[N + 1];
      for (int k = 0; k < N; k++) {
        double ratio = Math.pow(k + 1, 2 - power);
        sums[k + 1] = sums[k] + ratio * square / (tau * tau * ratio + square);
      }
      for (int modes : new int[] {2, 4, 8, 16}) {
        double loss =
            ClosedForm.minimum(
                objective.withNorm(LossNorm.cameronMartin(noise, modes)),
                Preconditioning.UNIT,
                sde,
                data,
                T,
                SAMPLES,
                7);
        // Every c_k is below 1.
        assertThat(loss).isCloseTo(sums[modes], within(5 * Math.sqrt(2.0 * modes / SAMPLES)));
      }
      assertThat(sums[16] / sums[8]).isBetween(power == 2 ? 1.99 : 1, power == 2 ? 2.01 : 1.1);
    }
  }
}
