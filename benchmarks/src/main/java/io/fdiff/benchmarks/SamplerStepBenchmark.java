package io.fdiff.benchmarks;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.EulerMaruyama;
import io.fdiff.sampler.ExponentialIntegrator;
import io.fdiff.sampler.LangevinStep;
import io.fdiff.sampler.MultistepExponential;
import io.fdiff.sampler.PredictorCorrector;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of a sampler on 256 functions of one process with scalar multipliers and one with a rate
 * for each mode. The denoiser hands out an array that was made before the run, so that what is
 * measured is the step outside denoiser and noise: state arithmetic, transforms, the exchange with
 * ND4J and the check for numbers that are not finite.
 *
 * <p>To compare with, in the same run: {@code copy} copies the state once, {@code exchange} makes
 * the two copies that the exchange with a denoiser cannot do without, {@code transforms} makes one
 * forward and one inverse transform, {@code noise} draws the noise of one step. With {@code -prof
 * gc} the bytes allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SamplerStepBenchmark {

  private static final int BATCH = 256;
  private static final int STEPS = 20;

  /** Points of the grid. */
  @Param({"64", "512"})
  private int points = 64;

  /** Type of the states. */
  @Param({"FLOAT", "DOUBLE"})
  private DataType type = DataType.FLOAT;

  private SpectralCovariance covariance;
  private SDE scalar;
  private SDE perMode;
  private Denoiser denoiser;
  private INDArray terminal;
  private INDArray exchanged;
  private INDArray noiseOut;
  private double[] state;
  private double[] copied;
  private EulerMaruyama eulerMaruyama;
  private PredictorCorrector predictorCorrector;
  private ExponentialIntegrator exponential;
  private MultistepExponential multistep;
  private long step;

  /** Builds processes, samplers and states. */
  @Setup
  public void prepare() {
    RegularGrid grid = RegularGrid.unit(points);
    covariance = SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1, 1));
    scalar = Driftless.of(covariance, 20);
    perMode = StochasticEvolution.of(covariance, 1, NoiseSchedule.constant(1e-4), 20);
    noiseOut = FunctionBatch.zeros(grid, DataType.DOUBLE, BATCH, 1);
    terminal = covariance.sample(NoiseSource.of(1), FunctionBatch.zeros(grid, type, BATCH, 1));
    exchanged = terminal.dup('c');
    INDArray clean = terminal.mul(0.5);
    // Samplers release what they are given; this array stays.
    clean.setCloseable(false);
    denoiser = (x, t) -> clean;
    TimeGrid times = TimeGrid.geometric(20, 1e-3, STEPS + 1);
    eulerMaruyama = EulerMaruyama.of(times);
    predictorCorrector = PredictorCorrector.of(times, 1, LangevinStep.signalToNoise(0.16));
    exponential = ExponentialIntegrator.of(times, 0);
    multistep = MultistepExponential.of(times);
    state = new double[BATCH * points];
    copied = new double[state.length];
  }

  /**
   * A run of 20 deterministic exponential steps of a scalar process.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray exponentialStep() {
    return exponential.sample(scalar, denoiser, terminal, NoiseSource.of(0));
  }

  /**
   * A run of 20 multistep exponential steps of a scalar process.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray multistepStep() {
    return multistep.sample(scalar, denoiser, terminal, NoiseSource.of(0));
  }

  /**
   * A run of 20 deterministic exponential steps of a process with a rate for each mode.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray exponentialStepPerMode() {
    return exponential.sample(perMode, denoiser, terminal, NoiseSource.of(0));
  }

  /**
   * One forward and one inverse transform of the state.
   *
   * @return the values
   */
  @Benchmark
  public double[] transforms() {
    covariance.transform().forward(state, copied, BATCH);
    covariance.transform().inverse(copied, state, BATCH);
    return state;
  }

  /**
   * The state to a denoiser and a result back.
   *
   * @return the values
   */
  @Benchmark
  public double[] exchange() {
    FunctionBatch.write(state, exchanged);
    FunctionBatch.read(exchanged, copied);
    return copied;
  }

  /**
   * A run of 20 Euler–Maruyama steps.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray eulerMaruyamaStep() {
    return eulerMaruyama.sample(scalar, denoiser, terminal, NoiseSource.of(step++));
  }

  /**
   * A run of 20 predictor steps with one correction each.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray predictorCorrectorStep() {
    return predictorCorrector.sample(scalar, denoiser, terminal, NoiseSource.of(step++));
  }

  /**
   * The noise of one step.
   *
   * @return the noise
   */
  @Benchmark
  public INDArray noise() {
    return covariance.sample(NoiseSource.of(1).withStep(step++), noiseOut);
  }

  /**
   * One copy of the state.
   *
   * @return the copy
   */
  @Benchmark
  public double[] copy() {
    System.arraycopy(state, 0, copied, 0, state.length);
    return copied;
  }
}
