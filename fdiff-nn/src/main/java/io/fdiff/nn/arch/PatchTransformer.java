package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.Parameter;
import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.space.FunctionBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The parts of a transformer on patches: tokens of functions, level and condition; blocks {@code x
 * ← x + A(LN x), x ← x + M(LN x)} with attention {@code A} (queries, keys and values without bias)
 * and a perceptron {@code M} of four times the width; the last normalisation.
 *
 * <p>Activations are rows {@code [batch · tokens, width]}. The tokens of level and condition come
 * before those of the patches. Linear maps and positions start as truncated normals of deviation
 * 0.02.
 */
final class PatchTransformer {

  static final Initializer WEIGHTS = Initializer.truncatedNormal(0.02);

  private static final int EXPANSION = 4;

  private final Transformer numbers;
  private final NetworkConfig config;
  private final String prefix;

  /**
   * A transformer.
   *
   * @param prefix of the names of its parameters and inputs
   * @param config gives channels, level features and conditions
   */
  PatchTransformer(String prefix, Transformer numbers, NetworkConfig config) {
    this.prefix = prefix;
    this.numbers = numbers;
    this.config = config;
  }

  private boolean hasConditionToken() {
    return numbers.conditionToken() && config.conditioning().features() > 0;
  }

  private boolean hasLevelToken() {
    return numbers.level() == Level.TOKEN;
  }

  private int extraTokens() {
    return (hasLevelToken() ? 1 : 0) + (hasConditionToken() ? 1 : 0);
  }

  private String name(int block, String part) {
    return prefix + "block" + block + "." + part;
  }

  /** The parameters of tokens, blocks and last normalisation. */
  List<Parameter> parameters() {
    int width = numbers.width();
    List<Parameter> list =
        new ArrayList<>(
            Layers.linear(
                prefix + "patches",
                numbers.patchPoints() * config.inputChannels(),
                width,
                WEIGHTS));
    list.add(Parameter.undecayed(prefix + "positions", WEIGHTS, numbers.trainedTokens(), width));
    int levelInputs = hasConditionToken() ? config.levelFeatures() : config.inputFeatures();
    list.addAll(embedding("level", levelInputs));
    if (hasConditionToken()) {
      list.addAll(embedding("condition", config.conditioning().features()));
    }
    for (int block = 0; block < numbers.depth(); block++) {
      list.addAll(norm(name(block, "attention.norm")));
      list.add(Parameter.of(name(block, "attention.qkv"), WEIGHTS, width, 3 * width));
      list.addAll(Layers.linear(name(block, "attention.out"), width, width, WEIGHTS));
      list.addAll(norm(name(block, "mlp.norm")));
      list.addAll(Layers.linear(name(block, "mlp.hidden"), width, EXPANSION * width, WEIGHTS));
      list.addAll(Layers.linear(name(block, "mlp.out"), EXPANSION * width, width, WEIGHTS));
    }
    list.addAll(Layers.layerNorm(prefix + "norm", width));
    return list;
  }

  /** A perceptron from features to a token. */
  private List<Parameter> embedding(String name, int inputs) {
    int width = numbers.width();
    List<Parameter> list =
        new ArrayList<>(
            Layers.linear(prefix + name + ".hidden", inputs, EXPANSION * width, WEIGHTS));
    list.addAll(Layers.linear(prefix + name + ".out", EXPANSION * width, width, WEIGHTS));
    return list;
  }

  /** Scale and shift, or the map that gives them; that one starts at 0. */
  private List<Parameter> norm(String name) {
    return hasLevelToken()
        ? Layers.layerNorm(name, numbers.width())
        : Layers.linear(
            name + ".modulation", numbers.width(), 2 * numbers.width(), Initializer.zeros());
  }

  /** The transformer in one graph. */
  final class Pass {

    private final GraphContext context;
    private final SameDiff graph;
    private final TokenGrid grid;
    private final @Nullable SDVariable level;

    /** Level and condition are read here, functions by {@link #tokens}. */
    Pass(GraphContext context, TokenGrid grid) {
      this.context = context;
      this.graph = context.graph();
      this.grid = grid;
      this.level = hasLevelToken() ? null : Layers.swish(graph, levelEmbedding());
    }

    private int count() {
      return grid.count() + extraTokens();
    }

    private SDVariable levelEmbedding() {
      return embed(
          "level",
          hasConditionToken()
              ? context.input(GraphContext.LEVEL, -1, config.levelFeatures())
              : context.features());
    }

