package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.kernel.Matern;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.EvolutionSDE;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of a {@link Sampler} (oracle H8 among them). */
abstract class SamplerContract {

  static final int BATCH = 64;
  static final TimeGrid TIMES = TimeGrid.geometric(1, 0.05, 6);

  /** A sampler of the kind under test on a time grid; one that chooses its times keeps its end. */
  abstract Sampler create(TimeGrid times);

  /** How many noises it draws on a grid of 5 steps. */
  abstract int draws();

  private Sampler sampler() {
    return create(TIMES);
  }

  /** A process with its exact denoiser. */
  record Problem(SDE sde, Denoiser denoiser) {
    static Problem of(SDE sde, CovarianceOperator signal) {
      INDArray mean = Fixtures.random(sde.noise().grid(), DataType.DOUBLE, 1, 2, 9);
      return new Problem(sde, GaussianDenoiser.of(sde, GaussianMeasure.of(mean, signal)));
    }

    Grid grid() {
      return sde.noise().grid();
    }

    INDArray terminal() {
      return Fixtures.random(grid(), DataType.DOUBLE, BATCH, 2, 3);
    }
  }

  /** Fast and least-squares transforms, dense kernels, and one rate a mode. */
  private static List<Problem> problems() {
    Grid box = RegularGrid.unit(4, 6);
    SpectralCovariance fourier =
        SpectralCovariance.of(FourierTransform.of(box), Spectrum.bessel(5, 1.5, 1));
    Grid nodes = RegularGrid.unit(Layout.NODE, 9);
    SpectralCovariance cosine =
        SpectralCovariance.of(CosineTransform.of(nodes), Spectrum.bessel(3, 1, 1));
    Grid points = PointSet.of(new Interval(0, 2), 0.1, 0.2, 0.7, 1.5, 1.6, 2);
    KernelCovariance kernel = KernelCovariance.of(points, new Matern(0.5, 1, 0.3));
    return List.of(
        Problem.of(Fixtures.preserving(fourier), fourier.times(2)),
        Problem.of(Fixtures.preserving(cosine), cosine.times(0.5)),
        Problem.of(EvolutionSDE.of(cosine), cosine.times(0.5)),
        Problem.of(Driftless.of(kernel, 1), KernelCovariance.of(points, new Matern(1.5, 2, 0.5))));
  }

  static Problem problem() {
    return problems().get(0);
  }

  final INDArray sample(Problem problem, INDArray terminal, NoiseSource noise) {
    return sampler().sample(problem.sde(), problem.denoiser(), terminal, noise);
  }

  @Test
  final void aSampleDoesNotDependOnItsBatchBitForBit() {
    for (Problem problem : problems()) {
      NoiseSource noise = NoiseSource.of(4).withStream(3);
      INDArray terminal = problem.terminal();
      double[] all = Fixtures.values(sample(problem, terminal, noise));
      int block = all.length / BATCH;
      for (int size : new int[] {1, 7}) {
        for (int from = 0; from < BATCH; from += size) {
          int to = Math.min(BATCH, from + size);
          INDArray part =
              sample(problem, Fixtures.samples(terminal, from, to), noise.withFirstSample(from));
          assertThat(Fixtures.values(part))
              .as("%s, samples %d to %d", problem.sde(), from, to)
              .isEqualTo(Arrays.copyOfRange(all, from * block, to * block));
        }
      }
    }
  }

  @Test
  final void repeatsItselfAndFollowsItsSeed() {
    Problem problem = problem();
    INDArray terminal = problem.terminal();
    double[] first = Fixtures.values(sample(problem, terminal, NoiseSource.of(4)));
    assertThat(Fixtures.values(sample(problem, terminal, NoiseSource.of(4)))).isEqualTo(first);
    boolean deterministic = draws() == 0;
    for (NoiseSource other : List.of(NoiseSource.of(5), NoiseSource.of(4).withStream(1))) {
      double[] second = Fixtures.values(sample(problem, terminal, other));
      assertThat(Arrays.equals(second, first)).isEqualTo(deterministic);
    }
  }

  @Test
  final void everyNoiseIsANewOne() {
    // 10⁴ normals at the address of each draw, and at that of the caller's own: all pairs are
    // uncorrelated, exactly N(0, 1); false-alarm rate 1e-6 over at most 28·27/2 pairs.
    Problem problem = problem();
    List<double[]> draws = new ArrayList<>();
    draws.add(normals(NoiseSource.of(4)));
    OpaqueCovariance recording =
        new OpaqueCovariance(problem.sde().noise()).whenSampled(s -> draws.add(normals(s)));
    sampler()
        .sample(
            Fixtures.preserving(recording),
            problem.denoiser(),
            problem.terminal(),
            NoiseSource.of(4));
    assertThat(draws).hasSize(1 + draws()).hasSizeLessThanOrEqualTo(28);
    double bound =
        -new NormalDistribution(null, 0, 1).inverseCumulativeProbability(0.5e-6 / (28 * 27 / 2));
    for (int i = 0; i < draws.size(); i++) {
      for (int j = 0; j < i; j++) {
        double product = 0;
        double square = 0;
        for (int k = 0; k < draws.get(i).length; k++) {
          product += draws.get(i)[k] * draws.get(j)[k];
          square += draws.get(i)[k] * draws.get(i)[k];
        }
        assertThat(product / Math.sqrt(square)).as("draws %d, %d", j, i).isBetween(-bound, bound);
      }
    }
  }

