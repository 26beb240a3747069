package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Prior;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Samples one batch at a time. */
class SampleBatchesTest {

  private static final SpectralCovariance NOISE =
      SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(5)), Spectrum.bessel(3, 1, 1));
  private static final GaussianMeasure DATA = GaussianMeasure.centred(NOISE.times(2));
  private static final TimeGrid TIMES = TimeGrid.geometric(1, 0.02, 6);

  private static SampleBatches batches(SDE sde, Sampler sampler, int size) {
    return new SampleBatches(
        sde, GaussianDenoiser.of(sde, DATA), Prior.momentMatched(sde, DATA), sampler, 2, size);
  }

  private static double[] all(SampleBatches batches, long first, long count) {
    List<double[]> parts = new ArrayList<>();
    long[] next = {first};
    batches.forEach(
        NoiseSource.of(3),
        first,
        count,
        batch -> {
          assertThat(batch.first()).isEqualTo(next[0]);
          next[0] += batch.samples().size(0);
          parts.add(Fixtures.values(batch.samples()));
        });
    assertThat(next[0]).isEqualTo(first + count);
    return parts.stream().flatMapToDouble(DoubleStream::of).toArray();
  }

  @Test
  void samplesDoNotDependOnTheSizeOfBatches() {
    for (SDE sde :
        List.of(
            Fixtures.preserving(NOISE), StochasticEvolution.of(NOISE, 1, Fixtures.schedule(), 1))) {
      for (Sampler sampler :
          List.of(
              EulerMaruyama.of(TIMES),
              MultistepExponential.of(TIMES),
              PredictorCorrector.of(TIMES, 1, LangevinStep.signalToNoise(0.16)),
              DormandPrince.of(0.02))) {
        double[] whole = all(batches(sde, sampler, 17), 0, 17);
        for (int size : new int[] {1, 7, 64}) {
          assertThat(all(batches(sde, sampler, size), 0, 17)).isEqualTo(whole);
        }
        // The middle alone, as another machine would draw it.
        assertThat(all(batches(sde, sampler, 4), 5, 9))
            .isEqualTo(Arrays.copyOfRange(whole, 5 * 10, 14 * 10));
      }
    }
  }

  @Test
  void priorAndStepsHaveNoiseOfTheirOwn() {
    // The first noise of the steps is not that of the prior: one sampler returns each.
    SDE sde = Fixtures.preserving(NOISE);
    Sampler start = (process, denoiser, terminal, noise) -> terminal.dup('c');
    Sampler step =
        (process, denoiser, terminal, noise) ->
            process.noise().sample(noise.withStream(1), terminal.dup('c'));
    SampleBatches prior = new SampleBatches(sde, (x, t) -> x, Prior.dataFree(sde), start, 2, 8);
    SampleBatches steps = new SampleBatches(sde, (x, t) -> x, Prior.dataFree(sde), step, 2, 8);
    double[] a = all(prior, 0, 8);
    double[] b = all(steps, 0, 8);
    double product = 0;
    double square = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      square += a[i] * a[i];
    }
    assertThat(Math.abs(product)).isLessThan(0.9 * square);
  }

  @Test
  void batchesAreDrawnWhenTheyAreAskedFor() {
    SDE sde = Fixtures.preserving(NOISE);
    int[] calls = new int[1];
    Denoiser counting =
        (x, t) -> {
          calls[0]++;
          return x.mul(0.5);
        };
    SampleBatches batches =
        new SampleBatches(sde, counting, Prior.dataFree(sde), EulerMaruyama.of(TIMES), 1, 10);
    assertThat(batches.stream(NoiseSource.of(1), 0, 1_000_000_000_000L).limit(2).count())
        .isEqualTo(2);
    batches.stream(NoiseSource.of(1), 0, 1_000_000_000_000L).limit(2).forEach(batch -> {});
    assertThat(calls[0]).isEqualTo(2 * 6);
    assertThat(batches.stream(NoiseSource.of(1), 3, 0)).isEmpty();
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    SDE sde = Fixtures.preserving(NOISE);
    for (int[] bad : new int[][] {{0, 1}, {1, 0}, {-1, 3}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new SampleBatches(
                      sde,
                      (x, t) -> x,
                      Prior.dataFree(sde),
                      EulerMaruyama.of(TIMES),
                      bad[0],
                      bad[1]))
          .withMessageContaining(bad[0] + " channels in batches of " + bad[1]);
    }
    SampleBatches batches = batches(sde, EulerMaruyama.of(TIMES), 3);
    for (long[] bad : new long[][] {{-1, 1}, {0, -1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> batches.stream(NoiseSource.of(1), bad[0], bad[1]))
          .withMessageContaining(bad[1] + " samples from number " + bad[0]);
    }
  }
}
