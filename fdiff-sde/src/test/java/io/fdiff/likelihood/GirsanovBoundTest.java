package io.fdiff.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.likelihood.PathDivergence.Finding;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.sde.TerminalLaw;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Bounds by Girsanov's theorem (oracle G9). */
class GirsanovBoundTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);
  private static final double[] LAMBDA = {1, 0.5, 0.25, 0.1};
  private static final double[] MU = {2, 0.3, 0.4, 0.02};
  private static final SpectralCovariance NOISE = Fixtures.diagonal(COSINE, LAMBDA);
  private static final double[] MEAN = {0.5, -0.2, 0.1, 0.3};

  private static GaussianMeasure data() {
    double[] values = new double[4];
    COSINE.inverse(MEAN, values, 1);
    return GaussianMeasure.of(Fixtures.of(GRID, values), Fixtures.diagonal(COSINE, MU));
  }

  /** The exact denoiser of other moments: wrong in slope and constant. */
  private static GirsanovBound.AffineDenoiser perturbed(SDE sde, double scale, double shift) {
    return new GirsanovBound.AffineDenoiser() {
      @Override
      public double gain(int k, double t) {
        Marginal at = sde.marginal(t);
        double tau = at.mean().at(k);
        double mu = scale * MU[k];
        return tau * mu / (tau * tau * mu + at.variance().at(k) * LAMBDA[k]);
      }

      @Override
      public double offset(int channel, int k, double t) {
        double mean = MEAN[k] + shift * Math.sqrt(LAMBDA[k]);
        return mean * (1 - gain(k, t) * sde.marginal(t).mean().at(k));
      }
    };
  }

  private static Denoiser denoiser(GirsanovBound.AffineDenoiser model) {
    return (x, t) ->
        FunctionBatch.of(GRID, x)
            .map(
                (in, out, rows) -> {
                  double[] c = new double[in.length];
                  COSINE.forward(in, c, rows);
                  for (int i = 0; i < c.length; i++) {
                    double time = t.getDouble(i / 4);
                    c[i] = model.offset(0, i % 4, time) + model.gain(i % 4, time) * c[i];
                  }
                  COSINE.inverse(c, out, rows);
                });
  }

  @Test
  void exactDenoisersCostTheTerminalDivergenceAlone() {
    SDE sde = Fixtures.preserving(NOISE);
    double terminal = TerminalLaw.of(sde, data()).divergence();
    PathDivergence divergence =
        GirsanovBound.exact(sde, data(), perturbed(sde, 1, 0), terminal, 0.01, 8);
    assertThat(divergence.truncated()).isCloseTo(terminal, within(1e-14));
    assertThat(divergence.terminal()).isEqualTo(terminal);
    PathDivergence sampled =
        GirsanovBound.estimate(
            sde,
            GaussianDenoiser.of(sde, data()),
            GaussianDenoiser.of(sde, data()),
            data().sample(NoiseSource.of(1), 3),
            NoiseSource.of(2),
            terminal,
            0.01,
            1);
    assertThat(sampled.truncated()).isCloseTo(terminal, within(1e-14));
  }

  @Test
  void boundsTheDivergenceOfTheOutputs() {
    for (SDE sde : new SDE[] {Fixtures.preserving(NOISE), Driftless.of(NOISE, 20)}) {
      double terminal = TerminalLaw.of(sde, data()).divergence();
      double from = 0.01 * sde.horizon();
      for (double[] change : new double[][] {{1.4, 0}, {0.5, 0.3}, {1, 0.5}}) {
        GirsanovBound.AffineDenoiser model = perturbed(sde, change[0], change[1]);
        double bound = GirsanovBound.exact(sde, data(), model, terminal, from, 16).truncated();
        double outputs = divergenceOfOutputs(sde, model, from);
        assertThat(outputs).isGreaterThan(1e-3);
        assertThat(bound).isGreaterThan(outputs);
        // Not far above: the data processing inequality loses less than a factor of 3 here.
        assertThat(bound).isLessThan(3 * outputs);
      }
    }
  }

  /** KL of N(τm, V) from the law of the reverse SDE with the model, by its moment equations. */
  private static double divergenceOfOutputs(
      SDE sde, GirsanovBound.AffineDenoiser model, double from) {
    double sum = 0;
    int steps = 20_000;
    double ratio = Math.pow(from / sde.horizon(), 1.0 / steps);
    for (int k = 0; k < 4; k++) {
      double t = sde.horizon();
      double mean = 0;
      double spread = sde.marginal(t).variance().at(k) * LAMBDA[k];
      for (int i = 0; i < steps; i++) {
        double next = t * ratio;
        // The midpoint rule.
        double[] first = moments(sde, model, k, t, mean, spread);
        double h = t - next;
        double[] middle =
            moments(sde, model, k, t - h / 2, mean + h / 2 * first[0], spread + h / 2 * first[1]);
        mean += h * middle[0];
        spread += h * middle[1];
        t = next;
      }
      Marginal end = sde.marginal(from);
      double tau = end.mean().at(k);
      double v = tau * tau * MU[k] + end.variance().at(k) * LAMBDA[k];
      double d = tau * MEAN[k] - mean;
      sum += 0.5 * (v / spread + d * d / spread - 1 - Math.log(v / spread));
    }
    return sum;
  }

  /** Rates, in backward time, of mean and variance: drift −Fx − G²(x − τD̂)/V. */
  private static double[] moments(
      SDE sde, GirsanovBound.AffineDenoiser model, int k, double t, double mean, double spread) {
    double g = sde.diffusion(t).at(k);
    Marginal at = sde.marginal(t);
    double tau = at.mean().at(k);
    double pull = g * g / at.variance().at(k);
    double slope = -sde.driftRate(t).at(k) - pull * (1 - tau * model.gain(k, t));
    double constant = pull * tau * model.offset(0, k, t);
    return new double[] {slope * mean + constant, 2 * slope * spread + g * g * LAMBDA[k]};
  }

  @Test
  void estimatesAgreeWithTheExactValue() {
    SDE sde = Fixtures.preserving(NOISE);
    GirsanovBound.AffineDenoiser model = perturbed(sde, 1.4, 0.3);
    PathDivergence exact = GirsanovBound.exact(sde, data(), model, 0.25, 0.01, 4);
    PathDivergence sampled =
        GirsanovBound.estimate(
            sde,
            GaussianDenoiser.of(sde, data()),
            denoiser(model),
            data().sample(NoiseSource.of(1), 500),
            NoiseSource.of(2),
            0.25,
            0.01,
            4);
    // One comparison at |z| < 5: below 1e-6. Same rule in time on both sides.
    assertThat(sampled.standardError()).isBetween(1e-4, 0.1 * exact.truncated());
    assertThat(Math.abs(sampled.truncated() - exact.truncated()))
        .isLessThan(5 * sampled.standardError());
    assertThat(sampled.term(0)).isCloseTo(exact.term(0), within(0.2 * exact.term(0)));
  }

  @Test
  void estimatesOfAFunctionDependOnItsAddressAlone() {
    SDE sde = Fixtures.preserving(NOISE);
    Denoiser exact = GaussianDenoiser.of(sde, data());
    Denoiser model = denoiser(perturbed(sde, 1.4, 0.3));
    INDArray x = data().sample(NoiseSource.of(1), 3);
    double whole =
        GirsanovBound.estimate(sde, exact, model, x, NoiseSource.of(2), 0, 0.01, 1).truncated();
    double parts = 0;
    for (int b = 0; b < 3; b++) {
      parts +=
          GirsanovBound.estimate(
                      sde,
                      exact,
                      model,
                      Fixtures.samples(x, b, b + 1),
                      NoiseSource.of(2).withFirstSample(b),
                      0,
                      0.01,
                      1)
                  .truncated()
              / 3;
    }
    assertThat(parts).isCloseTo(whole, within(1e-12 * whole));
  }

  @Test
  void infiniteIfTheErrorOfTheScoreLeavesTheCameronMartinSpace() {
    // λ = (1+k)^−2. Errors in D of variance λ (white after whitening): +∞. Of λ/(1+k)²: finite.
    Grid grid = RegularGrid.unit(128);
    SpectralTransform transform = CosineTransform.of(grid);
    SpectralCovariance noise = SpectralCovariance.of(transform, (f, l) -> Math.pow(1 + f[0], -2));
    SDE sde = Fixtures.preserving(noise);
    GaussianMeasure data =
        GaussianMeasure.of(
            Fixtures.constant(grid, 0),
            SpectralCovariance.of(transform, (f, l) -> Math.pow(1 + f[0], -4)));
    GaussianDenoiser exact = GaussianDenoiser.of(sde, data);
    PathDivergence[] found = new PathDivergence[3];
    for (int p = 0; p < 3; p++) {
      double power = 0.5 * p;
      found[p] =
          GirsanovBound.exact(
              sde,
              data,
              new GirsanovBound.AffineDenoiser() {
                @Override
                public double gain(int k, double t) {
                  Marginal at = sde.marginal(t);
                  return exact.modes().gain(k, at.mean().at(k), at.variance().at(k));
                }

                @Override
                public double offset(int channel, int k, double t) {
                  return 0.1 * t * Math.pow(1 + k, -1 - power);
                }
              },
              0,
              0.01,
              4);
    }
    assertThat(found[0].finding()).isEqualTo(Finding.DIVERGES);
    assertThat(found[0].value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(found[0].truncated()).isFinite();
    assertThat(found[0].partialSums().growthExponent()).isCloseTo(1, within(1e-9));
    // Σ 1/k grows like a logarithm, which sums cannot tell from convergence.
    assertThat(found[1].finding()).isEqualTo(Finding.UNDECIDED);
    assertThat(found[2].finding()).isEqualTo(Finding.CONVERGES);
    assertThat(found[2].value()).isEqualTo(found[2].truncated()).isPositive();
    // β/V² weights, a² ∫: each term is the same integral times (1+k)^−2p.
    assertThat(found[0].term(5)).isCloseTo(found[0].term(0), within(1e-12));
    assertThat(found[2].term(4)).isCloseTo(found[0].term(0) / 25, within(1e-12));
  }

  @Test
  void evidenceOfTheExactDenoiserIsTheDropOfEntropy() {
    SDE sde = Fixtures.preserving(NOISE);
    INDArray x = data().sample(NoiseSource.of(1), 2000);
    Estimate exact =
        GirsanovBound.evidence(
            sde, GaussianDenoiser.of(sde, data()), x, NoiseSource.of(2), 0.02, 2);
    double drop = EntropyIdentity.drop(sde, data(), 0.02);
    // One comparison at |z| < 5: below 1e-6; the rule in time is far below.
    assertThat(Math.abs(exact.value() - drop)).isLessThan(5 * exact.standardError());
    assertThat(exact.standardError()).isLessThan(0.3 * drop);
    // A wrong model has less evidence, by its path divergence: same functions and noise.
    GirsanovBound.AffineDenoiser model = perturbed(sde, 1.4, 1);
    Estimate worse = GirsanovBound.evidence(sde, denoiser(model), x, NoiseSource.of(2), 0.02, 2);
    double cost = GirsanovBound.exact(sde, data(), model, 0, 0.02, 2).truncated();
    assertThat(exact.value() - worse.value()).isCloseTo(cost, within(0.35 * cost));
  }

  @Test
  void badArgumentsAreRefused() {
    SDE sde = Fixtures.preserving(NOISE);
    GirsanovBound.AffineDenoiser model = perturbed(sde, 1, 0);
    for (double from : new double[] {0, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> GirsanovBound.exact(sde, data(), model, 0, from, 4))
          .withMessageContaining("start " + from);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GirsanovBound.exact(sde, data(), model, 0, 0.1, 0))
        .withMessageContaining("0 panels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GirsanovBound.exact(sde, data(), model, -1, 0.1, 1))
        .withMessageContaining("divergence -1.0");
    INDArray x = data().sample(NoiseSource.of(1), 3);
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () ->
                GirsanovBound.evidence(
                    sde,
                    (z, t) -> z.dup().putScalar(new long[] {2, 0, 1}, Double.NaN),
                    x,
                    NoiseSource.of(2),
                    0.02,
                    1))
        .withMessageContaining("node 0")
        .withMessageContaining("sample 2")
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GirsanovBound.evidence(
                    Driftless.of(NOISE, 1), (z, t) -> z, x, NoiseSource.of(2), 0.02, 1))
        .withMessageContaining("does not keep N(0, R)");
  }
}
