package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.OpaqueCovariance;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How a chain holds its states: forms and types agree, and a step allocates nothing large. */
class StatesTest {

  private static final Grid GRID = RegularGrid.unit(40);
  private static final SpectralCovariance NOISE =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1.5, 1));

  /** The same process, whose noise does not tell its basis. */
  private record Hidden(SDE process, CovarianceOperator noise) implements SDE {
    @Override
    public double horizon() {
      return process.horizon();
    }

    @Override
    public Multiplier driftRate(double t) {
      return process.driftRate(t);
    }

    @Override
    public Multiplier diffusion(double t) {
      return process.diffusion(t);
    }

    @Override
    public Marginal transition(double s, double t) {
      Marginal known = process.transition(s, t);
      return new Marginal(known.mean(), known.variance(), noise);
    }

    @Override
    public SDE on(Grid grid) {
      return new Hidden(process.on(grid), noise.on(grid));
    }
  }

  private static final SDE SCALAR = Driftless.of(NOISE, 20);
  private static final SDE PER_MODE =
      StochasticEvolution.of(NOISE, 1, NoiseSchedule.constant(1e-3), 20);

  private static List<Function<TimeGrid, Sampler>> samplers() {
    return List.of(
        times -> ExponentialIntegrator.of(times, 0),
        times -> ExponentialIntegrator.of(times, 1),
        MultistepExponential::of,
        StochasticHeun::of,
        times -> PredictorCorrector.of(times, 1, LangevinStep.signalToNoise(0.1)));
  }

  /** A nonlinear denoiser of values, not expanding. */
  private static final Denoiser DENOISER = (x, t) -> x.mul(0.5);

  private static INDArray run(Sampler sampler, SDE sde, DataType type) {
    INDArray terminal = Fixtures.random(GRID, DataType.DOUBLE, 6, 2, 3);
    return sampler.sample(sde, DENOISER, terminal.castTo(type), NoiseSource.of(4));
  }

  /** Coefficients, with noise drawn as such, against values with transforms in every step. */
  @Test
  void coefficientsAndValuesAgree() {
    SDE hidden = new Hidden(PER_MODE, new OpaqueCovariance(NOISE));
    TimeGrid times = TimeGrid.geometric(20, 1e-2, 12);
    for (Function<TimeGrid, Sampler> sampler : samplers()) {
      INDArray expected = run(sampler.apply(times), hidden, DataType.DOUBLE);
      assertThat(Fixtures.distance(run(sampler.apply(times), PER_MODE, DataType.DOUBLE), expected))
          .isLessThan(1e-11 * (1 + Fixtures.max(Fixtures.values(expected))));
    }
  }

  /** Steps of its own need the basis: multipliers by mode must not act on values. */
  @Test
  void adaptiveStepsRefuseAHiddenBasis() {
    SDE hidden = new Hidden(PER_MODE, new OpaqueCovariance(NOISE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(DormandPrince.of(0.01), hidden, DataType.DOUBLE))
        .withMessageContaining("spectral");
  }

  /** Hundreds of steps in single precision stay near those in double: no error adds up. */
  @Test
  void floatsFollowDoubles() {
    TimeGrid times = TimeGrid.geometric(20, 1e-2, 501);
    for (SDE sde : List.of(SCALAR, PER_MODE)) {
      for (Function<TimeGrid, Sampler> sampler : samplers().subList(0, 4)) {
        INDArray wide = run(sampler.apply(times), sde, DataType.DOUBLE);
        INDArray narrow = run(sampler.apply(times), sde, DataType.FLOAT);
        assertThat(narrow.dataType()).isEqualTo(DataType.FLOAT);
        // 500 roundings by half a unit of 2⁻²⁴ at random are 1e-6.
        assertThat(Fixtures.distance(narrow, wide))
            .isLessThan(4e-6 * (1 + Fixtures.max(Fixtures.values(wide))));
      }
    }
  }

  /** More steps allocate a little for each, whatever the number of values and of modes. */
  @Test
  void noStepAllocatesArraysOfStatesOrModes() {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      Grid grid = RegularGrid.unit(4096);
      SpectralCovariance noise = NOISE.on(grid);
      INDArray terminal = Fixtures.random(grid, type, 2, 1, 3);
      INDArray clean = terminal.mul(0.5);
      clean.setCloseable(false);
      for (SDE sde :
          List.of(
              Driftless.of(noise, 20),
              StochasticEvolution.of(noise, 1, NoiseSchedule.constant(1e-3), 20))) {
        for (double eta : new double[] {0, 1}) {
          long[] bytes = new long[2];
          for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 2; i++) {
              Sampler sampler =
                  ExponentialIntegrator.of(TimeGrid.geometric(20, 1e-2, 11 + 50 * i), eta);
              long before = thread.getThreadAllocatedBytes(id);
              sampler.sample(sde, (x, t) -> clean, terminal, NoiseSource.of(1));
              bytes[i] = thread.getThreadAllocatedBytes(id) - before;
            }
          }
          // An array of one number a mode would be 16 kB in the smaller type.
          assertThat((bytes[1] - bytes[0]) / 50)
              .as("%s, %s, η = %s", type, sde, eta)
              .isLessThan(12_000);
        }
      }
    }
  }
}