    private SDVariable embed(String name, SDVariable features) {
      SDVariable hidden = Layers.linear(context, features, prefix + name + ".hidden");
      return Layers.linear(context, Layers.swish(graph, hidden), prefix + name + ".out");
    }

    /**
     * Functions as tokens.
     *
     * @param values {@code [points, batch, channels]}
     * @return {@code [batch · tokens, width]}
     */
    SDVariable tokens(SDVariable values) {
      int width = numbers.width();
      SDVariable positions = context.parameter(prefix + "positions");
      if (!grid.isTrained()) {
        positions =
            context
                .input(prefix + "interpolation", grid.count(), numbers.trainedTokens())
                .mmul(positions);
      }
      SDVariable patches =
          Layers.linear(
                  context, Patches.rows(values, grid, config.inputChannels()), prefix + "patches")
              .reshape(-1, grid.count(), width)
              .add(positions.reshape(1, grid.count(), width));
      List<SDVariable> parts = new ArrayList<>();
      if (hasLevelToken()) {
        parts.add(levelEmbedding().reshape(-1, 1, width));
      }
      if (hasConditionToken()) {
        SDVariable condition =
            context.input(GraphContext.CONDITION, -1, config.conditioning().features());
        parts.add(embed("condition", condition).reshape(-1, 1, width));
      }
      parts.add(patches);
      SDVariable all =
          parts.size() == 1 ? patches : graph.concat(1, parts.toArray(new SDVariable[0]));
      return all.reshape(-1, width);
    }

    /** One block on {@code [batch · tokens, width]}. */
    SDVariable block(SDVariable x, int block) {
      SDVariable qkv =
          norm(x, name(block, "attention.norm"))
              .mmul(context.parameter(name(block, "attention.qkv")));
      SDVariable mixed = Layers.attention(graph, qkv, count(), numbers.heads(), numbers.width());
      SDVariable attended = x.add(Layers.linear(context, mixed, name(block, "attention.out")));
      SDVariable hidden =
          Layers.linear(
              context, norm(attended, name(block, "mlp.norm")), name(block, "mlp.hidden"));
      return attended.add(
          Layers.linear(context, Layers.gelu(graph, hidden), name(block, "mlp.out")));
    }

    private SDVariable norm(SDVariable x, String name) {
      if (level == null) {
        return Layers.layerNorm(context, x, name);
      }
      int width = numbers.width();
      SDVariable[] modulation =
          graph.split(Layers.linear(context, level, name + ".modulation"), 2, 1);
      return Layers.normalised(graph, x)
          .reshape(-1, count(), width)
          .mul(modulation[0].add(1).reshape(-1, 1, width))
          .add(modulation[1].reshape(-1, 1, width))
          .reshape(-1, width);
    }

    /** Tokens, all blocks and the last normalisation. */
    SDVariable encode(SDVariable values) {
      SDVariable x = tokens(values);
      for (int block = 0; block < numbers.depth(); block++) {
        x = block(x, block);
      }
      return finish(x);
    }

    /** The last normalisation, {@code [batch · tokens, width]}. */
    SDVariable finish(SDVariable x) {
      return Layers.layerNorm(context, x, prefix + "norm");
    }

    /**
     * The rows of patches without those of level and condition.
     *
     * @param x {@code [batch · tokens, features]}
     * @return {@code [batch, patches, features]}
     */
    SDVariable ofPatches(SDVariable x, int features) {
      SDVariable all = x.reshape(-1, count(), features);
      int extra = extraTokens();
      return extra == 0
          ? all
          : graph.slice(all, new int[] {0, extra, 0}, -1, grid.count(), features);
    }

    /**
     * The mean over the patches.
     *
     * @param x {@code [batch · tokens, width]}
     * @return {@code [batch, width]}
     */
    SDVariable pooled(SDVariable x) {
      return ofPatches(x, numbers.width()).mean(false, 1);
    }
  }

  /** The inputs of {@link Pass#tokens} for a grid. */
  Map<String, INDArray> gridInputs(TokenGrid grid, DataType type) {
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    if (!grid.isTrained()) {
      INDArray matrix = Nd4j.createUninitialized(type, grid.count(), numbers.trainedTokens());
      FunctionBatch.write(grid.interpolation(), matrix);
      inputs.put(prefix + "interpolation", matrix);
    }
    return inputs;
  }
}
