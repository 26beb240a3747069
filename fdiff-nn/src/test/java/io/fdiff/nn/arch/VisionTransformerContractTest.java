package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkContract;
import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.List;
import org.junit.jupiter.api.Nested;

class VisionTransformerContractTest {

  private static final Conditioning CONDITIONS = new Conditioning(3, 1, 2);

  @Nested
  class LevelAsToken extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new VisionTransformerConfig(
          2, new Transformer(List.of(3), 2, 4, 2, 2, Level.TOKEN, false), 6, CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(6);
    }
  }

  @Nested
  class ThreeDimensionsAndAdaptiveNorm extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new VisionTransformerConfig(
          2,
          new Transformer(List.of(1, 2, 1), 2, 4, 1, 2, Level.ADAPTIVE_NORM, false),
          6,
          CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(2, 4, 2);
    }
  }
}
