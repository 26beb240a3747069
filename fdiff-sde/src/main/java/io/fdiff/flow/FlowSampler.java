package io.fdiff.flow;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The sampler {@code dZ/dt = u(Z, t)} of flow matching, from {@code Z_0 ~ N(0, C)} to data {@code
 * Z_1}; also back, from data to noise.
 *
 * <p>States are integrated in double precision, with error control for each sample on its own, and
 * given to the field in the type of the start. A sample does not depend on its batch (given a field
 * with the same property). Immutable and thread-safe.
 */
public final class FlowSampler {

  private final OdeIntegrator integrator;
  private final OdeIntegrator.Listener listener;

  private FlowSampler(OdeIntegrator integrator, OdeIntegrator.Listener listener) {
    this.integrator = integrator;
    this.listener = listener;
  }

  /**
   * The sampler of an integrator.
   *
   * @param integrator {@link OdeIntegrator#dormandPrince} for a tolerance, {@link
   *     OdeIntegrator#heun} or {@link OdeIntegrator#rungeKutta4} for a fixed cost
   * @return the sampler
   */
  public static FlowSampler of(OdeIntegrator integrator) {
    return new FlowSampler(
        Objects.requireNonNull(integrator, "integrator"), OdeIntegrator.Listener.NONE);
  }

  /**
   * The same sampler, reporting its progress.
   *
   * @param newListener called after each step
   * @return the sampler
   */
  public FlowSampler withListener(OdeIntegrator.Listener newListener) {
    return new FlowSampler(integrator, Objects.requireNonNull(newListener, "newListener"));
  }

  /**
   * Draws functions: {@code Z_0 ~ N(0, C)} carried to time 1.
   *
   * @param path the path of the field, for its reference and grid
   * @param field {@code u}
   * @param noise where to read noise
   * @param batch number of functions, positive
   * @param channels number of channels, positive
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if a number is not positive or the field changes the shape
   * @throws ArithmeticException if the field is not finite; names step, time and sample
   */
  public INDArray sample(
      FlowPath path, VelocityField field, NoiseSource noise, int batch, int channels) {
    INDArray start = FunctionBatch.zeros(path.grid(), DataType.DOUBLE, batch, channels);
    return carry(path.grid(), field, path.reference().sample(noise, start), 0, 1);
  }

  /**
   * Carries functions from one time to another.
   *
   * @param grid grid of the functions
   * @param field {@code u}
   * @param x states at {@code from}, {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not
   *     modified.
   * @param from time in {@code [0, 1]}
   * @param to time in {@code [0, 1]}, before or after
   * @return states at {@code to}, a fresh array of the same shape and type
   * @throws IllegalArgumentException if a time is not in {@code [0, 1]}, the shape does not fit the
   *     grid or the field changes it
   * @throws ArithmeticException if the field is not finite; names step, time and sample
   */
  public INDArray carry(Grid grid, VelocityField field, INDArray x, double from, double to) {
    Objects.requireNonNull(field, "field");
    Interpolant.inside(from);
    Interpolant.inside(to);
    FunctionBatch start = FunctionBatch.of(grid, x);
    double[] states = start.toDoubles();
    OdeIntegrator.Field rates =
        (samples, times, in, out) -> {
          long[] shape = x.shape().clone();
          shape[0] = samples.length;
          INDArray array = Nd4j.createUninitialized(x.dataType(), shape, 'c');
          FunctionBatch.write(in, array);
          INDArray velocity = field.velocity(array, Nd4j.createFromArray(times));
          FunctionBatch.of(grid, array).requireSameShape(FunctionBatch.of(grid, velocity));
          FunctionBatch.read(velocity, out);
        };
    double[] end = integrator.integrate(rates, states, start.batch(), from, to, listener).states();
    INDArray out = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
    FunctionBatch.write(end, out);
    return out;
  }
}
