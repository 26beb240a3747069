package io.fdiff.data;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.KernelCovariance;
import io.fdiff.kernel.SquaredExponential;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A mixture of Gaussian processes {@code Σ_j w_j N(m_j, C_j)} ("MoGP") as a source of synthetic
 * functions with a known law. Immutable and thread-safe.
 *
 * <p>A function is {@code m_J + X_J}: the component {@code J} is read from the uniforms of its
 * sample, {@code X_J} from the normals, so a function depends on seed and sample index alone, not
 * on the size of the batch. Components that share one covariance object share the noise {@code X}.
 */
public final class GaussianProcessMixture implements FunctionGenerator {

  /**
   * Functions with the component that each was drawn from.
   *
   * @param values {@code [n, channels, n1, …, nd]}, DOUBLE
   * @param components {@code n} indices of components
   */
  public record Sample(INDArray values, List<Integer> components) {}

  private final double[] cumulative;
  private final List<GaussianMeasure> components;

  private GaussianProcessMixture(double[] cumulative, List<GaussianMeasure> components) {
    this.cumulative = cumulative;
    this.components = components;
  }

  /**
   * The mixture of given components.
   *
   * @param weights {@code [components]}, positive and finite, relative: only their ratios count;
   *     copied
   * @param components at least one measure, all on one grid and with as many channels
   * @return the mixture
   * @throws IllegalArgumentException if there is no component, the numbers differ, a weight is not
   *     positive and finite, or the components differ in grid or channels
   */
  public static GaussianProcessMixture of(double[] weights, List<GaussianMeasure> components) {
    List<GaussianMeasure> parts = List.copyOf(components);
    if (parts.isEmpty() || weights.length != parts.size()) {
      throw new IllegalArgumentException(
          weights.length
              + " weights for "
              + parts.size()
              + " components: give at least one component and one weight for each");
    }
    double[] cumulative = new double[weights.length];
    double total = 0;
    for (int j = 0; j < weights.length; j++) {
      if (!(weights[j] > 0 && weights[j] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight " + weights[j] + " of component " + j + " is not positive and finite");
      }
      if (!Arrays.equals(parts.get(j).mean().shape(), parts.get(0).mean().shape())
          || !parts.get(j).grid().equals(parts.get(0).grid())) {
        throw new IllegalArgumentException(
            "component "
                + j
                + " with mean "
                + Arrays.toString(parts.get(j).mean().shape())
                + " on "
                + parts.get(j).grid()
                + " differs from component 0 with mean "
                + Arrays.toString(parts.get(0).mean().shape())
                + " on "
                + parts.get(0).grid()
                + ": all components live on one grid with as many channels");
      }
      total += weights[j];
      cumulative[j] = total;
    }
    for (int j = 0; j < cumulative.length; j++) {
      cumulative[j] /= total;
    }
    return new GaussianProcessMixture(cumulative, parts);
  }

  /**
   * The synthetic data set of Kerrigan, Ley and Smyth 2023: equal weights, means {@code ±(10p −
   * 5)}, and for both components the squared exponential covariance with variance 0.4 and length
   * scale 0.1. The matrix is factorised once, with the jitter of {@link KernelCovariance}.
   *
   * @param grid a grid of {@code [0, 1]}
   * @return the mixture: component 0 rises, component 1 falls
   * @throws IllegalArgumentException if the domain is not {@code [0, 1]}
   */
  public static GaussianProcessMixture kerrigan(Grid grid) {
    if (!grid.domain().equals(List.of(Interval.UNIT))) {
      throw new IllegalArgumentException(
          "domain " + grid.domain() + ": the mixture is defined on [0, 1]; give a grid of it");
    }
    CovarianceOperator covariance = KernelCovariance.of(grid, new SquaredExponential(0.4, 0.1));
    return of(
        new double[] {0.5, 0.5},
        List.of(
            GaussianMeasure.of(function(grid, p -> 10 * p - 5), covariance),
            GaussianMeasure.of(function(grid, p -> 5 - 10 * p), covariance)));
  }

  private static INDArray function(Grid grid, DoubleUnaryOperator f) {
    double[] values = new double[grid.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = f.applyAsDouble(grid.coordinate(i, 0));
    }
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, values);
  }

  /**
   * The components.
   *
   * @return an unmodifiable list of at least one measure
   */
  public List<GaussianMeasure> components() {
    return components;
  }

  @Override
  public Grid grid() {
    return components.get(0).grid();
  }

  /**
   * Draws functions with their components.
   *
   * @param noise where to read components (uniforms) and functions (normals)
   * @param n number of functions, positive
   * @return the functions
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  public Sample sample(NoiseSource noise, int n) {
    double[][] means = new double[components.size()][];
    double[][] centred = new double[components.size()][];
    IdentityHashMap<CovarianceOperator, double[]> drawn = new IdentityHashMap<>();
    int channels = (int) components.get(0).mean().size(1);
    INDArray out = Nd4j.create(DataType.DOUBLE, FunctionBatch.shape(grid(), n, channels));
    for (int j = 0; j < means.length; j++) {
      GaussianMeasure component = components.get(j);
      means[j] = doubles(component.mean());
      centred[j] =
          drawn.computeIfAbsent(component.covariance(), c -> doubles(c.sample(noise, out)));
    }
    int block = means[0].length;
    double[] values = new double[n * block];
    Integer[] labels = new Integer[n];
    for (int b = 0; b < n; b++) {
      int j = component(noise.uniform(b).nextDouble());
      labels[b] = j;
      for (int i = 0, at = b * block; i < block; i++, at++) {
        values[at] = means[j][i] + centred[j][at];
      }
    }
    FunctionBatch.write(values, out);
    return new Sample(out, List.of(labels));
  }

  @Override
  public FunctionDataset generate(NoiseSource noise, int n) {
    return FunctionDataset.of(grid(), sample(noise, n).values());
  }

  private int component(double uniform) {
    int j = 0;
    while (j < cumulative.length - 1 && uniform >= cumulative[j]) {
      j++;
    }
    return j;
  }

  private static double[] doubles(INDArray array) {
    double[] values = new double[Math.toIntExact(array.length())];
    FunctionBatch.read(array, values);
    return values;
  }
}
