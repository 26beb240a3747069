package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkContract;
import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.util.List;
import org.junit.jupiter.api.Nested;

class UVitContractTest {

  private static final Conditioning CONDITIONS = new Conditioning(3, 1, 2);

  /** A long skip, an image that is no square. */
  @Nested
  class LevelAsToken extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new UVitConfig(
          2, new Transformer(List.of(1, 2), 2, 4, 3, 2, Level.TOKEN, false), 6, CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(2, 4);
    }
  }

  /** On another token grid than the configured one. */
  @Nested
  class AdaptiveNormAndConditionToken extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new UVitConfig(
          2, new Transformer(List.of(2, 2), 2, 4, 1, 2, Level.ADAPTIVE_NORM, true), 6, CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(4, 6);
    }
  }

  @Nested
  class OneDimensionWithTwoTokens extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new UVitConfig(
          2, new Transformer(List.of(3), 3, 4, 1, 1, Level.TOKEN, true), 6, CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(9);
    }
  }
}
