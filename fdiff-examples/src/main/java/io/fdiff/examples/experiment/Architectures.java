package io.fdiff.examples.experiment;

import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.arch.AdaptedInrConfig;
import io.fdiff.nn.arch.AttentionOperatorConfig;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.arch.GraphNeuralOperatorConfig;
import io.fdiff.nn.arch.MetaInrConfig;
import io.fdiff.nn.arch.ModulatedInrConfig;
import io.fdiff.nn.arch.SirenConfig;
import io.fdiff.nn.arch.UVitConfig;
import io.fdiff.nn.arch.VisionTransformerConfig;
import java.util.List;

/** The architectures that a configuration may name, with their default numbers. */
final class Architectures {

  private Architectures() {}

  static List<NetworkConfig> defaults() {
    return List.of(
        UVitConfig.defaults(),
        VisionTransformerConfig.defaults(),
        ModulatedInrConfig.defaults(),
        SirenConfig.defaults(),
        MetaInrConfig.defaults(),
        AdaptedInrConfig.defaults(),
        FourierNeuralOperatorConfig.defaults(),
        GraphNeuralOperatorConfig.defaults(),
        AttentionOperatorConfig.defaults());
  }
}
