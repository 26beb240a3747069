package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkContract;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.junit.jupiter.api.Nested;

class AttentionOperatorContractTest {

  private static NetworkConfig config(int dimension, int heads, int frequencies) {
    return new AttentionOperatorConfig(
        2, dimension, 8, 2, heads, frequencies, 6, 5, 5, new Conditioning(3, 1, 2));
  }

  @Nested
  class OnAnInterval extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return AttentionOperatorContractTest.config(1, 2, 3);
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
      return AttentionOperatorContractTest.config(2, 1, 2);
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
      return AttentionOperatorContractTest.config(3, 2, 1);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(2, 3, 2);
    }
  }
}
