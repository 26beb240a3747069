package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Fourier neural operator (Li et al. 2021) in one or more dimensions, modulated by the noise
 * level.
 *
 * <p>Lift {@code u = x W_x + (2p − 1, 1) W_p}; layers {@code u ← u + φ(s ⊙ (K u + u W + t))} with
 * scale {@code s} and shift {@code t} of each layer from a two-layer perceptron on the level;
 * output {@code φ(u W_1) W_2}, with {@code W_2 = 0} at first, so that the initial network is 0.
 * {@code φ(x) = x·min(max(0.2x + ½, 0), 1)}. Every map but {@code K} acts at each point.
 *
 * <p>{@code K} acts on the frequencies {@code |k_a| ≤ M_a} of the domain, scaled to the unit box.
 * The pair {@code ±k} has one complex weight {@code P_k + iQ_k}, so that the output is real, and
 * {@code k = 0} a real one: with {@code c_k = ∫ u e^{−2πik·p} = (a_k − ib_k)/√2} the product {@code
 * c'_k = c_k(P_k + iQ_k)} is
 *
 * <pre>{@code a'_k = a_k P_k + b_k Q_k,   b'_k = b_k P_k − a_k Q_k,   a'_0 = a_0 P_0.}</pre>
 *
 * The weights of a layer are {@code [slots, width, width]}, in the order {@code P_0, P_k, …, Q_k,
 * …} with the {@code k} whose first component other than 0 is positive, in lexicographic order.
 * With another basis ({@code COSINE} for zero slope at the boundary) {@code K} multiplies the
 * coefficient of each basis function by its own real matrix.
 *
 * <p>Coefficients are those of the function, so the weights mean one operator on all grids with
 * more than {@code 2M_a} points an axis (strictly below the Nyquist index); on scattered points
 * they come from weighted least squares. The nonlinearity aliases: equality across grids holds up
 * to that. Unlike the original, transforms are products with real matrices: few modes, any points.
 * On regular grids of several dimensions they are taken axis by axis where that is cheaper.
 */
public final class FourierNeuralOperator implements Network {

  private final FourierNeuralOperatorConfig config;
  private final OperatorFrame frame;

  FourierNeuralOperator(FourierNeuralOperatorConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.frame =
        new OperatorFrame(
            config,
            config.modes().size(),
            config.width(),
            config.layers(),
            config.levelWidth(),
            config.projection());
  }

  @Override
  public FourierNeuralOperatorConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    int width = config.width();
    int slots = SpectralProduct.slots(config.basis(), config.modes());
    return frame.parameters(
        layer ->
            List.of(
                Parameter.of(
                    OperatorFrame.name(layer, "spectral"),
                    OperatorFrame.normalised(4 * width),
                    slots,
                    width,
                    width)));
  }

  private SpectralProduct product(Grid grid) {
    frame.requireDimension(grid, "give modes for each axis of the grid");
    return SpectralProduct.of(config.basis(), config.modes(), grid);
  }

  @Override
  public SDVariable build(GraphContext context) {
    SpectralProduct product = product(context.grid());
    return frame.build(
        context,
        (layer, u, shift) ->
            product.apply(
                context, u, context.parameter(OperatorFrame.name(layer, "spectral")), shift));
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    SpectralProduct product = product(grid);
    Map<String, INDArray> inputs = new LinkedHashMap<>(product.gridInputs(type));
    inputs.putAll(frame.gridInputs(grid, type));
    return inputs;
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
