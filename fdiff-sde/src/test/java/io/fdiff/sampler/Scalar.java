package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.function.Function;

/**
 * One mode of a Gaussian problem: noise λ, data N(m, μ), held as constant functions on two points,
 * whose coefficient is their value.
 */
record Scalar(double lambda, double mu, double m, Function<CovarianceOperator, SDE> process) {

  private static final Grid GRID = RegularGrid.unit(2);
  private static final SpectralTransform TRANSFORM = CosineTransform.of(GRID);

  /** Mean and variance of a scalar. */
  record Law(double mean, double variance) {}

  /** Laws of the last state and of the sample. */
  record Laws(Law state, Law output) {}

  /** {@code x = offset + terminal·x_T + Σ_j noises_j ξ_j}. */
  @SuppressWarnings("ArrayRecordComponent") // Read once, by the test that asked for it.
  record Response(double offset, double terminal, double[] noises) {}

  SDE sde() {
    return process.apply(noise());
  }

  private CovarianceOperator noise() {
    return Fixtures.flat(TRANSFORM, lambda);
  }

  GaussianDenoiser denoiser() {
    return GaussianDenoiser.of(sde(), data());
  }

  double denoise(double x, double t) {
    return denoiser().denoise(Fixtures.constant(GRID, x), Fixtures.times(t)).getDouble(0);
  }

  GaussianMeasure data() {
    return GaussianMeasure.of(Fixtures.constant(GRID, m), Fixtures.flat(TRANSFORM, mu));
  }

  /** The law of the result for a terminal state with given law, by affine probing. */
  Laws run(Sampler sampler, int draws, Law terminal) {
    AffineProbe.Result result =
        AffineProbe.run(sampler, noise(), process, denoiser(), draws, new double[][] {{1, 1}});
    return new Laws(law(result.state(), terminal), law(result.output(), terminal));
  }

  /** The response of the last state to 1, the terminal state and each noise. */
  Response response(Sampler sampler, int draws) {
    AffineProbe.Affine map =
        AffineProbe.run(sampler, noise(), process, denoiser(), draws, new double[][] {{1, 1}})
            .state();
    return new Response(
        map.offset().getEntry(0, 0),
        map.terminal().getEntry(0, 0),
        map.noises().stream().mapToDouble(b -> b.getEntry(0, 0)).toArray());
  }

  private Law law(AffineProbe.Affine map, Law terminal) {
    double a = map.terminal().getEntry(0, 0);
    double variance = a * a * terminal.variance();
    for (var b : map.noises()) {
      variance += Math.pow(b.getEntry(0, 0), 2) * lambda;
    }
    return new Law(a * terminal.mean() + map.offset().getEntry(0, 0), variance);
  }
}
