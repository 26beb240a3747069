package io.fdiff.benchmarks;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.ExponentialIntegrator;
import io.fdiff.sampler.LangevinStep;
import io.fdiff.sampler.MultistepExponential;
import io.fdiff.sampler.PredictorCorrector;
import io.fdiff.sampler.Sampler;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * One step of a sampler on 256 functions, for a process with scalar multipliers and for one with a
 * rate for each mode. The denoiser hands out an array that was made before the run, so that what is
 * measured is the step outside the denoiser: state arithmetic, transforms, the exchange with ND4J,
 * the check for numbers that are not finite, and the noise where there is any.
 *
 * <p>To compare with, in the same run and of the type of the states: {@code copy} copies the state
 * once on one thread, {@code copyOnAllThreads} on as many as a step uses where the state is large,
 * {@code transforms} makes one forward and one inverse transform, {@code noise} draws the noise of
 * one step. With {@code -prof gc} the bytes allocated. A run of 100 steps is one invocation, so a
 * hundredth of its beginning and end is in the figures.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SamplerStepBenchmark {

  private static final int BATCH = 256;
  private static final int STEPS = 100;

  /** Points along the axes of the grid. */
  @Param({"1024", "64x64"})
  private String points = "1024";

  /** Type of the states. */
  @Param({"FLOAT", "DOUBLE"})
  private DataType type = DataType.FLOAT;

  private SpectralCovariance covariance;
  private SDE scalar;
  private SDE perMode;
  private Denoiser denoiser;
  private INDArray terminal;
  private INDArray noiseOut;
  private double[][] wide;
  private float[][] narrow;
  private Sampler deterministic;
  private Sampler multistep;
  private Sampler stochastic;
  private Sampler corrected;
  private long step;

  /** Builds processes, samplers and states. */
  @Setup
  public void prepare() {
    RegularGrid grid =
        RegularGrid.unit(Arrays.stream(points.split("x")).mapToInt(Integer::parseInt).toArray());
    covariance = SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1.5, 1));
    scalar = Driftless.of(covariance, 20);
    perMode = StochasticEvolution.of(covariance, 1, NoiseSchedule.constant(1e-4), 20);
    noiseOut = FunctionBatch.zeros(grid, type, BATCH, 1);
    terminal = covariance.sample(NoiseSource.of(1), FunctionBatch.zeros(grid, type, BATCH, 1));
    INDArray clean = terminal.mul(0.5);
    // Samplers release what they are given; this array stays.
    clean.setCloseable(false);
    denoiser = (x, t) -> clean;
    TimeGrid times = TimeGrid.geometric(20, 1e-3, STEPS + 1);
    deterministic = ExponentialIntegrator.of(times, 0);
    multistep = MultistepExponential.of(times);
    stochastic = ExponentialIntegrator.of(times, 1);
    corrected = PredictorCorrector.of(times, 1, LangevinStep.signalToNoise(0.16));
    int length = BATCH * grid.size();
    wide = new double[2][type == DataType.DOUBLE ? length : 0];
    narrow = new float[2][type == DataType.FLOAT ? length : 0];
  }

  /**
   * A run of deterministic exponential steps of a scalar process.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray scalarStep() {
    return deterministic.sample(scalar, denoiser, terminal, NoiseSource.of(0));
  }

  /**
   * A run of multistep exponential steps of a scalar process.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray scalarMultistep() {
    return multistep.sample(scalar, denoiser, terminal, NoiseSource.of(0));
  }

  /**
   * A run of exponential steps with noise of a scalar process.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray scalarNoisyStep() {
    return stochastic.sample(scalar, denoiser, terminal, NoiseSource.of(step++));
  }

  /**
   * A run of predictor steps of a scalar process with one correction each.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray scalarCorrectedStep() {
    return corrected.sample(scalar, denoiser, terminal, NoiseSource.of(step++));
  }

  /**
   * A run of deterministic exponential steps of a process with a rate for each mode.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray perModeStep() {
    return deterministic.sample(perMode, denoiser, terminal, NoiseSource.of(0));
  }

  /**
   * A run of exponential steps with noise of a process with a rate for each mode.
   *
   * @return the samples
   */
  @Benchmark
  @OperationsPerInvocation(STEPS)
  public INDArray perModeNoisyStep() {
    return stochastic.sample(perMode, denoiser, terminal, NoiseSource.of(step++));
  }

  /**
   * One copy of the state.
   *
   * @return the copy
   */
  @Benchmark
  public Object copy() {
    if (type == DataType.FLOAT) {
      System.arraycopy(narrow[0], 0, narrow[1], 0, narrow[0].length);
      return narrow[1];
    }
    System.arraycopy(wide[0], 0, wide[1], 0, wide[0].length);
    return wide[1];
  }

  /**
   * One copy of the state, in shares for the threads of the common pool.
   *
   * @return the copy
   */
  @Benchmark
  public Object copyOnAllThreads() {
    boolean single = type == DataType.FLOAT;
    Object from = single ? narrow[0] : wide[0];
    Object to = single ? narrow[1] : wide[1];
    int length = single ? narrow[0].length : wide[0].length;
    int shares = 2 * (ForkJoinPool.getCommonPoolParallelism() + 1);
    IntStream.range(0, shares)
        .parallel()
        .forEach(
            share -> {
              int at = (int) ((long) length * share / shares);
              int end = (int) ((long) length * (share + 1) / shares);
              System.arraycopy(from, at, to, at, end - at);
            });
    return to;
  }

  /**
   * One forward and one inverse transform of the state.
   *
   * @return the values
   */
  @Benchmark
  public Object transforms() {
    if (type == DataType.FLOAT) {
      covariance.transform().forward(narrow[0], narrow[1], BATCH);
      covariance.transform().inverse(narrow[1], narrow[0], BATCH);
      return narrow[0];
    }
    covariance.transform().forward(wide[0], wide[1], BATCH);
    covariance.transform().inverse(wide[1], wide[0], BATCH);
    return wide[0];
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
}
