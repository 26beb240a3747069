package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The graph neural operator (Li et al. 2020) on any points, modulated by the noise level: integral
 * operators whose kernels are learned functions on a ball.
 *
 * <p>Lift {@code u = x W_x + (2p − 1, 1) W_p}; layers {@code u ← u + φ(s ⊙ (K u + u W + t))} with
 * scale {@code s} and shift {@code t} of each layer from a two-layer perceptron on the level;
 * output {@code φ(u W_1) W_2}, with {@code W_2 = 0} at first, so that the initial network is 0.
 * {@code φ(x) = x·min(max(0.2x + ½, 0), 1)}.
 *
 * <pre>{@code (K u)(p) = 1/|B_r| ∫_{|p−p'| ≤ r} χ(|p−p'|/r) κ(p, p') u(p') dp'
 *           ≈ 1/|B_r| Σ_{|p_i−p_j| ≤ r} w_j χ κ(p_i, p_j) u_j}</pre>
 *
 * with the quadrature weights of the grid, not a mean over neighbours, so that the ball's part
 * beyond the boundary counts as 0 and dense clusters of points do not count more than once. The
 * ball's measure {@code |B_r|} is a constant, which keeps {@code K} of order 1. {@code χ} is 1 or,
 * tapered, {@code (1 − s²)²}; then sums converge as the quadrature does on smooth functions, else
 * with order 1 in the spacing for the cut.
 *
 * <p>The matrix {@code κ(p, p')} is factored: {@code κ u = (g_1 u_1, …, g_q u_q) V} with the hidden
 * channels in {@code q} equal parts, {@code V} a matrix of the layer, and scalar kernels {@code
 * g(p, p')} from the perceptron {@code W_3 φ(W_2 φ(W_1 e))}, whose last matrix each layer has for
 * itself. It sees {@code e = ((p' − p)/r, |p' − p|/r, 2p − 1, 1)}, lengths in units of the domain.
 * {@code κ} does not depend on {@code u}, so that it is evaluated once for a whole batch; the
 * original's kernel may, and is the same in all layers.
 *
 * <p>Law: another order of the points gives the output in that order. The kernels are dense
 * matrices {@code [points, points]}, 0 beyond the radius, so that no gather is needed: {@code
 * O(points²)} memory, for up to about two thousand points.
 */
public final class GraphNeuralOperator implements Network {

  private static final String EDGES = "edges";
  private static final String EDGE_WEIGHTS = "edgeWeights";
  private static final String EDGE_ONES = "edgeOnes";

  /** Values of the largest array of all pairs: 268 MB in FLOAT. */
  private static final double MOST_VALUES = 1 << 26;

  private final GraphNeuralOperatorConfig config;
  private final OperatorFrame frame;

  GraphNeuralOperator(GraphNeuralOperatorConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.frame =
        new OperatorFrame(
            config,
            config.dimension(),
            config.width(),
            config.layers(),
            config.levelWidth(),
            config.projection());
  }

  @Override
  public GraphNeuralOperatorConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    int width = config.width();
    int hidden = config.kernelWidth();
    int features = RadiusGraph.features(config.dimension());
    List<Parameter> list = new ArrayList<>();
    list.add(Parameter.of("kernel.in", Initializer.normal(1), hidden, features));
    list.add(
        Parameter.of("kernel.hidden", Initializer.normal(2 / Math.sqrt(hidden)), hidden, hidden));
    list.addAll(
        frame.parameters(
            layer ->
                List.of(
                    Parameter.of(
                        OperatorFrame.name(layer, "kernel"),
                        Initializer.normal(2 / Math.sqrt(hidden)),
                        config.kernels(),
                        hidden),
                    Parameter.of(
                        OperatorFrame.name(layer, "mix"),
                        OperatorFrame.normalised(2 * width),
                        width,
                        width))));
    return List.copyOf(list);
  }

  private void requireFits(Grid grid) {
    frame.requireDimension(grid, "configure the dimension of the grid");
    int rows =
        Math.max(
            Math.max(config.kernelWidth(), config.kernels()),
            RadiusGraph.features(config.dimension()));
    double pairs = (double) grid.size() * grid.size();
    if (pairs * rows > MOST_VALUES) {
      throw new IllegalArgumentException(
          grid.size()
              + " points have "
              + (long) pairs
              + " pairs of "
              + rows
              + " features each: at most "
              + (long) MOST_VALUES
              + " values are held; use fewer points or features, or an AttentionOperator,"
              + " whose cost is linear in the points");
    }
  }

  @Override
  public SDVariable build(GraphContext context) {
    requireFits(context.grid());
    SDVariable hidden = hidden(context);
    return frame.build(
        context,
        (layer, u, shift) ->
            integral(context, hidden, layer, u).add(OperatorFrame.spread(context, shift)));
  }

  /** {@code w_j χ φ(W_2 φ(W_1 e))/|B_r|} of all pairs, {@code [kernelWidth, points · points]}. */
  SDVariable hidden(GraphContext context) {
    SameDiff graph = context.graph();
    long points = context.grid().size();
    SDVariable edges =
        context.input(EDGES, RadiusGraph.features(config.dimension()), points * points);
    SDVariable first = OperatorFrame.activate(graph, context.parameter("kernel.in").mmul(edges));
    SDVariable second =
        OperatorFrame.activate(graph, context.parameter("kernel.hidden").mmul(first));
    // The kernels are linear in these features: weighted here, no layer has to do it. The product
    // with ones takes the place of a broadcast, whose backward pass is slow on the stock session.
    SDVariable weights =
        context
            .input(EDGE_ONES, config.kernelWidth(), 1)
            .mmul(context.input(EDGE_WEIGHTS, 1, points * points));
    return second.mul(weights);
  }

  /** {@code K u}, both {@code [points, batch · width]}. */
  SDVariable integral(GraphContext context, SDVariable hidden, int layer, SDVariable u) {
    int points = context.grid().size();
    int count = config.kernels();
    int size = config.width() / count;
    // w_j χ g(p_i, p_j)/|B_r|
    SDVariable kernels =
        context
            .parameter(OperatorFrame.name(layer, "kernel"))
            .mmul(hidden)
            .reshape(count, points, points);
    SDVariable parts =
        u.reshape(points, -1, count, size).permute(2, 0, 1, 3).reshape(count, points, -1);
    return kernels
        .mmul(parts)
        .reshape(count, points, -1, size)
        .permute(1, 2, 0, 3)
        .reshape(-1, config.width())
        .mmul(context.parameter(OperatorFrame.name(layer, "mix")))
        .reshape(points, -1);
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    requireFits(grid);
    RadiusGraph graph = new RadiusGraph(grid, config.radius(), config.tapered());
    Map<String, INDArray> inputs = new LinkedHashMap<>(frame.gridInputs(grid, type));
    inputs.put(EDGES, graph.features(type));
    inputs.put(EDGE_WEIGHTS, graph.weights(type));
    double[] ones = new double[config.kernelWidth()];
    Arrays.fill(ones, 1);
    inputs.put(EDGE_ONES, OperatorFrame.array(type, ones, ones.length, 1));
    return inputs;
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
