package io.fdiff.nn;

import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;

class FourierNeuralOperatorContractTest extends NetworkContract {

  @Override
  protected NetworkConfig config() {
    return new FourierNeuralOperatorConfig(2, 4, 2, 3, 6, 5, 5, new Conditioning(3, 1, 2));
  }

  @Override
  protected Grid grid() {
    return RegularGrid.unit(17);
  }
}
