package io.fdiff.benchmarks;

import java.util.concurrent.TimeUnit;
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
 * Networks in single precision, batch 64, beside the same networks in PyTorch through DJL on as
 * many threads. {@code step} is a whole training step (loss, gradients, clipping, AdamW, moving
 * average), {@code peerStep} one without clipping and average; {@code forward} and {@code
 * peerForward} give the output. Weights of the two are not the same numbers, their shapes are.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class NetworkBenchmark {

  /** The architecture. */
  @Param({"uvit", "modulated-inr", "fourier-operator", "siren"})
  private String network = "uvit";

  private EngineNetwork ours;
  private PeerNetwork peer;

  /** Builds both networks. */
  @Setup
  public void prepare() {
    NetworkCase which = NetworkCase.named(network);
    ours = new EngineNetwork(which);
    peer = new PeerNetwork(which);
  }

  /** Releases the memory. */
  @TearDown
  public void release() {
    ours.close();
    peer.close();
  }

  /**
   * A training step.
   *
   * @return the loss
   */
  @Benchmark
  public double step() {
    return ours.step();
  }

  /**
   * A training step of the peer.
   *
   * @return the loss
   */
  @Benchmark
  public float peerStep() {
    return peer.step();
  }

  /**
   * The output of the network.
   *
   * @return one value of it
   */
  @Benchmark
  public double forward() {
    return ours.forward();
  }

  /**
   * The output of the peer.
   *
   * @return one value of it
   */
  @Benchmark
  public float peerForward() {
    return peer.forward();
  }
}
