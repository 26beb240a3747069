package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.CoordinateMlp;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.arch.ModulatedInrConfig;
import io.fdiff.nn.arch.SirenConfig;
import io.fdiff.nn.arch.UVitConfig;
import io.fdiff.nn.train.Objective;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SDVariable;
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

  private static final int BATCH = 64;

  /** The architecture. */
  @Param({"uvit", "modulated-inr", "fourier-operator", "siren"})
  private String network = "uvit";

  private Trainer trainer;
  private NetworkFunction function;
  private Map<String, INDArray> inputs;
  private Peer peer;
  private NDArray values;
  private NDArray features;
  private NDArray target;

  private static NetworkConfig config(String name) {
    return switch (name) {
      case "uvit" -> UVitConfig.defaults();
      case "modulated-inr" -> ModulatedInrConfig.defaults();
      case "fourier-operator" -> FourierNeuralOperatorConfig.defaults().withWidth(64);
      case "siren" ->
          new SirenConfig(1, CoordinateMlp.siren(2, 128, 4), 16, io.fdiff.nn.Conditioning.NONE);
      default -> throw new IllegalArgumentException("no network " + name);
    };
  }

  private static INDArray normals(long seed, long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  /** Mean square error against fixed targets, on fixed inputs. */
  private record Fixed(Grid grid, Map<String, INDArray> inputs) implements Objective {
    @Override
    public SDVariable loss(GraphContext context, SDVariable output) {
      SDVariable target = context.input("target", -1, -1, 1);
      return context.graph().math().square(output.sub(target)).mean();
    }

    @Override
    public Map<String, INDArray> batch(
        NetworkConfig config, DataType type, int size, NoiseSource noise) {
      return inputs;
    }
  }

  /** Builds both networks. */
  @Setup
  public void prepare() {
    NetworkConfig config = config(network);
    Network built = config.network();
    boolean operator = network.equals("fourier-operator");
    RegularGrid grid = operator ? RegularGrid.unit(256) : RegularGrid.unit(32, 32);
    inputs = new HashMap<>();
    inputs.put(GraphContext.VALUES, normals(1, grid.size(), BATCH, 1));
    inputs.put(GraphContext.LEVEL, normals(2, BATCH, config.levelFeatures()));
    inputs.put("target", normals(3, grid.size(), BATCH, 1));
    trainer =
        Trainer.of(
            built,
            new Fixed(grid, Map.copyOf(inputs)),
            TrainingConfig.defaults().withSteps(1_000_000).withBatchSize(BATCH));
    ParameterVector weights = ParameterVector.initial(built, DataType.FLOAT, NoiseSource.of(4));
    function = NetworkFunction.of(built, weights, grid);
    inputs.remove("target");
    inputs.putAll(built.gridInputs(grid, DataType.FLOAT));
    int level = config.levelFeatures();
    peer =
        switch (network) {
          case "uvit" -> new PeerUVit(level);
          case "modulated-inr" -> new PeerModulatedInr(level);
          case "fourier-operator" -> new PeerFourierOperator(64, 4, 16, 256, level);
          // Coordinates, value and features of the level are the columns of its rows.
          default -> new PeerSiren(3 + level, 128, 4, 1);
        };
    switch (network) {
      case "uvit", "modulated-inr" -> values = peer.input(BATCH, 1, 32, 32);
      case "fourier-operator" -> values = peer.input(BATCH, 256, 1);
      default -> values = peer.input(BATCH * 1024L, 3L + level);
    }
    features = peer.input(BATCH, level);
    target =
        switch (network) {
          case "uvit" -> peer.input(BATCH, 1, 32, 32);
          case "modulated-inr" -> peer.input(BATCH, 1024, 1);
          case "fourier-operator" -> peer.input(BATCH, 256, 1);
          default -> peer.input(BATCH * 1024L, 1);
        };
  }

  /** Releases the memory. */
  @TearDown
  public void release() {
    trainer.close();
    function.close();
    peer.close();
  }

  /**
   * A training step.
   *
   * @return the loss
   */
  @Benchmark
  public double step() {
    return trainer.step();
  }

  /**
   * A training step of the peer.
   *
   * @return the loss
   */
  @Benchmark
  public float peerStep() {
    return peer.step(values, features, target);
  }

  /**
   * The output of the network.
   *
   * @return one value of it
   */
  @Benchmark
  public double forward() {
    double[] value = new double[1];
    function.evaluate(inputs, out -> value[0] = out.getDouble(0));
    return value[0];
  }

  /**
   * The output of the peer.
   *
   * @return one value of it
   */
  @Benchmark
  public float peerForward() {
    return peer.evaluate(values, features);
  }
}
