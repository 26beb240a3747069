package io.fdiff.benchmarks;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.train.LossGradient;
import io.fdiff.nn.train.Objective;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network of fdiff in single precision, trained on the mean square error against fixed targets of
 * fixed inputs. Not thread-safe.
 */
final class EngineNetwork implements AutoCloseable {

  private static final String TARGET = "target";

  private final Trainer trainer;
  private final NetworkFunction function;
  private final ParameterVector weights;
  private final Objective objective;
  private final Map<String, INDArray> batch;
  private final Map<String, INDArray> inputs;
  private @Nullable LossGradient gradient;

  EngineNetwork(NetworkCase which) {
    NetworkConfig config = which.config();
    Network network = config.network();
    long points = which.grid().size();
    inputs = new HashMap<>();
    inputs.put(GraphContext.VALUES, normals(1, points, NetworkCase.BATCH, 1));
    inputs.put(GraphContext.LEVEL, normals(2, NetworkCase.BATCH, config.levelFeatures()));
    Map<String, INDArray> withTarget = new HashMap<>(inputs);
    withTarget.put(TARGET, normals(3, points, NetworkCase.BATCH, 1));
    batch = Map.copyOf(withTarget);
    inputs.putAll(network.gridInputs(which.grid(), DataType.FLOAT));
    objective = new Fixed(which.grid(), batch);
    trainer =
        Trainer.of(
            network,
            objective,
            TrainingConfig.defaults().withSteps(1_000_000).withBatchSize(NetworkCase.BATCH));
    weights = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(4));
    function = NetworkFunction.of(network, weights, which.grid());
  }

  static INDArray normals(long seed, long... shape) {
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
      SDVariable target = context.input(TARGET, -1, -1, 1);
      return context.graph().math().square(output.sub(target)).mean();
    }

    @Override
    public Map<String, INDArray> batch(
        NetworkConfig config, DataType type, int size, NoiseSource noise) {
      return inputs;
    }
  }

  /** A whole training step: loss, gradients, clipping, AdamW, moving average; the loss. */
  double step() {
    return trainer.step();
  }

  /** Loss and gradients alone; the loss. */
  double gradient() {
    return lossGradient().evaluate(batch);
  }

  private LossGradient lossGradient() {
    LossGradient current = gradient;
    if (current == null) {
      ParameterVector values = ParameterVector.zeros(trainer.network(), DataType.FLOAT);
      current = LossGradient.of(trainer.network(), weights, objective, values);
      gradient = current;
    }
    return current;
  }

  /** The products of {@link #gradient} alone, after it; their floating-point operations. */
  double gradientProducts() {
    return lossGradient().runProducts(batch);
  }

  /** The output; one value of it. */
  double forward() {
    double[] value = new double[1];
    function.evaluate(inputs, out -> value[0] = out.getDouble(0));
    return value[0];
  }

  /** The products of {@link #forward} alone, after it; their floating-point operations. */
  double forwardProducts() {
    return function.runProducts(inputs);
  }

  @Override
  public void close() {
    trainer.close();
    function.close();
    if (gradient != null) {
      gradient.close();
    }
  }
}
