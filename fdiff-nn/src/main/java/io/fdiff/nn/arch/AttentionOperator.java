package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A neural operator for any points whose integral operators have low rank: attention without
 * softmax (Cao 2021), modulated by the noise level.
 *
 * <p>Lift {@code u = x W_x + (2p − 1, 1) W_p}; layers {@code u ← u + φ(s ⊙ (K u + u W + t))} with
 * scale {@code s} and shift {@code t} of each layer from a two-layer perceptron on the level;
 * output {@code φ(u W_1) W_2}, with {@code W_2 = 0} at first, so that the initial network is 0.
 * {@code φ(x) = x·min(max(0.2x + ½, 0), 1)}.
 *
 * <p>Queries, keys and values are linear in the hidden channels and in features of the position,
 * {@code (q, k, v) = u W_u + e(p) W_e}, queries and keys normalised over the features of each head,
 * so that the kernel is bounded and {@code K} contains the linear operators of low rank. In every
 * head
 *
 * <pre>{@code (K u)(p) = 1/|D| ∫ (q(p)·k(p')) v(p') dp' ≈ q_i · Σ_j (w_j/|D|) k_j v_jᵀ}</pre>
 *
 * divided by the root of the head's size, with the quadrature weights of the grid, and a matrix
 * that mixes the heads. {@code e(p)} are 1 and {@code cos πk·p}, {@code sin πk·p} for {@code p}
 * scaled to the unit box and one of each pair {@code ±k}, {@code |k_a| ≤ M}: a product of two of
 * them is a kernel on the box, without assuming periodic functions.
 *
 * <p>Cost {@code O(points · width²/heads)} a function and layer, no array of pairs. Laws: another
 * order of the points gives the output in that order; under refinement the output converges as the
 * quadrature does. The original's residual layout and position-wise network are replaced by the
 * layers above, and quadrature weights replace the mean over points.
 */
public final class AttentionOperator implements Network {

  private static final String POSITIONS = "positions";
  private static final String QUADRATURE = "quadrature";

  private final AttentionOperatorConfig config;
  private final OperatorFrame frame;
  private final List<int[]> frequencies;

  AttentionOperator(AttentionOperatorConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.frame =
        new OperatorFrame(
            config,
            config.dimension(),
            config.width(),
            config.layers(),
            config.levelWidth(),
            config.projection());
    this.frequencies =
        Frequencies.half(Collections.nCopies(config.dimension(), config.frequencies()));
  }

  @Override
  public AttentionOperatorConfig config() {
    return config;
  }

  /** 1, then a cosine and a sine of each frequency but 0. */
  private int features() {
    return 2 * frequencies.size() - 1;
  }

  @Override
  public List<Parameter> parameters() {
    int width = config.width();
    double positions = 1 / Math.sqrt(frequencies.size());
    return frame.parameters(
        layer ->
            List.of(
                Parameter.of(
                    OperatorFrame.name(layer, "attention"),
                    OperatorFrame.normalised(width),
                    width,
                    3 * width),
                Parameter.undecayed(
                    OperatorFrame.name(layer, "positions"),
                    Initializer.normal(positions),
                    features(),
                    3 * width),
                Parameter.of(
                    OperatorFrame.name(layer, "mix"),
                    OperatorFrame.normalised(2 * width),
                    width,
                    width)));
  }

  @Override
  public SDVariable build(GraphContext context) {
    requireDimension(context.grid());
    return frame.build(
        context,
        (layer, u, shift) ->
            attention(context, layer, u).add(OperatorFrame.spread(context, shift)));
  }

  private void requireDimension(Grid grid) {
    frame.requireDimension(grid, "configure the dimension of the grid");
  }

  /** {@code K u}, both {@code [points, batch · width]}. */
  SDVariable attention(GraphContext context, int layer, SDVariable u) {
    SameDiff graph = context.graph();
    int points = context.grid().size();
    int width = config.width();
    int heads = config.heads();
    int size = width / heads;
    SDVariable fromValues =
        u.reshape(-1, width).mmul(context.parameter(OperatorFrame.name(layer, "attention")));
    SDVariable fromPositions =
        context
            .input(POSITIONS, points, features())
            .mmul(context.parameter(OperatorFrame.name(layer, "positions")));
    // [points, batch, 3, heads, size] to [3, batch, heads, points, size]
    SDVariable[] parts =
        graph.split(
            fromValues
                .reshape(points, -1, 3 * width)
                .add(fromPositions.reshape(points, 1, 3 * width))
                .reshape(points, -1, 3, heads, size)
                .permute(2, 1, 3, 0, 4)
                .reshape(3, -1, points, size),
            3,
            0);
    SDVariable query =
        Layers.normalised(graph, parts[0].reshape(-1, size)).reshape(-1, points, size);
    SDVariable key = Layers.normalised(graph, parts[1].reshape(-1, size)).reshape(-1, points, size);
    SDVariable value = parts[2].reshape(-1, points, size);
    SDVariable weighted = value.mul(context.input(QUADRATURE, 1, points, 1));
    SDVariable products = graph.mmul(key, weighted, true, false, false);
    return query
        .mmul(products)
        .mul(1 / Math.sqrt(size))
        .reshape(-1, heads, points, size)
        .permute(2, 0, 1, 3)
        .reshape(-1, width)
        .mmul(context.parameter(OperatorFrame.name(layer, "mix")))
        .reshape(points, -1);
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    requireDimension(grid);
    int points = grid.size();
    double[] features = new double[points * features()];
    for (int p = 0, at = 0; p < points; p++) {
      features[at++] = 1;
      for (int[] k : frequencies.subList(1, frequencies.size())) {
        double phase = 0;
        for (int a = 0; a < k.length; a++) {
          phase += Math.PI * k[a] * grid.domain().get(a).toUnit(grid.coordinate(p, a));
        }
        features[at++] = Math.cos(phase);
        features[at++] = Math.sin(phase);
      }
    }
    double measure = grid.measure();
    double[] weights = Arrays.stream(grid.weights()).map(w -> w / measure).toArray();
    Map<String, INDArray> inputs = new LinkedHashMap<>(frame.gridInputs(grid, type));
    inputs.put(POSITIONS, OperatorFrame.array(type, features, points, features()));
    inputs.put(QUADRATURE, OperatorFrame.array(type, weights, 1, points, 1));
    return inputs;
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
