package io.fdiff.nn.arch;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Coordinates of grids and their encoding, as {@link CoordinateMlp} states them. */
final class PointEncoding {

  private PointEncoding() {}

  /** The points of a grid {@code [points, dimension]}, each axis mapped to {@code [−1, 1]}. */
  static INDArray coordinates(Grid grid, int dimension, DataType type) {
    if (grid.dimension() != dimension) {
      throw new IllegalArgumentException(
          "grid of dimension "
              + grid.dimension()
              + ": the network is a function of "
              + dimension
              + " coordinates; configure it with dimension "
              + grid.dimension());
    }
    int points = grid.size();
    double[] values = new double[points * dimension];
    for (int p = 0; p < points; p++) {
      for (int a = 0; a < dimension; a++) {
        values[p * dimension + a] = 2 * grid.domain().get(a).toUnit(grid.coordinate(p, a)) - 1;
      }
    }
    INDArray array = Nd4j.createUninitialized(type, points, dimension);
    FunctionBatch.write(values, array);
    return array;
  }

  /** Encoded points {@code [points, encodedSize]}: the point, sines, cosines. */
  static SDVariable encode(SameDiff graph, SDVariable points, CoordinateMlp mlp, DataType type) {
    int frequencies = mlp.frequencies();
    if (frequencies == 0) {
      return points;
    }
    int dimension = mlp.dimension();
    double[] matrix = new double[dimension * dimension * frequencies];
    for (int a = 0; a < dimension; a++) {
      for (int j = 0; j < frequencies; j++) {
        matrix[(a * dimension + a) * frequencies + j] = mlp.frequency(j);
      }
    }
    INDArray array = Nd4j.createUninitialized(type, dimension, (long) dimension * frequencies);
    FunctionBatch.write(matrix, array);
    SDVariable angles = points.mmul(graph.constant(array));
    return graph.concat(1, points, graph.math().sin(angles), graph.math().cos(angles));
  }

  /**
   * Rows {@code [points · batch, width]} as {@code [points, batch, width]} for a number of points
   * that is known only when the graph runs.
   *
   * @param points any variable with the points as first axis, rank 2
   */
  static SDVariable apart(SameDiff graph, SDVariable rows, SDVariable points, int width) {
    SDVariable count = graph.shape(points).get(SDIndex.interval(0, 1));
    SDVariable rest = graph.constant(Nd4j.createFromArray(-1L, (long) width));
    return graph.reshape(rows, graph.concat(0, count, rest));
  }
}
