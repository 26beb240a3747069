package io.fdiff.nn.arch;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkContract;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.ModulatedInrConfig.Activation;
import io.fdiff.nn.arch.ModulatedInrConfig.Decoder;
import io.fdiff.nn.arch.ModulatedInrConfig.Modulation;
import io.fdiff.nn.arch.ModulatedInrConfig.Sampling;
import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.nd4j.linalg.api.buffer.DataType;

class ModulatedInrContractTest {

  private static final Conditioning CONDITIONS = new Conditioning(3, 1, 2);

  /** Images on another grid than the encoder's, with other numbers of points on the axes. */
  @Nested
  class FourierFeatures extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new ModulatedInrConfig(
          2,
          new Transformer(List.of(2, 1), 2, 4, 1, 2, Level.TOKEN, false),
          Sampling.COSINE,
          new Decoder(Activation.GELU, 1, 4, 2, 3, Modulation.SCALE_AND_SHIFT),
          6,
          CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(3, 5);
    }
  }

  @Nested
  class SirenWithShifts extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new ModulatedInrConfig(
          2,
          new Transformer(List.of(2), 2, 4, 1, 2, Level.ADAPTIVE_NORM, true),
          Sampling.FOURIER,
          new Decoder(Activation.SINE, 0, 4, 2, 3, Modulation.SHIFT),
          6,
          CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return RegularGrid.unit(Layout.PERIODIC, 4);
    }

    /** Small values, so that sines of 30 times a layer do not turn between two differences. */
    @Override
    protected ParameterVector parameters(Network network, DataType type) {
      ParameterVector vector = super.parameters(network, type);
      vector
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (name.startsWith("decoder.layer") || name.equals("modulation")) {
                  tensor.muli(0.1);
                }
              });
      return vector;
    }
  }

  @Nested
  class ScatteredPoints extends NetworkContract {

    @Override
    protected NetworkConfig config() {
      return new ModulatedInrConfig(
          2,
          new Transformer(List.of(3), 2, 4, 1, 2, Level.TOKEN, false),
          Sampling.LINEAR,
          new Decoder(Activation.SWISH, 2, 4, 1, 3, Modulation.SCALE_AND_SHIFT),
          6,
          CONDITIONS);
    }

    @Override
    protected Grid grid() {
      return PointSet.of(Interval.UNIT, 0.1, 0.35, 0.4, 0.6, 0.9);
    }
  }
}
