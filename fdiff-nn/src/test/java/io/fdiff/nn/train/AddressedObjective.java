package io.fdiff.nn.train;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Learns to halve white noise; each sample is a function of its own address alone. */
final class AddressedObjective implements Objective {

  private static final RegularGrid GRID = RegularGrid.unit(16);
  private static final String TARGET = "target";
  private static final String WEIGHTS = "weights";

  @Override
  public Grid grid() {
    return GRID;
  }

  @Override
  public SDVariable loss(GraphContext context, SDVariable output) {
    SDVariable target = context.input(TARGET, -1, -1, 1);
    SDVariable weights = context.input(WEIGHTS, -1, -1, 1);
    return context.graph().math().square(output.sub(target)).mul(weights).sum();
  }

  @Override
  public Map<String, INDArray> batch(
      NetworkConfig config, DataType type, int size, NoiseSource noise) {
    int points = GRID.size();
    INDArray values = Nd4j.create(type, points, size, 1);
    INDArray target = Nd4j.create(type, points, size, 1);
    double[] row = new double[points];
    for (int i = 0; i < size; i++) {
      noise.normals(i, 0, new int[] {points}, row, 0);
      for (int p = 0; p < points; p++) {
        values.putScalar(p, i, 0, row[p]);
        target.putScalar(p, i, 0, row[p] / 2);
      }
    }
    return Map.of(
        GraphContext.VALUES,
        values,
        TARGET,
        target,
        WEIGHTS,
        Nd4j.ones(type, points, size, 1).divi((double) points * size),
        GraphContext.LEVEL,
        Nd4j.create(type, size, config.levelFeatures()));
  }
}
