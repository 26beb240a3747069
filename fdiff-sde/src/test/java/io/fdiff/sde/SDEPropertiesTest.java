package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Semigroup and score identities over random processes, times and spectra. */
class SDEPropertiesTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);

  @Provide
  Arbitrary<SDE> processes() {
    SpectralCovariance noise = Fixtures.diagonal(COSINE, 1, 0.5, 0.25, 0.1);
    Arbitrary<Double> unit = Arbitraries.doubles().ofScale(6).between(0.01, 1);
    return Arbitraries.oneOf(
        Combinators.combine(unit, unit, unit)
            .as(
                (a, b, c) ->
                    VariancePreserving.of(noise, NoiseSchedule.linear(a, a + 20 * b), 2 * c)),
        Combinators.combine(unit, unit)
            .as((a, b) -> VarianceExploding.geometric(noise, a, a + 50 * b)),
        unit.map(a -> Driftless.of(noise, 100 * a)),
        Combinators.combine(unit, unit, unit)
            .as(
                (a, b, c) ->
                    SubVariancePreserving.of(noise, NoiseSchedule.linear(a, a + 20 * b), 2 * c)),
        Combinators.combine(unit, unit)
            .as((a, b) -> VariancePreserving.of(noise, NoiseSchedule.cosine(a, 4 + 50 * b), 1)),
        unit.map(a -> VarianceExploding.karras(noise, 0.001 * a, 80)),
        Combinators.combine(unit, unit)
            .as(
                (a, b) ->
                    SpectralSDE.of(
                        noise,
                        (frequency, laplacian) -> a / (1 + frequency[0]) + 0.01,
                        NoiseSchedule.exponential(0.02 * b, 3),
                        1)),
        Combinators.combine(unit, unit)
            .as(
                (a, b) ->
                    Blurring.of(
                        noise,
                        NoiseSchedule.linear(a, a + 5 * b),
                        LevelSchedule.karras(0.01, 0.01 + 0.2 * a, 1),
                        1)),
        Combinators.combine(unit, unit)
            .as((a, b) -> new EvolutionSDE(noise, NoiseSchedule.linear(a, a + 5 * b), 1 + a)));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void transitionsAreASemigroup(
      @ForAll("processes") SDE sde,
      @ForAll @Size(3) List<@Scale(6) @DoubleRange(min = 0.0001, max = 1) Double> shares) {
    double[] t = shares.stream().mapToDouble(s -> s * sde.horizon()).sorted().toArray();
    if (!(t[0] < t[1] && t[1] < t[2])) {
      return;
    }
    Marginal whole = sde.transition(t[0], t[2]);
    Marginal composed = sde.transition(t[0], t[1]).then(sde.transition(t[1], t[2]));
    Marginal from = sde.marginal(t[0]);
    Marginal to = sde.marginal(t[2]);
    for (int k = 0; k < 4; k++) {
      double m = whole.mean().at(k);
      double v = whole.variance().at(k);
      assertThat(composed.mean().at(k)).isCloseTo(m, within(1e-12 * m));
      assertThat(composed.variance().at(k)).isCloseTo(v, within(1e-12 * v));
      assertThat(v).isPositive();
      assertThat(to.mean().at(k)).isCloseTo(m * from.mean().at(k), within(1e-12 * m));
      double sum = v + m * m * from.variance().at(k);
      assertThat(to.variance().at(k)).isCloseTo(sum, within(1e-12 * sum));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void reverseStepsKeepTheLawGivenTheData(
      @ForAll("processes") SDE sde,
      @ForAll @Scale(6) @DoubleRange(min = 0, max = 2) double eta,
      @ForAll @Size(2) List<@Scale(6) @DoubleRange(min = 0.0001, max = 1) Double> shares) {
    double s = Math.min(shares.get(0), shares.get(1)) * sde.horizon();
    double t = Math.max(shares.get(0), shares.get(1)) * sde.horizon();
    if (!(s < t)) {
      return;
    }
    ReverseStep step = ReverseStep.exponential(sde, s, t, eta);
    Marginal early = sde.marginal(s);
    Marginal late = sde.marginal(t);
    for (int k = 0; k < 4; k++) {
      double a = step.state().at(k);
      double tau = early.mean().at(k);
      assertThat(a * late.mean().at(k) + step.clean().at(k)).isCloseTo(tau, within(1e-12 * tau));
      double variance = early.variance().at(k);
      assertThat(a * a * late.variance().at(k) + step.variance().at(k))
          .isCloseTo(variance, within(1e-12 * variance));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void gaussianDenoiserAndScoreAreTheClosedForms(
      @ForAll("processes") SDE sde,
      @ForAll @Size(4) List<@Scale(6) @DoubleRange(min = 0, max = 3) Double> spectrum,
      @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 1) double share,
      @ForAll long seed) {
    double[] mu = spectrum.stream().mapToDouble(v -> v < 0.1 ? 0 : v).toArray();
    double[] lambda = sde.noise().spectral().orElseThrow().eigenvalues();
    double t = share * sde.horizon();
    INDArray m = Fixtures.of(GRID, Fixtures.rough(4, seed));
    INDArray x = Fixtures.of(GRID, Fixtures.rough(4, seed + 1));
    GaussianDenoiser denoiser =
        GaussianDenoiser.of(sde, GaussianMeasure.of(m, Fixtures.diagonal(COSINE, mu)));
    INDArray denoised = denoiser.denoise(x, Fixtures.times(t));
    Marginal marginal = sde.marginal(t);
    double[] d = Fixtures.values(COSINE.forward(denoised));
    double[] s = Fixtures.values(COSINE.forward(marginal.score(x, denoised)));
    double[] mk = Fixtures.values(COSINE.forward(m));
    double[] xk = Fixtures.values(COSINE.forward(x));
    for (int k = 0; k < 4; k++) {
      double tau = marginal.mean().at(k);
      double v = marginal.variance().at(k) * lambda[k];
      double total = tau * tau * mu[k] + v;
      double residual = xk[k] - tau * mk[k];
      double expected = mk[k] + tau * mu[k] / total * residual;
      assertThat(d[k]).isCloseTo(expected, within(1e-11 * (1 + Math.abs(expected))));
      // S = C∇log p: −λ(x − τm)/V. It divides by v/λ what D has rounded.
      double score = -lambda[k] * residual / total;
      double scale = (Math.abs(xk[k]) + tau * Math.abs(mk[k])) / marginal.variance().at(k);
      assertThat(s[k]).isCloseTo(score, within(1e-11 * (scale + Math.abs(score))));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void denoiserIsAffine(
      @ForAll("processes") SDE sde,
      @ForAll @Scale(6) @DoubleRange(min = -3, max = 3) double a,
      @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 1) double share,
      @ForAll long seed) {
    GaussianMeasure data =
        GaussianMeasure.of(
            Fixtures.of(GRID, Fixtures.rough(4, seed)),
            Fixtures.diagonal(COSINE, 0.7, 0.1, 2, 0.5));
    GaussianDenoiser denoiser = GaussianDenoiser.of(sde, data);
    INDArray t = Fixtures.times(share * sde.horizon());
    INDArray x = Fixtures.of(GRID, Fixtures.rough(4, seed + 1));
    INDArray y = Fixtures.of(GRID, Fixtures.rough(4, seed + 2));
    INDArray mixed = denoiser.denoise(x.mul(a).add(y.mul(1 - a)), t);
    INDArray expected = denoiser.denoise(x, t).mul(a).add(denoiser.denoise(y, t).mul(1 - a));
    double size = 1 + Fixtures.max(Fixtures.values(expected));
    assertThat(Fixtures.distance(mixed, expected)).isLessThan(1e-10 * size);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void multipliersFormAnAlgebraOfOperators(
      @ForAll @Size(4) List<@Scale(6) @DoubleRange(min = -3, max = 3) Double> first,
      @ForAll @Size(4) List<@Scale(6) @DoubleRange(min = -3, max = 3) Double> second,
      @ForAll @Scale(6) @DoubleRange(min = -3, max = 3) double factor,
      @ForAll long seed) {
    Multiplier a = Multiplier.perMode(COSINE, first.stream().mapToDouble(v -> v).toArray());
    Multiplier b = Multiplier.perMode(COSINE, second.stream().mapToDouble(v -> v).toArray());
    INDArray x = Fixtures.of(GRID, Fixtures.rough(4, seed));
    assertClose(a.times(b).apply(x), a.apply(b.apply(x)));
    assertClose(b.times(a).apply(x), a.apply(b.apply(x)));
    assertClose(a.plus(b).apply(x), a.apply(x).add(b.apply(x)));
    assertClose(a.times(factor).apply(x), a.apply(x).mul(factor));
    assertClose(Multiplier.scalar(factor).times(a).apply(x), a.apply(x).mul(factor));
    assertClose(a.plus(Multiplier.scalar(factor)).apply(x), a.apply(x).add(x.mul(factor)));
    assertThat(Arrays.stream(new int[] {0, 1, 2, 3}).mapToDouble(a::at))
        .containsExactlyElementsOf(first);
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    assertThat(Fixtures.distance(actual, expected))
        .isLessThan(1e-12 * (1 + Fixtures.max(Fixtures.values(expected))));
  }
}
