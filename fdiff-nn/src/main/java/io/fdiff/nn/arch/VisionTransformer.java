package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A transformer on patches (Dosovitskiy et al. 2021) as a denoiser, for functions of one to three
 * variables: the blocks of {@link UVit} one after the other, without long skips and without a last
 * convolution.
 *
 * <p>Tokens {@code [batch · tokens, width]} pass the blocks, a layer norm and a linear map to
 * patches, which starts at 0, so that the initial network is 0. Grids and positions as for {@link
 * UVit}. The same transformer with pooled tokens is the encoder of {@link ModulatedInr}.
 */
public final class VisionTransformer implements Network {

  private static final String HEAD = "head";

  private final VisionTransformerConfig config;
  private final PatchTransformer transformer;

  VisionTransformer(VisionTransformerConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.transformer = new PatchTransformer("", config.transformer(), config);
  }

  @Override
  public VisionTransformerConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> list = new ArrayList<>(transformer.parameters());
    list.addAll(
        Layers.linear(HEAD, config.transformer().width(), headWidth(), Initializer.zeros()));
    return List.copyOf(list);
  }

  private int headWidth() {
    return config.transformer().patchPoints() * config.channels();
  }

  @Override
  public SDVariable build(GraphContext context) {
    TokenGrid grid = TokenGrid.of(context.grid(), config.transformer());
    PatchTransformer.Pass pass = transformer.new Pass(context, grid);
    SDVariable patches =
        pass.ofPatches(Layers.linear(context, pass.encode(context.values()), HEAD), headWidth());
    return Patches.values(patches, grid, config.channels());
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    return transformer.gridInputs(TokenGrid.of(grid, config.transformer()), type);
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
