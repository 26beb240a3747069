package io.fdiff.flow;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.Fixtures;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.SpectralTransform;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Paths and data that the tests of flows share. */
final class FlowFixtures {

  static final RegularGrid GRID = RegularGrid.unit(4);
  static final SpectralTransform COSINE = CosineTransform.of(GRID);
  static final double[] LAMBDA = {1, 0.5, 0.25, 0.1};
  static final double[] MU = {2, 0.3, 0.4, 0.02};

  private FlowFixtures() {}

  static SpectralCovariance reference() {
    return Fixtures.diagonal(COSINE, LAMBDA);
  }

  static FlowPath path(Interpolant interpolant) {
    return new FlowPath(interpolant, reference());
  }

  static FlowPath straight() {
    return path(Interpolant.optimalTransport(1e-4));
  }

  static GaussianMeasure data(int channels) {
    return GaussianMeasure.of(
        Fixtures.random(GRID, DataType.DOUBLE, 1, channels, 5), Fixtures.diagonal(COSINE, MU));
  }

  static double[] modes(INDArray x) {
    double[] values = Fixtures.values(x);
    double[] c = new double[values.length];
    COSINE.forward(values, c, values.length / GRID.size());
    return c;
  }
}
