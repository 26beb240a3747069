package io.fdiff.nn.arch;

import io.fdiff.nn.CoordinateNetwork;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Initializer;
import io.fdiff.nn.Parameter;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An implicit neural representation whose modulations are fitted to the noisy function by gradient
 * steps inside the forward pass (Dupont et al. 2022, used as a denoiser as by Franzese et al.
 * 2023).
 *
 * <p>The perceptron {@code f(p; θ, m)} has the layers {@code u_{l+1} = σ(u_l W_l + s_l)}, {@code
 * s_l = e T_l + b_l + (mP)_l}: features {@code e} of level and condition enter each layer, and the
 * latent {@code m} of the sample shifts each layer through a linear map {@code P} that all samples
 * share (or is the shifts itself). From {@code m_0 = 0},
 *
 * <pre>{@code m ← m − α ⊙ ∂_m L_in(m),   L_in(m) = Σ_i (w_i/|D|) ‖f(p_i; θ, m) − x_t(p_i)‖²,}</pre>
 *
 * with quadrature weights, so that a finer grid gives the same modulations up to the error of the
 * quadrature. The output is {@code f(·; θ, m_K)} at any points. Context functions are further
 * channels of {@code f} that the steps fit with the state; the output leaves them out.
 *
 * <p>The inner gradient is written in forward operations, {@code δ_L = 2(w/|D|)(f − x_t)}, {@code
 * δ_l = (δ_{l+1} W_{l+1}ᵀ) ⊙ σ'(a_l)}, {@code ∂/∂s_l = Σ_p δ_l}; differentiating the graph gives
 * the terms of second order. With steps of first order the gradients are computed from second
 * variables on the same memory, in which nothing is differentiated: {@code m_K} then counts as a
 * constant but for the rates.
 *
 * <p>Cost: about {@code 3K + 1} forward passes over the points, three times that in training.
 * {@code P} starts normal with variance {@code 1/latent}, so that a step of {@code m} is in the
 * mean a step of the shifts. Sines amplify each step by {@code ω_0²}. Immutable and thread-safe.
 */
public final class MetaInr implements CoordinateNetwork {

  private static final String MODULATION = "modulation";
  private static final String RATES = "rates";

  private final MetaInrConfig config;
  private final CoordinateLayers layers;

  MetaInr(MetaInrConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.layers =
        new CoordinateLayers(config.mlp(), 0, config.inputFeatures(), config.inputChannels());
  }

  @Override
  public MetaInrConfig config() {
    return config;
  }

  private int shifts() {
    return config.mlp().layers() * config.mlp().width();
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> list = new ArrayList<>(layers.parameters());
    int latent = config.latent();
    if (latent > 0) {
      list.add(
          Parameter.of(MODULATION, Initializer.normal(1 / Math.sqrt(latent)), latent, shifts()));
    }
    if (config.inner().learnedRates()) {
      list.add(InnerSteps.rates(RATES, config.inner(), 1, latent > 0 ? latent : shifts()));
    }
    return List.copyOf(list);
  }

  @Override
  public SDVariable build(GraphContext context) {
    return decode(context, latent(context));
  }

  /** {@code f(·; θ, m)} at the coordinates of the output. */
  SDVariable decode(GraphContext context, @Nullable SDVariable latent) {
    SDVariable coordinates = context.input(GraphContext.COORDINATES, -1, config.mlp().dimension());
    CoordinateLayers.Place place = place(context, coordinates, -1);
    SDVariable out = pass(context, context::parameter, place, latent).output();
    SDVariable all = place.apart(out, config.inputChannels());
    return config.inputChannels() == config.channels()
        ? all
        : all.get(SDIndex.all(), SDIndex.all(), SDIndex.interval(0, config.channels()));
  }

  private CoordinateLayers.Place place(GraphContext context, SDVariable coordinates, int points) {
    SDVariable encoded =
        PointEncoding.encode(context.graph(), coordinates, config.mlp(), context.type());
    return new CoordinateLayers.Place(encoded, null, points);
  }

  private CoordinateLayers.Pass pass(
      GraphContext context,
      CoordinateLayers.Source parameter,
      CoordinateLayers.Place place,
      @Nullable SDVariable latent) {
    SDVariable features = context.features();
    SDVariable shifts = layers.shifts(parameter, features);
    if (latent != null) {
      shifts = shifts.add(config.latent() > 0 ? latent.mmul(parameter.apply(MODULATION)) : latent);
    }
    return layers.forward(context, parameter, place, shifts, features);
  }

  /** {@code m_K}, {@code [batch, latent]}. */
  SDVariable latent(GraphContext context) {
    InnerLoop inner = config.inner();
    CoordinateLayers.Source parameter =
        inner.firstOrder() ? name -> InnerSteps.held(context, name) : context::parameter;
    SDVariable latent = null;
    SDVariable sum = null;
    for (int step = 0; step < inner.steps(); step++) {
      SDVariable gradient = innerGradient(context, parameter, latent);
      sum = sum == null ? gradient : sum.add(gradient);
      latent = scaled(context, parameter, sum);
    }
    // With m_0 = 0 the last latent is −α ⊙ Σ gradients; the rate outside the sum is always learned.
    return scaled(context, context::parameter, Objects.requireNonNull(sum));
  }

  private SDVariable scaled(
      GraphContext context, CoordinateLayers.Source parameter, SDVariable gradients) {
    return config.inner().learnedRates()
        ? gradients.mul(InnerSteps.logistic(context.graph(), parameter.apply(RATES))).mul(-1)
        : gradients.mul(-config.inner().rate());
  }

  /** {@code ∂_m L_in}, {@code [batch, latent]}; {@code m = 0} if there is none yet. */
  SDVariable innerGradient(
      GraphContext context, CoordinateLayers.Source parameter, @Nullable SDVariable latent) {
    SameDiff graph = context.graph();
    int points = context.grid().size();
    int channels = config.inputChannels();
    SDVariable coordinates = context.input(InnerSteps.POINTS, points, config.mlp().dimension());
    SDVariable weights = context.input(InnerSteps.WEIGHTS, points, 1).reshape(points, 1, 1);
    CoordinateLayers.Place place = place(context, coordinates, points);
    CoordinateLayers.Pass pass = pass(context, parameter, place, latent);
    SDVariable residual = place.apart(pass.output(), channels).sub(context.values());
    SDVariable delta = residual.mul(weights).reshape(-1, channels);
    SDVariable gradient = layers.shiftGradient(context, parameter, place, pass, delta);
    return config.latent() > 0
        ? graph.mmul(gradient, parameter.apply(MODULATION), false, true, false)
        : gradient;
  }

  @Override
  public Map<String, INDArray> gridInputs(Grid grid, DataType type) {
    return InnerSteps.gridInputs(grid, config.mlp().dimension(), type);
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
