package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A coordinate network that acts at each point by itself, {@code F(x)(p) = f(p, x(p), e)} with the
 * features {@code e} of level and condition: sine layers (Sitzmann et al. 2020) or another {@link
 * CoordinateMlp}.
 *
 * <p>{@code a_0 = enc(p) P_0 + x(p) V_0 + s_0(e)}, {@code a_l = σ(a_{l−1}) W_l + s_l(e)}, output
 * {@code σ(a_L) W + b}, with shifts {@code s_l} linear in {@code e}. Point and values enter every
 * layer and the output if {@link CoordinateMlp#inputInEveryLayer}.
 *
 * <p>As a denoiser it knows of the noisy function only the value at the point it answers for. It
 * reaches the exact denoiser where that is a pointwise map, as for independent values at the points
 * or for one known function; elsewhere its best is {@code E[X_0(p) | X_t(p)]}, with the loss {@code
 * ∫ E Var(X_0(p) | X_t(p)) dp}, and networks that see the whole function do better. Its values do
 * not depend on the grid at all, nor on the order of the points.
 *
 * <p>It answers at any points where the noisy function is known. Hence it is not a {@link
 * io.fdiff.nn.CoordinateNetwork}, whose points change alone: here the coordinates are those of the
 * values. Immutable and thread-safe.
 */
public final class Siren implements Network {

  private final SirenConfig config;
  private final CoordinateLayers layers;

  Siren(SirenConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.layers =
        new CoordinateLayers(
            config.mlp(), config.inputChannels(), config.inputFeatures(), config.channels());
  }

  @Override
  public SirenConfig config() {
    return config;
  }

  @Override
  public List<Parameter> parameters() {
    return layers.parameters();
  }

  @Override
  public SDVariable build(GraphContext context) {
    CoordinateLayers.Place place = place(context);
    return place.apart(pass(context, place).output(), config.channels());
  }

  /** Pre-activations and output. */
  CoordinateLayers.Pass pass(GraphContext context, CoordinateLayers.Place place) {
    SDVariable features = context.features();
    SDVariable shifts =
        config.mlp().layers() == 0 ? null : layers.shifts(context::parameter, features);
    return layers.forward(context, context::parameter, place, shifts, features);
  }

  /** The points of the values. */
  CoordinateLayers.Place place(GraphContext context) {
    int points = context.grid().size();
    SDVariable coordinates =
        context.input(GraphContext.COORDINATES, points, config.mlp().dimension());
    SDVariable encoded =
        PointEncoding.encode(context.graph(), coordinates, config.mlp(), context.type());
    SDVariable values = context.values().reshape(-1, config.inputChannels());
    return new CoordinateLayers.Place(encoded, values, points);
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    return Map.of(
        GraphContext.COORDINATES, PointEncoding.coordinates(grid, config.mlp().dimension(), type));
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
