package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VarianceExploding;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convex hull, nearest datum, mixtures and conversions over random data (H3, H7). */
class DenoiserPropertiesTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);

  @Provide
  Arbitrary<SDE> processes() {
    SpectralCovariance noise = Fixtures.diagonal(COSINE, 1, 0.5, 0.25, 0.1);
    return Arbitraries.of(
        Fixtures.preserving(noise),
        VarianceExploding.geometric(noise, 0.01, 50),
        Driftless.of(noise, 20),
        new EvolutionSDE(noise, NoiseSchedule.linear(0.1, 2), 1));
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void empiricalDenoiserStaysInTheHullOfTheData(
      @ForAll("processes") SDE sde,
      @ForAll @IntRange(min = 1, max = 12) int n,
      @ForAll @Scale(6) @DoubleRange(min = 0.0001, max = 1) double share,
      @ForAll @Scale(3) @DoubleRange(min = 0, max = 10) double size,
      @ForAll long seed) {
    INDArray data = Fixtures.random(GRID, DataType.DOUBLE, n, 1, seed);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, seed + 1).mul(size);
    double[] values = Fixtures.values(data);
    double[] d =
        Fixtures.values(
            EmpiricalDenoiser.of(sde, data).denoise(x, Fixtures.times(share * sde.horizon())));
    for (int p = 0; p < 4; p++) {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = p; i < values.length; i += 4) {
        least = Math.min(least, values[i]);
        most = Math.max(most, values[i]);
      }
      // Round-off of a weighted mean.
      assertThat(d[p])
          .isBetween(least - 1e-14 * (1 + Math.abs(least)), most + 1e-14 * (1 + Math.abs(most)));
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void atSmallTimesItReturnsTheDatumThatIsNearestInTheNormOfTheNoise(
      @ForAll("processes") SDE sde, @ForAll @IntRange(min = 2, max = 12) int n, @ForAll long seed) {
    INDArray data = Fixtures.random(GRID, DataType.DOUBLE, n, 1, seed);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, seed + 1);
    double t = 1e-9 * sde.horizon();
    double[] lambda = sde.noise().spectral().orElseThrow().eigenvalues();
    double[] c = Fixtures.values(COSINE.forward(data));
    double[] y = Fixtures.values(COSINE.forward(x));
    double[] distances = new double[n];
    int nearest = 0;
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < 4; k++) {
        double variance = sde.marginal(t).variance().at(k) * lambda[k];
        distances[i] += Math.pow(y[k] - sde.marginal(t).mean().at(k) * c[4 * i + k], 2) / variance;
      }
      nearest = distances[i] < distances[nearest] ? i : nearest;
    }
    for (int i = 0; i < n; i++) {
      // Two data at nearly one distance share the weight.
      if (i != nearest && distances[i] - distances[nearest] < 100) {
        return;
      }
    }
    INDArray d = EmpiricalDenoiser.of(sde, data).denoise(x, Fixtures.times(t));
    assertThat(Fixtures.distance(d, Fixtures.samples(data, nearest, nearest + 1)))
        .isLessThan(1e-13 * (1 + Fixtures.max(Fixtures.values(data))));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void mixtureIsTheMeanOfItsPartsWithItsProbabilities(
      @ForAll("processes") SDE sde,
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll boolean shared,
      @ForAll @Scale(6) @DoubleRange(min = 0.001, max = 1) double share,
      @ForAll long seed) {
    List<GaussianMeasure> parts = new ArrayList<>();
    SpectralCovariance one = Fixtures.diagonal(COSINE, 0.5, 0.3, 0, 0.1);
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      weights[i] = 1 + i;
      parts.add(
          GaussianMeasure.of(
              Fixtures.random(GRID, DataType.DOUBLE, 1, 1, seed + 10 + i),
              shared ? one : Fixtures.diagonal(COSINE, 0.5 + i, 0.3, 0.1 * i, 0.1)));
    }
    MixtureDenoiser mixture = MixtureDenoiser.of(sde, weights, parts);
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, seed);
    INDArray t = Fixtures.times(share * sde.horizon());
    double[] r = Fixtures.values(mixture.responsibilities(x, t));
    INDArray expected = x.mul(0);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      assertThat(r[i]).isBetween(0.0, 1.0);
      sum += r[i];
      expected.addi(GaussianDenoiser.of(sde, parts.get(i)).denoise(x, t).mul(r[i]));
    }
    assertThat(sum).isCloseTo(1, within(1e-14));
    assertThat(Fixtures.distance(mixture.denoise(x, t), expected))
        .isLessThan(1e-11 * (1 + Fixtures.max(Fixtures.values(expected))));
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void conversionsRoundTrip(
      @ForAll("processes") SDE sde,
      @ForAll @Scale(6) @DoubleRange(min = 0.05, max = 1) double share,
      @ForAll long seed) {
    Conversions to = Conversions.at(sde, share * sde.horizon());
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, seed);
    INDArray epsilon = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, seed + 1);
    Prediction noise = new Prediction.Noise(epsilon);
    // Amplified where v divides by τ or the score by ς.
    Prediction back = to.noise(to.score(to.velocity(to.rotated(noise, x), x), x), x);
    double tau = sde.marginal(share * sde.horizon()).mean().at(3);
    double size = 1 + Fixtures.max(Fixtures.values(epsilon)) + Fixtures.max(Fixtures.values(x));
    double sigma = sde.marginal(share * sde.horizon()).deviation().at(3);
    double amplification = (1 + sigma) / tau + (1 + tau) / sigma + 1;
    assertThat(Fixtures.distance(back.values(), epsilon)).isLessThan(1e-12 * size * amplification);
  }
}
