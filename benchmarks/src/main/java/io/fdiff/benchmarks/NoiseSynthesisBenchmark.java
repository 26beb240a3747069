package io.fdiff.benchmarks;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Coloured noise for a batch of 64 functions. {@code spectral} is what samplers call; {@code
 * addressed} its normals alone; {@code sequential} the same number of normals from one ordinary
 * generator, the floor of any method on one thread; {@code nd4jRandn} ND4J's own white noise.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NoiseSynthesisBenchmark {

  private static final int BATCH = 64;

  /** Points per axis. */
  @Param({"256", "1024", "64x64"})
  private String grid = "256";

  /** Basis of the spectrum. */
  @Param({"COSINE", "FOURIER"})
  private Basis basis = Basis.COSINE;

  private SpectralCovariance covariance;
  private int[] modes;
  private int size;
  private INDArray out;
  private double[] block;
  private UniformRandomProvider sequentialGenerator;
  private NoiseSource noise;
  private long step;

  /** Builds operator and buffers. */
  @Setup
  public void prepare() {
    int[] shape = Arrays.stream(grid.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    covariance =
        SpectralCovariance.of(
            basis.on(RegularGrid.unit(shape)), Spectrum.bessel(5, shape.length, 1));
    modes = covariance.transform().modeShape();
    size = covariance.grid().size();
    out = FunctionBatch.zeros(covariance.grid(), DataType.DOUBLE, BATCH, 1);
    block = new double[BATCH * size];
    sequentialGenerator = RandomSource.XO_SHI_RO_256_PP.create(7L);
    noise = NoiseSource.of(7);
  }

  /**
   * Draws from the spectral operator.
   *
   * @return {@code [64, 1, …]}
   */
  @Benchmark
  public INDArray spectral() {
    return covariance.sample(noise.withStep(step++), out);
  }

  /**
   * Draws the white coefficients alone, on one thread.
   *
   * @return the coefficients
   */
  @Benchmark
  public double[] addressed() {
    NoiseSource source = noise.withStep(step++);
    for (int b = 0; b < BATCH; b++) {
      source.normals(b, 0, modes, block, b * size);
    }
    return block;
  }

  /**
   * Draws normals from one ordinary generator, on one thread.
   *
   * @return the normals
   */
  @Benchmark
  public double[] sequential() {
    ZigguratSampler.NormalizedGaussian normal =
        ZigguratSampler.NormalizedGaussian.of(sequentialGenerator);
    for (int i = 0; i < block.length; i++) {
      block[i] = normal.sample();
    }
    return block;
  }

  /**
   * ND4J's white noise of the same size.
   *
   * @return {@code [64, points]}
   */
  @Benchmark
  public INDArray nd4jRandn() {
    INDArray white = Nd4j.randn(DataType.DOUBLE, BATCH, size);
    white.close();
    return white;
  }
}
