package io.fdiff.flow;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Straightness of a flow, and the pairs that straighten it (rectified flow, Liu, Gong and Liu 2023;
 * in function space Zhang and Scott 2025). Immutable and thread-safe.
 *
 * @param grid grid of the functions
 * @param field {@code u}
 * @param sampler integrator of the flow
 */
public record RectifiedFlow(Grid grid, VelocityField field, FlowSampler sampler) {

  /**
   * The straightness measure {@code ∫_0^1 E‖(Z_1 − Z_0) − u(Z_t, t)‖² dt}, 0 if and only if every
   * trajectory is straight and run at constant speed, so that one Euler step is exact.
   *
   * @param value mean over trajectories
   * @param standardError its standard error, NaN for one trajectory
   */
  public record Straightness(double value, double standardError) {}

  /**
   * The ends of trajectories, the couplings of the next round of training.
   *
   * @param noise {@code Z_0}, {@code [batch, channels, n1, …, nd]}
   * @param data {@code Z_1}, same shape
   */
  public record Pairs(INDArray noise, INDArray data) {}

  /**
   * Checks the arguments.
   *
   * @param grid grid of the functions
   * @param field {@code u}
   * @param sampler integrator of the flow
   * @throws NullPointerException if an argument is null
   */
  public RectifiedFlow {
    Objects.requireNonNull(grid, "grid");
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(sampler, "sampler");
  }

  /**
   * Noise from the reference with where the flow carries it. A field that is trained on them, with
   * {@link Coupling#independent()}, keeps the law of the data and is straighter.
   *
   * @param path path of the field
   * @param noise where to read noise
   * @param batch number of pairs, positive
   * @param channels number of channels, positive
   * @return the pairs, DOUBLE
   * @throws IllegalArgumentException if a number is not positive or the field changes the shape
   * @throws ArithmeticException if the field is not finite; names step, time and sample
   */
  public Pairs reflow(FlowPath path, NoiseSource noise, int batch, int channels) {
    INDArray start =
        path.reference().sample(noise, FunctionBatch.zeros(grid, DataType.DOUBLE, batch, channels));
    return new Pairs(start, sampler.carry(grid, field, start, 0, 1));
  }

  /**
   * Measures the straightness along trajectories from given noise.
   *
   * @param start {@code Z_0}, {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param nodes nodes of the Gauss–Legendre rule in time, at least 1; 10 are plenty for a smooth
   *     field
   * @return the measure
   * @throws IllegalArgumentException if {@code nodes < 1} or shapes do not fit
   * @throws ArithmeticException if the field is not finite; names step, time and sample
   */
  public Straightness straightness(INDArray start, int nodes) {
    if (nodes < 1) {
      throw new IllegalArgumentException(nodes + " nodes: give at least 1");
    }
    int batch = FunctionBatch.of(grid, start).batch();
    GaussIntegrator rule = new GaussIntegratorFactory().legendre(nodes, 0, 1);
    INDArray[] velocities = new INDArray[nodes];
    INDArray z = start;
    double t = 0;
    for (int q = 0; q < nodes; q++) {
      z = sampler.carry(grid, field, z, t, rule.getPoint(q));
      t = rule.getPoint(q);
      velocities[q] = field.velocity(z, FlowPath.constant(t, batch));
    }
    INDArray chord = sampler.carry(grid, field, z, t, 1).subi(start);
    double[] straight = FunctionBatch.of(grid, chord).toDoubles();
    double[] sums = new double[batch];
    for (int q = 0; q < nodes; q++) {
      double[] u = FunctionBatch.of(grid, velocities[q]).toDoubles();
      double[] squared = FlowMatchingObjective.squaredDistances(grid.weights(), straight, u, batch);
      for (int b = 0; b < batch; b++) {
        sums[b] += rule.getWeight(q) * squared[b];
      }
    }
    SummaryStatistics statistics = new SummaryStatistics();
    for (double sum : sums) {
      statistics.addValue(sum);
    }
    double error = batch == 1 ? Double.NaN : statistics.getStandardDeviation() / Math.sqrt(batch);
    return new Straightness(statistics.getMean(), error);
  }
}
