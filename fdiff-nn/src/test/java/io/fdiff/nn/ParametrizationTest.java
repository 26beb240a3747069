package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.covariance.WhiteNoise;
import io.fdiff.denoise.Conversions;
import io.fdiff.denoise.Prediction;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.LevelSchedule;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.FunctionalDiffusion;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ParametrizationTest {

  private static final RegularGrid GRID = RegularGrid.unit(16);
  private static final SpectralCovariance NOISE =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1, 10));
  private static final SpectralCovariance DATA =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(8, 2, 2000));
  private static final SDE PRESERVING =
      VariancePreserving.of(NOISE, NoiseSchedule.linear(0.1, 20), 1);
  private static final RegularGrid SQUARE = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 8, 8);
  private static final SDE PER_MODE = FunctionalDiffusion.images32(SQUARE, 5);

  private static Map<String, Parametrization> kinds() {
    Map<String, Parametrization> kinds = new LinkedHashMap<>();
    for (Target target : Target.values()) {
      kinds.put(target.name(), target);
    }
    kinds.put("unit", Preconditioning.UNIT);
    kinds.put("ratio", new Preconditioning(0.3));
    return kinds;
  }

  private static List<SDE> processes() {
    List<SDE> processes = new ArrayList<>();
    processes.add(Driftless.of(NOISE, 20));
    processes.add(PRESERVING);
    processes.add(PER_MODE);
    return processes;
  }

  private static double[] normals(int seed, int length) {
    double[] values = new double[length];
    NoiseSource.of(seed).normals(0, 0, new int[] {length}, values, 0);
    return values;
  }

  private static INDArray function(SDE sde, double[] values) {
    return FunctionBatch.array(sde.noise().grid(), DataType.DOUBLE, 1, values);
  }

  private static double[] combine(Multiplier a, double[] x, Multiplier b, double[] y) {
    double[] out = new double[x.length];
    Multiplier.accumulate(a, x, b, y, out, 1, new Multiplier.Scratch());
    return out;
  }

  /**
   * If the network gives its target, the denoiser gives the clean function: to 1e-12 of the largest
   * term, which is y/(cancellation of skip τ + out clean), at noise from 1e-3 to 20.
   */
  @Test
  void everyTargetGivesTheSameCleanFunction() {
    for (SDE sde : processes()) {
      int n = sde.noise().grid().size();
      double[] y = normals(1, n);
      double[] xi = normals(2, n);
      for (double part : new double[] {1e-6, 1e-3, 0.1, 0.5, 1}) {
        double t = part * sde.horizon();
        Marginal marginal = sde.marginal(t);
        double[] x = combine(marginal.mean(), y, marginal.deviation(), xi);
        Map<String, Parametrization> all = kinds();
        if (sde == PRESERVING) {
          all.put("spectrum", SpectralPreconditioning.of(DATA));
        }
        all.forEach(
            (name, kind) -> {
              Factors f = kind.on(sde).apply(t);
              double[] network = combine(f.clean(), y, f.noise(), xi);
              double[] clean = combine(f.skip(), x, f.out(), network);
              for (int i = 0; i < n; i++) {
                // x/τ is the term that cancels in noise and score.
                double scale = 1;
                for (int k = 0; k < n; k++) {
                  scale = Math.max(scale, Math.abs(f.skip().at(k)) * 20);
                }
                assertThat(clean[i])
                    .as("%s at %s, point %d", name, t, i)
                    .isCloseTo(y[i], within(1e-12 * scale));
              }
            });
      }
    }
  }

  @Test
  void plainTargetsAreThePredictionsOfConversions() {
    for (SDE sde : processes()) {
      int n = sde.noise().grid().size();
      double[] y = normals(3, n);
      double[] xi = normals(4, n);
      double t = 0.3 * sde.horizon();
      Marginal marginal = sde.marginal(t);
      INDArray x = function(sde, combine(marginal.mean(), y, marginal.deviation(), xi));
      Conversions conversions = Conversions.at(sde, t);
      Prediction clean = new Prediction.Clean(function(sde, y));
      for (Target target : Target.values()) {
        Factors f = target.on(sde).apply(t);
        INDArray expected =
            switch (target) {
              case CLEAN -> clean.values();
              case NOISE -> conversions.noise(clean, x).values();
              case SCORE -> conversions.score(clean, x).values();
              case ROTATED -> conversions.rotated(clean, x).values();
            };
        double[] network = combine(f.clean(), y, f.noise(), xi);
        double[] values = new double[n];
        FunctionBatch.read(expected, values);
        for (int i = 0; i < n; i++) {
          assertThat(network[i])
              .as("%s[%d]", target, i)
              .isCloseTo(values[i], within(1e-12 * Math.max(10, Math.abs(values[i]))));
        }
      }
    }
  }

  /** For y ~ N(0, ρ), ξ ~ N(0, 1) input and target have variance 1 and are uncorrelated. */
  @Test
  void preconditioningWhitensInputAndTarget() {
    double rho = 2.5;
    Marginal marginal = PRESERVING.marginal(0.4);
    Factors f = new Preconditioning(rho).on(PRESERVING).apply(0.4);
    double in = f.in().at(0);
    double clean = in * marginal.mean().at(0);
    double noise = in * marginal.deviation().at(0);
    double a = f.clean().at(0);
    double b = f.noise().at(0);
    assertThat(clean * clean * rho + noise * noise).isCloseTo(1, within(1e-14));
    assertThat(a * a * rho + b * b).isCloseTo(1, within(1e-14));
    assertThat(clean * a * rho + noise * b).isCloseTo(0, within(1e-14));
  }

  /** Oracle E at VE σ = 1.7, μ = 2, λ = ½; coloured factors are the absolute ones over or by √λ. */
  @Test
  void factorsAreThoseOfTheOracle() {
    SDE sde = VarianceExploding.of(NOISE, LevelSchedule.geometric(0.1, 1.7), 1);
    Factors f = new Preconditioning(4).on(sde).apply(1);
    assertThat(f.skip().at(0)).isCloseTo(0.5805515239477503, within(1e-14));
    assertThat(f.out().at(0) * Math.sqrt(0.5)).isCloseTo(0.915913179348621, within(1e-14));
    assertThat(f.in().at(0) / Math.sqrt(0.5)).isCloseTo(0.5387724584403654, within(1e-14));
    assertThat(f.level()).isCloseTo(Math.log(1.7), within(1e-14));
  }

  @Test
  void spectrumGivesOneFactorAMode() {
    Factors f = SpectralPreconditioning.of(DATA).on(PRESERVING).apply(0.4);
    Marginal marginal = PRESERVING.marginal(0.4);
    double[] mu = DATA.eigenvalues();
    double[] lambda = NOISE.eigenvalues();
    double tau = marginal.mean().at(0);
    for (int k = 0; k < 16; k++) {
      double v = marginal.variance().at(0) * lambda[k];
      double total = tau * tau * mu[k] + v;
      assertThat(f.skip().at(k)).isCloseTo(tau * mu[k] / total, within(1e-14));
      assertThat(f.out().at(k) * Math.sqrt(lambda[k]))
          .isCloseTo(Math.sqrt(mu[k] * v / total), within(1e-14));
      assertThat(f.in().at(k)).isCloseTo(Math.sqrt(lambda[k] / total), within(1e-12));
    }
    // The process has one level for all modes.
    assertThat(f.level()).isCloseTo(Math.log(marginal.deviation().at(0) / tau), within(1e-14));
  }

  @Test
  void levelOfMultipliersPerModeIsTheRatioOfTraces() {
    double t = 0.4;
    Marginal marginal = PER_MODE.marginal(t);
    double[] lambda = PER_MODE.noise().spectral().orElseThrow().eigenvalues();
    SpectralCovariance data =
        SpectralCovariance.of(FourierTransform.of(SQUARE), Spectrum.bessel(2, 1, 1));
    double noise = 0;
    double own = 0;
    double given = 0;
    for (int k = 0; k < lambda.length; k++) {
      double square = marginal.mean().at(k) * marginal.mean().at(k);
      noise += marginal.variance().at(k) * lambda[k];
      own += square * lambda[k];
      given += square * data.eigenvalues()[k];
    }
    assertThat(Preconditioning.UNIT.on(PER_MODE).apply(t).level())
        .isCloseTo(0.5 * Math.log(noise / own), within(1e-13));
    assertThat(SpectralPreconditioning.of(data).on(PER_MODE).apply(t).level())
        .isCloseTo(0.5 * Math.log(noise / given), within(1e-13));
  }

  @Test
  void velocityDeterminesCleanFunctionAtBothEndsOfThePath() {
    for (Interpolant interpolant :
        new Interpolant[] {
          Interpolant.optimalTransport(1e-4),
          Interpolant.optimalTransport(0),
          Interpolant.variancePreserving()
        }) {
      FlowPath path = new FlowPath(interpolant, NOISE);
      for (double t : new double[] {0, 1e-6, 0.3, 0.9, 1}) {
        Factors f = FlowTarget.velocity(path).on(path.process()).apply(1 - t);
        double alpha = interpolant.alpha(t);
        double beta = interpolant.beta(t);
        double y = 0.7;
        double xi = -1.3;
        double velocity = f.clean().at(0) * y + f.noise().at(0) * xi;
        assertThat(velocity)
            .isCloseTo(interpolant.alphaRate(t) * y + interpolant.betaRate(t) * xi, within(1e-14));
        double clean = f.skip().at(0) * (alpha * y + beta * xi) + f.out().at(0) * velocity;
        assertThat(clean).as("%s at %s", interpolant, t).isCloseTo(y, within(1e-13));
        assertThat(f.level()).isCloseTo(8 - 16 * t, within(1e-14));
      }
    }
    FlowPath path = new FlowPath(Interpolant.variancePreserving(), NOISE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FlowTarget.velocity(path).on(PRESERVING))
        .withMessageContaining("FlowPath.process()");
  }

  @Test
  void readoutSolvesForAnyCombination() {
    double y = 0.7;
    double xi = -1.3;
    Marginal marginal = PRESERVING.marginal(0.4);
    double x = marginal.mean().at(0) * y + marginal.deviation().at(0) * xi;
    kinds()
        .forEach(
            (name, kind) -> {
              Factors f = kind.on(PRESERVING).apply(0.4);
              Factors.Readout readout = f.readout(1.5, -0.25, marginal);
              double network = f.clean().at(0) * y + f.noise().at(0) * xi;
              assertThat(readout.skip().at(0) * x + readout.out().at(0) * network)
                  .as(name)
                  .isCloseTo(1.5 * y - 0.25 * xi, within(1e-12));
              Factors same = Factors.predicting(f.level(), f.in(), f.clean(), f.noise(), marginal);
              assertThat(same.skip().at(0)).as(name).isCloseTo(f.skip().at(0), within(1e-13));
              assertThat(same.out().at(0)).as(name).isCloseTo(f.out().at(0), within(1e-13));
            });
  }

  @Test
  void badArgumentsAreRefused() {
    for (double ratio : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Preconditioning(ratio))
          .withMessageContaining("ratio " + ratio);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralPreconditioning.of(WhiteNoise.functionSpace(GRID)))
        .withMessageContaining("not diagonal");
    SpectralCovariance empty =
        SpectralCovariance.of(
            CosineTransform.of(GRID), (frequency, laplacian) -> frequency[0] < 5 ? 1 : 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralPreconditioning.of(empty).on(PRESERVING))
        .withMessageContaining("mode 5 has data variance 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralPreconditioning.of(DATA).on(PER_MODE))
        .withMessageContaining("domain");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Target.NOISE.on(PRESERVING).apply(2))
        .withMessageContaining("2.0");
  }

  @Test
  void featuresTellLevelsApart() {
    LevelFeatures features = new LevelFeatures(8);
    double[] last = new double[8];
    features.write(-8, last, 0);
    for (double level = -7.5; level <= 8; level += 0.5) {
      double[] here = new double[10];
      features.write(level, here, 2);
      // The slowest sine is monotone over the whole range.
      assertThat(here[2]).isGreaterThan(last[0]);
      assertThat(here[2] * here[2] + here[6] * here[6]).isCloseTo(1, within(1e-14));
      System.arraycopy(here, 2, last, 0, 8);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LevelFeatures(5))
        .withMessageContaining("5 level features");
    assertThat(Arrays.stream(last).allMatch(Double::isFinite)).isTrue();
  }
}
