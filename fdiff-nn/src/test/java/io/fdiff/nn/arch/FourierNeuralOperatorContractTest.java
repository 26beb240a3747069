package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkContract;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import java.util.List;
import org.junit.jupiter.api.Nested;

class FourierNeuralOperatorContractTest {

  private static NetworkConfig config(Basis basis, Integer... modes) {
    return new FourierNeuralOperatorConfig(
        2, 4, 2, List.of(modes), basis, 6, 5, 5, new Conditioning(3, 1, 2));
  }

  @Nested
  class OnAnInterval extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return FourierNeuralOperatorContractTest.config(Basis.FOURIER, 3);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(17);
    }
  }

  @Nested
  class OnARectangle extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return FourierNeuralOperatorContractTest.config(Basis.FOURIER, 4, 4);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(Layout.PERIODIC, 16, 17);
    }
  }

  @Nested
  class InThreeDimensions extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return FourierNeuralOperatorContractTest.config(Basis.FOURIER, 1, 1, 1);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(7, 6, 8);
    }
  }

  @Nested
  class OnScatteredPoints extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return FourierNeuralOperatorContractTest.config(Basis.FOURIER, 1, 1);
    }

    @Override
    protected Grid grid() {
      return Points.scattered(2, 23);
    }
  }

  @Nested
  class WithCosines extends NetworkContract {
    @Override
    protected NetworkConfig config() {
      return FourierNeuralOperatorContractTest.config(Basis.COSINE, 7, 7);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(16, 17);
    }
  }
}
