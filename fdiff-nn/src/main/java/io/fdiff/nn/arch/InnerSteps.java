package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What {@link MetaInr} and {@link AdaptedInr} share: the input's points, rates, held parameters.
 */
final class InnerSteps {

  /** Placeholder of the points of the input {@code [points, dimension]}. */
  static final String POINTS = "innerPoints";

  /** Placeholder of {@code 2w_i/|D|}, {@code [points, 1]}. */
  static final String WEIGHTS = "innerWeights";

  private static final String HELD = ".held";

  private InnerSteps() {}

  /** Points and weights of the input's grid, and the same points for the output. */
  static Map<String, INDArray> gridInputs(Grid grid, int dimension, DataType type) {
    INDArray points = PointEncoding.coordinates(grid, dimension, type);
    double[] weights = grid.weights();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= 2 / grid.measure();
    }
    INDArray weightArray = Nd4j.createUninitialized(type, weights.length, 1);
    FunctionBatch.write(weights, weightArray);
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    inputs.put(POINTS, points);
    inputs.put(WEIGHTS, weightArray);
    inputs.put(GraphContext.COORDINATES, points.dup('c'));
    return inputs;
  }

  /** Logits of rates that start uniform on {@code (α/2, 10α)}. */
  static Parameter rates(String name, InnerLoop loop, int... shape) {
    double low = loop.rate() / 2;
    double span = 10 * loop.rate() - low;
    Initializer law =
        (noise, values) -> {
          Initializer.uniform(0.5).fill(noise, values);
          for (int i = 0; i < values.length; i++) {
            double rate = low + span * (values[i] + 0.5);
            values[i] = Math.log(rate / (1 - rate));
          }
        };
    return Parameter.undecayed(name, law, shape);
  }

  /** {@code 1/(1 + e^{−a})}, written with the hyperbolic tangent, whose derivative is bounded. */
  static SDVariable logistic(SameDiff graph, SDVariable logits) {
    return graph.math().tanh(logits.mul(0.5)).add(1).mul(0.5);
  }

  /**
   * A second variable on the memory of a parameter. It always has the parameter's values, but what
   * is computed from it does not count in the gradient by the parameter: the stop-gradient that
   * SameDiff lacks.
   */
  static SDVariable held(GraphContext context, String name) {
    SameDiff graph = context.graph();
    return graph.hasVariable(name + HELD)
        ? graph.getVariable(name + HELD)
        : graph.var(name + HELD, context.parameter(name).getArr());
  }
}
