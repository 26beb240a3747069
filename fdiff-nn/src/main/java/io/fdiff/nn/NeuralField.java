package io.fdiff.nn;

import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.flow.VelocityField;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The velocity field {@code u(x, t) = α'E[X₁|x] + β'E[X₀|x]} of a learned denoiser of {@link
 * FlowPath#process()}, for the samplers of {@code io.fdiff.flow}.
 *
 * <p>Solved from what the network predicts, not from the denoiser: where it predicts the velocity
 * ({@link FlowTarget#velocity}) the field is its output and the velocity of the mean, at every time
 * of the path, whereas {@code FlowPath.field} of the denoiser would divide by {@code β}. Works in
 * the memory of the denoiser, so it is not thread-safe.
 */
public final class NeuralField implements VelocityField {

  private final NeuralDenoiser denoiser;
  private final Interpolant interpolant;

  private NeuralField(NeuralDenoiser denoiser, Interpolant interpolant) {
    this.denoiser = denoiser;
    this.interpolant = interpolant;
  }

  /**
   * The field of a denoiser.
   *
   * @param denoiser a denoiser of the process of the path, with any parametrization
   * @param path the path
   * @return the field
   * @throws IllegalArgumentException if the denoiser's process is another one
   */
  public static NeuralField of(NeuralDenoiser denoiser, FlowPath path) {
    SDE sde = Objects.requireNonNull(denoiser, "denoiser").sde();
    Interpolant interpolant = path.interpolant();
    // Refuses the processes of other paths.
    FlowTarget.velocity(path).on(sde);
    return new NeuralField(denoiser, interpolant);
  }

  @Override
  public INDArray velocity(INDArray x, INDArray t) {
    SDE sde = denoiser.sde();
    FunctionBatch batch = FunctionBatch.of(sde.noise().grid(), x);
    if (t.length() != batch.batch()) {
      throw new IllegalArgumentException(
          "times of shape "
              + Arrays.toString(t.shape())
              + " for "
              + batch.batch()
              + " functions: give one time each");
    }
    double[] times = new double[batch.batch()];
    for (int b = 0; b < times.length; b++) {
      double time = t.getDouble(b);
      if (!(time >= 0 && time <= 1)) {
        throw new IllegalArgumentException(
            "time " + time + " is not in [0, 1]: a path has its noise at 0 and its data at 1");
      }
      times[b] = 1 - time;
    }
    return denoiser.read(x, times, (factors, s) -> reading(factors, s, sde));
  }

  private Factors.Readout reading(Factors factors, double s, SDE sde) {
    Marginal marginal = sde.marginal(s);
    Factors.Readout readout =
        factors.readout(interpolant.alphaRate(1 - s), interpolant.betaRate(1 - s), marginal);
    for (Multiplier factor : new Multiplier[] {readout.skip(), readout.out()}) {
      if (!Double.isFinite(factor.at(0))) {
        throw new IllegalArgumentException(
            "time "
                + (1 - s)
                + ": what the network predicts does not determine a velocity there; stop before,"
                + " or train it to predict the velocity");
      }
    }
    return readout;
  }
}
