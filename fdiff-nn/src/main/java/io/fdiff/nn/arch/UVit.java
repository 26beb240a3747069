package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The transformer with long skips of Bao et al. (2023), for functions of one to three variables.
 *
 * <p>Patches of {@code p} points an axis become tokens {@code [batch · tokens, width]} with learned
 * positions; level and condition are further tokens, or scale and shift the normalisations (see
 * {@link Transformer}). Of the {@code n = 2k + 1} blocks the last {@code k} first map {@code (x,
 * skip)}, the state joined with that of the matching one of the first {@code k} blocks, back to the
 * width. Then a layer norm, a linear map to patches, and a convolution of 3 points an axis with
 * zeros beyond the ends.
 *
 * <p>Linear maps and positions start as truncated normals of deviation 0.02, biases at 0. The map
 * to patches starts at 0 and the convolution as the identity, so that the initial network is 0.
 *
 * <p>Any regular grid whose numbers of points are multiples of the patch. The network belongs to
 * the token grid it was trained on: on another one the positions are interpolated at the centres of
 * the patches, but a patch then covers another part of the domain, so the function changes. For one
 * function on all grids see {@link FourierNeuralOperator} and {@link ModulatedInr}.
 *
 * <p>Differences from the original: the level enters by its sinusoidal features and a perceptron of
 * one hidden layer, its token has no position besides the bias of that map; {@code GELU} in its
 * {@code tanh} form.
 */
public final class UVit implements Network {

  private static final String HEAD = "head";
  private static final String CONVOLUTION = "convolution";

  private final UVitConfig config;
  private final PatchTransformer transformer;

  UVit(UVitConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.transformer = new PatchTransformer("", config.transformer(), config);
  }

  @Override
  public UVitConfig config() {
    return config;
  }

  private int skips() {
    return config.transformer().depth() / 2;
  }

  private static String skip(int block) {
    return "block" + block + ".skip";
  }

  /** Points of the convolution's window. */
  private int taps() {
    return (int) Math.pow(3, config.transformer().tokens().size());
  }

  @Override
  public List<Parameter> parameters() {
    int width = config.transformer().width();
    int channels = config.channels();
    List<Parameter> list = new ArrayList<>(transformer.parameters());
    for (int block = skips() + 1; block < config.transformer().depth(); block++) {
      list.addAll(Layers.linear(skip(block), 2 * width, width, PatchTransformer.WEIGHTS));
    }
    list.addAll(
        Layers.linear(
            HEAD, width, config.transformer().patchPoints() * channels, Initializer.zeros()));
    list.add(Parameter.of(CONVOLUTION, this::identity, channels, taps() * channels));
    list.add(Parameter.undecayed(CONVOLUTION + ".bias", Initializer.zeros(), channels, 1));
    return List.copyOf(list);
  }

  /** Weights 1 of each channel's own central point. */
  private void identity(Object noise, double[] weights) {
    int channels = config.channels();
    Arrays.fill(weights, 0);
    for (int c = 0; c < channels; c++) {
      weights[(c * taps() + taps() / 2) * channels + c] = 1;
    }
  }

  @Override
  public SDVariable build(GraphContext context) {
    TokenGrid grid = TokenGrid.of(context.grid(), config.transformer());
    PatchTransformer.Pass pass = transformer.new Pass(context, grid);
    SDVariable x = pass.tokens(context.values());
    Deque<SDVariable> skips = new ArrayDeque<>();
    for (int block = 0; block < config.transformer().depth(); block++) {
      if (block > skips()) {
        SDVariable joined = context.graph().concat(1, x, skips.pop());
        x = Layers.linear(context, joined, skip(block));
      }
      x = pass.block(x, block);
      if (block < skips()) {
        skips.push(x);
      }
    }
    int channels = config.channels();
    int features = config.transformer().patchPoints() * channels;
    SDVariable patches = pass.ofPatches(Layers.linear(context, pass.finish(x), HEAD), features);
    return convolve(context, Patches.channelsFirst(patches, grid, channels));
  }

  /**
   * The convolution as one product with all shifts of the functions.
   *
   * @param x {@code [channels, n1, …, nd, batch]}
   * @return {@code [points, batch, channels]}
   */
  private SDVariable convolve(GraphContext context, SDVariable x) {
    SameDiff graph = context.graph();
    int channels = config.channels();
    int[] points = context.grid().shape();
    int axes = points.length;
    int[][] margins = new int[axes + 2][2];
    for (int a = 1; a <= axes; a++) {
      Arrays.fill(margins[a], 1);
    }
    SDVariable padded = graph.nn().pad(x, graph.constant(Nd4j.createFromArray(margins)), 0);
    int[] size = new int[axes + 2];
    size[0] = channels;
    System.arraycopy(points, 0, size, 1, axes);
    size[axes + 1] = -1;
    SDVariable[] shifts = new SDVariable[taps()];
    for (int tap = 0; tap < shifts.length; tap++) {
      int[] begin = new int[axes + 2];
      for (int a = axes, rest = tap; a >= 1; a--, rest /= 3) {
        begin[a] = rest % 3;
      }
      shifts[tap] = graph.slice(padded, begin, size);
    }
    SDVariable windows = graph.concat(0, shifts).reshape(taps() * channels, -1);
    SDVariable out =
        context.parameter(CONVOLUTION).mmul(windows).add(context.parameter(CONVOLUTION + ".bias"));
    int all = context.grid().size();
    return channels == 1
        ? out.reshape(all, -1, 1)
        : out.reshape(channels, all, -1).permute(1, 2, 0);
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
