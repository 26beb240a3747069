package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkContract;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.junit.jupiter.api.Nested;

class GraphNeuralOperatorContractTest {

  private static NetworkConfig config(int dimension, double radius, boolean tapered, int kernels) {
    return new GraphNeuralOperatorConfig(
        2, dimension, 4, 2, radius, tapered, kernels, 3, 6, 5, 5, new Conditioning(3, 1, 2));
  }

  @Nested
  class OnAnInterval extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return GraphNeuralOperatorContractTest.config(1, 0.3, true, 4);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(11);
    }
  }

  @Nested
  class OnScatteredPoints extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return GraphNeuralOperatorContractTest.config(2, 0.4, false, 2);
    }

    @Override
    protected Grid grid() {
      return Points.scattered(2, 12);
    }
  }

  @Nested
  class InThreeDimensions extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return GraphNeuralOperatorContractTest.config(3, 0.6, true, 1);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(2, 3, 2);
    }
  }
}
