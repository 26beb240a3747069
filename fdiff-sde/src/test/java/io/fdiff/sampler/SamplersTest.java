package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The addresses of noise, the rules for the length of a Langevin step, arguments. */
class SamplersTest {

  @Test
  void noiseIsReadAtFixedAddresses() {
    // Predictor: stream 1, corrector c: stream 2, then c; each at the step. Part of the contract,
    // for equal seeds must give equal samples in every version of the library.
    Grid grid = RegularGrid.unit(4);
    SpectralCovariance c =
        SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(3, 1, 1));
    List<String> heard = new ArrayList<>();
    OpaqueCovariance noise = new OpaqueCovariance(c).whenSampled(s -> heard.add(s.toString()));
    SDE sde = Fixtures.preserving(noise);
    NoiseSource source = NoiseSource.of(4).withFirstSample(3);
    PredictorCorrector.of(TimeGrid.of(1, 0.5, 0.1), 2, LangevinStep.fixed(0.2))
        .sample(
            sde,
            GaussianDenoiser.of(Fixtures.preserving(c), GaussianMeasure.centred(c)),
            Fixtures.constant(grid, 1),
            source);
    List<String> expected = new ArrayList<>();
    for (int step = 0; step < 2; step++) {
      expected.add(source.withStream(1).withStep(step).toString());
      expected.add(source.withStream(2).withStream(0).withStep(step).toString());
      expected.add(source.withStream(2).withStream(1).withStep(step).toString());
    }
    assertThat(heard).isEqualTo(expected);
  }

  /** Arguments of a rule. */
  private record Heard(double noiseNorm, double scoreNorm, double variance) {}

  @Test
  void langevinRuleHearsOfTheNormsOfEachSample() {
    // A process without drift whose variance differs by mode, smallest in the middle; the denoised
    // state is 0, so the score is −V⁻¹x.
    List<Interval> box = List.of(new Interval(0, 3));
    Grid grid = RegularGrid.of(box, RegularGrid.Layout.NODE, 3);
    SpectralCovariance c = Fixtures.diagonal(CosineTransform.of(grid), 1, 0.5, 0.25);
    Multiplier variance = Multiplier.perMode(c.transform(), new double[] {3, 0.5, 2});
    SDE sde = new Still(c, variance);
    List<Heard> heard = new ArrayList<>();
    LangevinStep rule =
        (noiseNorm, scoreNorm, smallest) -> {
          heard.add(new Heard(noiseNorm, scoreNorm, smallest));
          return 1e-300;
        };
    INDArray terminal = Fixtures.random(grid, DataType.DOUBLE, 2, 3, 5);
    INDArray[] state = new INDArray[1];
    PredictorCorrector.of(TimeGrid.of(1, 0.5), 1, rule)
        .sample(
            sde,
            (x, t) -> {
              state[0] = x.dup('c');
              return x.mul(0);
            },
            terminal,
            NoiseSource.of(1));
    INDArray score = variance.map(v -> 1 / v).apply(state[0]);
    INDArray norms = new L2Space(grid).norm(score);
    assertThat(heard).hasSize(2);
    for (int b = 0; b < 2; b++) {
      // Three channels: E‖ξ‖² = 3 tr R.
      assertThat(heard.get(b).noiseNorm()).isCloseTo(Math.sqrt(3 * 1.75), within(1e-14));
      double norm = norms.getDouble(b);
      assertThat(heard.get(b).scoreNorm()).isCloseTo(norm, within(1e-13 * norm));
      assertThat(heard.get(b).variance()).isEqualTo(0.5);
    }
  }

  /** A process that stands still but for the variance it claims. */
  private record Still(CovarianceOperator noise, Multiplier variance) implements SDE {
    @Override
    public double horizon() {
      return 1;
    }

    @Override
    public Multiplier driftRate(double t) {
      return Multiplier.scalar(0);
    }

    @Override
    public Multiplier diffusion(double t) {
      return Multiplier.scalar(0.1);
    }

    @Override
    public Marginal transition(double s, double t) {
      return new Marginal(Multiplier.scalar(1), variance, noise);
    }

    @Override
    public SDE on(Grid grid) {
      throw new AssertionError("not asked for");
    }
  }

  @Test
  void signalToNoiseRule() {
    LangevinStep rule = LangevinStep.signalToNoise(0.16);
    // 2(0.16·3/4)² = 0.0288, below the variance 1.
    assertThat(rule.length(3, 4, 1)).isCloseTo(0.0288, within(1e-16));
    // Bounded by the variance, also where the score vanishes.
    assertThat(rule.length(3, 4, 0.01)).isEqualTo(0.01);
    assertThat(rule.length(3, 0, 0.7)).isEqualTo(0.7);
  }

  @Test
  void fixedRuleIsAFractionOfTheVariance() {
    assertThat(LangevinStep.fixed(0.2).length(3, 4, 0.5)).isCloseTo(0.1, within(1e-16));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LangevinStep.signalToNoise(bad))
          .withMessageContaining("ratio " + bad);
    }
    for (double bad : new double[] {0, 2, -0.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LangevinStep.fixed(bad))
          .withMessageContaining("step of " + bad)
          .withMessageContaining("(0, 2)");
    }
    TimeGrid times = TimeGrid.uniform(1, 3);
    for (int bad : new int[] {0, -1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PredictorCorrector.of(times, bad, LangevinStep.fixed(0.2)))
          .withMessageContaining(bad + " corrections")
          .withMessageContaining("EulerMaruyama");
    }
  }
}
