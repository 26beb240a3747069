package io.fdiff.nn.arch;

import io.fdiff.nn.CoordinateNetwork;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network of the coordinates whose hidden layers are modulated by a transformer that sees the
 * noisy function (Foresti 2024, sections 4.1 to 4.3): one forward pass in place of the inner
 * optimisation of meta-learned representations.
 *
 * <p>Encoder: the function, brought to the encoder's own grid, passes a transformer on patches with
 * the noise level (see {@link Transformer}); the mean of the tokens {@code h} gives the latent
 * vector {@code m = W_1 h + b_1} and the modulations {@code (γ, β) = W_2 m} of all layers, with
 * {@code W_2 = 0} at first. Decoder, at each point: {@code u ← φ((1 + γ) ⊙ (Wu + b) + β)} from the
 * encoded coordinates and the level features, then a linear map, which starts at 0, so that the
 * initial network is 0.
 *
 * <p>The output is a function of the coordinates: at any points, in any order, each by itself. With
 * spectral sampling the encoder sees the same tokens on all grids that carry the function, so one
 * input gives one output function whatever grid it is given on. Inputs may live on scattered points
 * where {@link ModulatedInrConfig.Sampling} allows.
 */
public final class ModulatedInr implements CoordinateNetwork {

  private static final String ENCODER = "encoder.";
  private static final String LATENT = "latent";
  private static final String MODULATION = "modulation";

  private final ModulatedInrConfig config;
  private final PatchTransformer encoder;
  private final ModulatedDecoder decoder;

  ModulatedInr(ModulatedInrConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.encoder = new PatchTransformer(ENCODER, config.encoder(), config);
    this.decoder = new ModulatedDecoder("decoder.", config);
  }

  @Override
  public ModulatedInrConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    int latent = config.decoder().latent();
    List<Parameter> list = new ArrayList<>(encoder.parameters());
    list.addAll(Layers.linear(LATENT, config.encoder().width(), latent, PatchTransformer.WEIGHTS));
    list.add(Parameter.of(MODULATION, Initializer.zeros(), latent, decoder.modulations()));
    list.addAll(decoder.parameters());
    return List.copyOf(list);
  }

  @Override
  public SDVariable build(GraphContext context) {
    InputSampling sampling = InputSampling.of(context.grid(), config);
    TokenGrid tokens = TokenGrid.of(sampling.target(), config.encoder());
    PatchTransformer.Pass pass = encoder.new Pass(context, tokens);
    SDVariable pooled = pass.pooled(pass.encode(sampling.apply(context)));
    SDVariable latent = Layers.linear(context, pooled, LATENT);
    return decoder.build(context, latent.mmul(context.parameter(MODULATION)));
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    Map<String, INDArray> inputs = new LinkedHashMap<>(InputSampling.of(grid, config).inputs(type));
    double[] coordinates = new double[grid.size() * grid.dimension()];
    for (int p = 0, at = 0; p < grid.size(); p++) {
      for (int a = 0; a < grid.dimension(); a++, at++) {
        coordinates[at] = 2 * grid.domain().get(a).toUnit(grid.coordinate(p, a)) - 1;
      }
    }
    INDArray points = Nd4j.createUninitialized(type, grid.size(), grid.dimension());
    FunctionBatch.write(coordinates, points);
    inputs.put(GraphContext.COORDINATES, points);
    return inputs;
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