  private static double[] normals(NoiseSource source) {
    double[] z = new double[10_000];
    source.normals(0, 0, new int[] {z.length}, z, 0);
    return z;
  }

  @Test
  final void isSharedByThreads() {
    Problem problem = problem();
    INDArray terminal = problem.terminal();
    Sampler shared = sampler();
    List<double[]> results =
        IntStream.range(0, 8)
            .parallel()
            .mapToObj(
                i ->
                    Fixtures.values(
                        shared.sample(
                            problem.sde(), problem.denoiser(), terminal, NoiseSource.of(i % 2))))
            .toList();
    for (int i = 0; i < 8; i++) {
      assertThat(results.get(i))
          .isEqualTo(Fixtures.values(sample(problem, terminal, NoiseSource.of(i % 2))));
    }
  }

  @Test
  final void theTerminalStateIsNotModifiedAndNotReturned() {
    Problem problem = problem();
    INDArray terminal = problem.terminal();
    INDArray result = sample(problem, terminal, NoiseSource.of(4));
    result.addi(1);
    assertThat(Fixtures.values(terminal)).isEqualTo(Fixtures.values(problem.terminal()));
    assertThat(result.shape()).containsExactly(terminal.shape());
  }

  @Test
  final void floatsStayNearDoubles() {
    for (Problem problem : problems()) {
      INDArray wide = sample(problem, problem.terminal(), NoiseSource.of(4));
      INDArray narrow =
          sample(problem, problem.terminal().castTo(DataType.FLOAT), NoiseSource.of(4));
      assertThat(narrow.dataType()).isEqualTo(DataType.FLOAT);
      // The denoiser sees floats: 6e-8 a call, amplified by 1/t in the drift.
      assertThat(Fixtures.distance(narrow, wide))
          .isLessThan(1e-4 * Fixtures.max(Fixtures.values(wide)));
    }
  }

  @Test
  final void floatsMayStartAtAHorizonThatIsNoFloat() {
    // (float) 0.1 > 0.1: the denoiser must still be asked at a time inside (0, T].
    CovarianceOperator c =
        SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(8)), Spectrum.bessel(3, 1.5, 1));
    SDE sde = Driftless.of(c, 0.1);
    Denoiser denoiser = GaussianDenoiser.of(sde, GaussianMeasure.centred(c));
    INDArray terminal = Fixtures.random(c.grid(), DataType.DOUBLE, 3, 1, 3);
    Sampler sampler = create(TimeGrid.uniform(0.1, 6));
    INDArray wide = sampler.sample(sde, denoiser, terminal, NoiseSource.of(4));
    INDArray narrow =
        sampler.sample(sde, denoiser, terminal.castTo(DataType.FLOAT), NoiseSource.of(4));
    assertThat(Fixtures.distance(narrow, wide)).isLessThan(1e-4);
  }

  @Test
  final void aTerminalStateThatIsNotFiniteIsRefusedAtTheFirstStep() {
    Problem problem = problem();
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      INDArray terminal = problem.terminal();
      terminal.putScalar(new int[] {5, 1, 2, 3}, bad);
      assertThatExceptionOfType(ArithmeticException.class)
          .isThrownBy(() -> sample(problem, terminal, NoiseSource.of(4)))
          .withMessageContaining("step 0, t = 1.0")
          .withMessageContaining("sample 5")
          .withMessageContaining("the value " + bad);
    }
  }

  @Test
  final void aDenoiserThatFailsIsNamedWithStepAndTime() {
    Problem problem = problem();
    double[] bad = new double[1];
    Denoiser failing =
        (x, t) -> {
          INDArray d = problem.denoiser().denoise(x, t);
          if (t.getDouble(7) <= TIMES.time(2)) {
            bad[0] = t.getDouble(7);
            d.putScalar(new int[] {7, 0, 0, 0}, Double.NaN);
          }
          return d;
        };
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(
            () -> sampler().sample(problem.sde(), failing, problem.terminal(), NoiseSource.of(4)))
        .withMessageMatching("step [1-9]\\d*, .*")
        .satisfies(e -> assertThat(e).hasMessageContaining("t = " + bad[0]))
        .withMessageContaining("sample 7")
        .withMessageContaining("denoised value NaN");
  }

  @Test
  final void aDenoiserOfAnotherShapeIsRefused() {
    Problem problem = problem();
    for (int batch : new int[] {1, BATCH - 1, BATCH + 1}) {
      Denoiser wrong = (x, t) -> Fixtures.random(problem.grid(), DataType.DOUBLE, batch, 2, 1);
      assertThatIllegalArgumentException()
          .as("batch of %d", batch)
          .isThrownBy(
              () -> sampler().sample(problem.sde(), wrong, problem.terminal(), NoiseSource.of(4)))
          .withMessageContaining("[" + batch + ", 2, 4, 6]");
    }
  }

  @Test
  final void shapesThatDoNotFitAreRefused() {
    Problem problem = problem();
    INDArray flat = problem.terminal().reshape('c', BATCH, 2, 24);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sample(problem, flat, NoiseSource.of(4)))
        .withMessageContaining("[64, 2, 24]")
        .withMessageContaining("expected [batch, channels, 4, 6]");
  }
}
