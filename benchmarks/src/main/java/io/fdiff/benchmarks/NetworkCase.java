package io.fdiff.benchmarks;

import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.arch.CoordinateMlp;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.arch.ModulatedInrConfig;
import io.fdiff.nn.arch.SirenConfig;
import io.fdiff.nn.arch.UVitConfig;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;

/** A network that is measured, with its grid; {@link PeerNetwork} has the same in PyTorch. */
enum NetworkCase {
  /** Of 1.1 million parameters, 32×32. */
  UVIT("uvit"),
  /** A transformer that modulates a perceptron over the pixels, 32×32. */
  MODULATED_INR("modulated-inr"),
  /** Width 64, 16 modes, 256 points. */
  FOURIER_OPERATOR("fourier-operator"),
  /** Four sine layers of width 128, 32×32. */
  SIREN("siren");

  static final int BATCH = 64;

  private final String label;

  NetworkCase(String label) {
    this.label = label;
  }

  static NetworkCase named(String label) {
    return Arrays.stream(values())
        .filter(which -> which.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no network " + label + ": there are " + Arrays.toString(values())));
  }

  NetworkConfig config() {
    return switch (this) {
      case UVIT -> UVitConfig.defaults();
      case MODULATED_INR -> ModulatedInrConfig.defaults();
      case FOURIER_OPERATOR -> FourierNeuralOperatorConfig.defaults().withWidth(64);
      case SIREN -> new SirenConfig(1, CoordinateMlp.siren(2, 128, 4), 16, Conditioning.NONE);
    };
  }

  RegularGrid grid() {
    return this == FOURIER_OPERATOR ? RegularGrid.unit(256) : RegularGrid.unit(32, 32);
  }

  @Override
  public String toString() {
    return label;
  }
}
