package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks and parts of them at single functions, in DOUBLE. */
final class Evaluation {

  private Evaluation() {}

  /** Normals of a given deviation as parameters. */
  static ParameterVector parameters(Network network, double deviation) {
    ParameterVector vector = ParameterVector.zeros(network, DataType.DOUBLE);
    double[] values = new double[vector.size()];
    NoiseSource.of(3).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= deviation;
    }
    vector.assign(values);
    return vector;
  }

  /** The output for one function of one channel, without conditions. */
  static double[] network(
      Network network, ParameterVector theta, Grid grid, ToDoubleFunction<double[]> f) {
    INDArray values = array(Points.values(grid, f), grid.size(), 1, 1);
    double[] level = new double[network.config().levelFeatures()];
    for (int i = 0; i < level.length; i++) {
      level[i] = Math.cos(1 + 2 * i);
    }
    double[] out = new double[grid.size()];
    try (NetworkFunction function = NetworkFunction.of(network, theta, grid)) {
      Map<String, INDArray> inputs = new HashMap<>(network.gridInputs(grid, DataType.DOUBLE));
      inputs.put(GraphContext.VALUES, values);
      inputs.put(GraphContext.LEVEL, array(level, 1, level.length));
      function.evaluate(inputs, result -> FunctionBatch.read(result, out));
    }
    return out;
  }

  /**
   * A map of hidden functions, for one sample.
   *
   * @param part adds the map to the graph; its argument and result are {@code [points, width]}
   * @param columns the function, one column of values a hidden channel
   */
  static double[][] part(
      Network network,
      ParameterVector theta,
      Grid grid,
      Map<String, INDArray> gridInputs,
      BiFunction<GraphContext, SDVariable, SDVariable> part,
      List<double[]> columns) {
    GraphContext context = new GraphContext(network, theta, grid);
    SDVariable out = part.apply(context, context.input("hidden", grid.size(), columns.size()));
    Map<String, INDArray> inputs = new HashMap<>(gridInputs);
    inputs.put("hidden", array(Points.flat(columns), grid.size(), columns.size()));
    inputs.put("shift", Nd4j.create(DataType.DOUBLE, 1, columns.size()));
    try (GraphSession session = new GraphSession(context.graph(), List.of(out.name()))) {
      return session.run(inputs, outputs -> outputs.get(out.name()).dup('c').toDoubleMatrix());
    }
  }

  private static INDArray array(double[] values, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    FunctionBatch.write(values, array);
    return array;
  }
}
