package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.fdiff.covariance.CirculantCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.kernel.Matern;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Coloured noise in single precision, batches of 2¹⁸ values: {@code fdiff} draws into a reused
 * array, {@code peer} does the same with PyTorch through DJL on as many threads.
 *
 * <p>The peer draws the complex half spectrum, multiplies by the roots and inverts: complex along
 * the first axis, complex to real along the last, since DJL's arrays have no {@code irfft2}. {@code
 * circulant} draws a Matérn field on the same points by circulant embedding, whose torus has {@code
 * 2^d} times as many, and {@code torus} as many functions on such a torus, with its own spectrum.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
public class ColouredNoiseBenchmark {

  private static final int VALUES = 1 << 18;

  /** Points per axis. */
  @Param({"32x32", "64x64", "128x128", "256x256", "1024"})
  private String grid = "64x64";

  private SpectralCovariance covariance;
  private CirculantCovariance circulant;
  private SpectralCovariance torus;
  private INDArray out;
  private INDArray torusOut;
  private NoiseSource noise;
  private long step;
  private NDManager manager;
  private PeerNoise peerNoise;

  /** Builds operator, buffers and the peer's factors. */
  @Setup
  public void prepare() {
    int[] shape = Arrays.stream(grid.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    Spectrum spectrum = Spectrum.bessel(5, shape.length, 1);
    RegularGrid domain = RegularGrid.unit(RegularGrid.Layout.PERIODIC, shape);
    covariance = SpectralCovariance.of(Basis.FOURIER.on(domain), spectrum);
    int batch = VALUES / domain.size();
    out = FunctionBatch.zeros(domain, DataType.FLOAT, batch, 1);
    circulant = CirculantCovariance.of(domain, new Matern(1.5, 1, 0.1));
    RegularGrid large = RegularGrid.unit(RegularGrid.Layout.PERIODIC, circulant.torusShape());
    torus = SpectralCovariance.of(Basis.FOURIER.on(large), spectrum);
    torusOut = FunctionBatch.zeros(large, DataType.FLOAT, batch, 1);
    noise = NoiseSource.of(7);

    manager = Peer.newManager();
    peerNoise = new PeerNoise(manager, spectrum, batch, shape);
  }

  /** Releases the peer's memory. */
  @TearDown
  public void release() {
    manager.close();
  }

  /**
   * Draws from the spectral operator.
   *
   * @return {@code [batch, 1, …]}
   */
  @Benchmark
  public INDArray fdiff() {
    return covariance.sample(noise.withStep(step++), out);
  }

  /**
   * Draws a Matérn field by circulant embedding.
   *
   * @return {@code [batch, 1, …]}
   */
  @Benchmark
  public INDArray circulant() {
    return circulant.sample(noise.withStep(step++), out);
  }

  /**
   * Draws as many functions on the torus of the embedding.
   *
   * @return {@code [batch, 1, …]} on the torus
   */
  @Benchmark
  public INDArray torus() {
    return torus.sample(noise.withStep(step++), torusOut);
  }

  /**
   * Draws with PyTorch.
   *
   * @return one value, read so that nothing is left to do
   */
  @Benchmark
  public float peer() {
    try (NDManager scope = manager.newSubManager()) {
      NDArray values = peerNoise.draw(scope);
      return values.getFloat(new long[values.getShape().dimension()]);
    }
  }
}
