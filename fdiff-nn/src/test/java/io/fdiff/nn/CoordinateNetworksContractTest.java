package io.fdiff.nn;

import io.fdiff.nn.arch.AdaptedInrConfig;
import io.fdiff.nn.arch.CoordinateMlp;
import io.fdiff.nn.arch.CoordinateMlp.Activation;
import io.fdiff.nn.arch.InnerLoop;
import io.fdiff.nn.arch.MetaInrConfig;
import io.fdiff.nn.arch.SirenConfig;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import org.junit.jupiter.api.Nested;

/**
 * The contract for every coordinate network and variant, the second-order gradients of inner steps
 * among them. Factors {@code ω_0} are small, so that parameters of order ½ leave the network smooth
 * on the scale of the differences.
 */
class CoordinateNetworksContractTest {

  private static final Conditioning ALL = new Conditioning(3, 1, 2);

  private static CoordinateMlp mlp(Activation activation, double omega, int frequencies) {
    return new CoordinateMlp(2, 4, 2, activation, omega, frequencies, false);
  }

  private static CoordinateMlp everywhere(Activation activation, double omega) {
    return new CoordinateMlp(2, 4, 2, activation, omega, 0, true);
  }

  private abstract static class OnPlane extends NetworkContract {
    @Override
    protected Grid grid() {
      return RegularGrid.unit(3, 4);
    }
  }

  @Nested
  class SirenOfSines extends OnPlane {
    @Override
    protected NetworkConfig config() {
      return new SirenConfig(2, mlp(Activation.SINE, 5, 0), 4, ALL);
    }
  }

  @Nested
  class SirenOfGelus extends OnPlane {
    @Override
    protected NetworkConfig config() {
      return new SirenConfig(2, mlp(Activation.GELU, 5, 3), 4, ALL);
    }
  }

  @Nested
  class SirenOfSwishes extends OnPlane {
    @Override
    protected NetworkConfig config() {
      return new SirenConfig(2, mlp(Activation.SWISH, 5, 1), 4, ALL);
    }
  }

  @Nested
  class SirenOfWavelets extends OnPlane {
    @Override
    protected NetworkConfig config() {
      return new SirenConfig(2, everywhere(Activation.WAVELET, 30), 4, ALL);
    }
  }

  @Nested
  class LinearSiren extends OnPlane {
    @Override
    protected NetworkConfig config() {
      return new SirenConfig(2, new CoordinateMlp(2, 1, 0, Activation.SINE, 5, 2, false), 4, ALL);
    }
  }

  @Nested
  class LatentOfSines extends OnPlane {
    @Override
    protected NetworkConfig config() {
      return new MetaInrConfig(2, mlp(Activation.SINE, 3, 0), 3, InnerLoop.defaults(), 4, ALL);
    }
  }

  @Nested
  class LatentWithLearnedRates extends OnPlane {
    @Override
    protected NetworkConfig config() {
      InnerLoop inner = new InnerLoop(3, 0.01, true, false);
      return new MetaInrConfig(2, mlp(Activation.SINE, 1.5, 0), 3, inner, 4, ALL);
    }
  }

  @Nested
  class ShiftsOfGelus extends OnPlane {
    @Override
    protected NetworkConfig config() {
      InnerLoop inner = new InnerLoop(3, 0.1, false, false);
      return new MetaInrConfig(2, mlp(Activation.GELU, 5, 2), 0, inner, 4, ALL);
    }
  }

  @Nested
  class ShiftsOfSwishes extends OnPlane {
    @Override
    protected NetworkConfig config() {
      InnerLoop inner = new InnerLoop(2, 0.1, false, false);
      return new MetaInrConfig(2, mlp(Activation.SWISH, 5, 2), 0, inner, 4, ALL);
    }
  }

  @Nested
  class ShiftsOfWavelets extends OnPlane {
    @Override
    protected NetworkConfig config() {
      InnerLoop inner = new InnerLoop(2, 0.01, false, false);
      return new MetaInrConfig(2, everywhere(Activation.WAVELET, 4), 0, inner, 4, ALL);
    }
  }

  @Nested
  class OneLayer extends OnPlane {
    @Override
    protected NetworkConfig config() {
      CoordinateMlp mlp = new CoordinateMlp(2, 4, 1, Activation.SINE, 3, 0, false);
      return new MetaInrConfig(2, mlp, 0, InnerLoop.defaults(), 4, ALL);
    }
  }

  @Nested
  class AllWeightsOfWavelets extends OnPlane {
    @Override
    protected NetworkConfig config() {
      InnerLoop inner = new InnerLoop(2, 0.01, false, false);
      return new AdaptedInrConfig(2, everywhere(Activation.WAVELET, 4), inner, 4, ALL);
    }
  }

  @Nested
  class AllWeightsWithLearnedRates extends OnPlane {
    @Override
    protected NetworkConfig config() {
      InnerLoop inner = new InnerLoop(2, 0.01, true, false);
      return new AdaptedInrConfig(2, mlp(Activation.SINE, 1.5, 0), inner, 4, ALL);
    }
  }

  @Nested
  class AllWeightsOfALinearMap extends OnPlane {
    @Override
    protected NetworkConfig config() {
      CoordinateMlp mlp = new CoordinateMlp(2, 1, 0, Activation.SINE, 5, 2, false);
      InnerLoop inner = new InnerLoop(3, 0.1, false, false);
      return new AdaptedInrConfig(2, mlp, inner, 4, new Conditioning(3, 0, 2));
    }
  }
}
