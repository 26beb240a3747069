package io.fdiff.benchmarks;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
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
 * Time per normal on one thread, for 65 536 normals in samples of one mode shape. {@code addressed}
 * makes one call a sample, {@code batch} one call for all; {@code sequential} is XoShiRo256++ with
 * the ziggurat of Commons RNG, an ordinary generator without addresses.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(NormalsBenchmark.NORMALS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NormalsBenchmark {

  /** Normals of one invocation. */
  static final int NORMALS = 1 << 16;

  /** Modes per axis. */
  @Param({"1024", "32x32", "256x256", "32"})
  private String modes = "1024";

  private int[] shape;
  private int size;
  private double[] wide;
  private float[] narrow;
  private UniformRandomProvider generator;
  private NoiseSource noise;
  private long step;

  /** Builds the buffers. */
  @Setup
  public void prepare() {
    shape = Arrays.stream(modes.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    wide = new double[NORMALS];
    narrow = new float[NORMALS];
    generator = RandomSource.XO_SHI_RO_256_PP.create(7L);
    noise = NoiseSource.of(7);
  }

  /**
   * One call a sample.
   *
   * @return the normals
   */
  @Benchmark
  public double[] addressed() {
    NoiseSource source = noise.withStep(step++);
    for (int b = 0; b < NORMALS / size; b++) {
      source.normals(b, 0, shape, wide, b * size);
    }
    return wide;
  }

  /**
   * One call a sample, rounded to float.
   *
   * @return the normals
   */
  @Benchmark
  public float[] addressedFloat() {
    NoiseSource source = noise.withStep(step++);
    for (int b = 0; b < NORMALS / size; b++) {
      source.normals(b, 0, shape, narrow, b * size);
    }
    return narrow;
  }

  /**
   * One call for all samples.
   *
   * @return the normals
   */
  @Benchmark
  public double[] batch() {
    noise.withStep(step++).normals(0, NORMALS / size, 1, shape, wide, 0);
    return wide;
  }

  /**
   * Normals of one ordinary generator.
   *
   * @return the normals
   */
  @Benchmark
  public double[] sequential() {
    ZigguratSampler.NormalizedGaussian normal = ZigguratSampler.NormalizedGaussian.of(generator);
    for (int i = 0; i < NORMALS; i++) {
      wide[i] = normal.sample();
    }
    return wide;
  }
}
