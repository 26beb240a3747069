package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A mixture of Gaussian measures {@code Σ_j π_j N(m_j, C_j)}, for instance the mixture of Gaussian
 * processes ("MoGP") of Kerrigan, Ley and Smyth 2023. The component is shared by all channels of a
 * function. Immutable and thread-safe.
 *
 * <p>There is no density with respect to Lebesgue measure; responsibilities come from the densities
 * of the components with respect to one of them, in log space: {@code ln r_j = ln π_j + ln
 * dN_j/dN_ref(x) − logsumexp}. With one covariance object for all components that is {@code ln π_j
 * + ⟨m_j − m_ref, x − m_ref⟩_C − ½‖m_j − m_ref‖²_C}, and costs one transform of {@code x} (or dense
 * {@code O(N²)}) and a product a component; it is stable under refinement of the grid if the
 * differences of the means lie in the Cameron–Martin space.
 */
public final class GaussianMixture {

  /** Weights may miss 1 by the round-off of so many sums. */
  private static final double WEIGHT_ROUND_OFF = 1e-9;

  /**
   * Functions with the component that each was drawn from.
   *
   * @param values {@code [n, channels, n1, …, nd]}, DOUBLE
   * @param components {@code n} indices of components
   */
  public record Sample(INDArray values, List<Integer> components) {}

  private final double[] weights;
  private final List<GaussianMeasure> components;

  private GaussianMixture(double[] weights, List<GaussianMeasure> components) {
    this.weights = weights;
    this.components = components;
  }

  /**
   * The mixture of given components.
   *
   * @param weights {@code π_j > 0}, {@code [components]}, summing to 1 up to {@code 1e-9}; copied
   * @param components at least one measure, all on one grid and with as many channels. Components
   *     that share a covariance share the object: it is then handled once
   * @return the mixture
   * @throws IllegalArgumentException if there is no component, the numbers differ, a weight is not
   *     positive, they do not sum to 1, or the components differ in grid or channels
   */
  public static GaussianMixture of(double[] weights, List<GaussianMeasure> components) {
    List<GaussianMeasure> parts = List.copyOf(components);
    double[] pi = checkedWeights(weights, parts.size(), "components");
    for (GaussianMeasure part : parts) {
      parts.get(0).requireSameSpace(part);
    }
    return new GaussianMixture(pi, parts);
  }

  static double[] checkedWeights(double[] weights, int count, String what) {
    if (count == 0 || weights.length != count) {
      throw new IllegalArgumentException(
          weights.length
              + " weights for "
              + count
              + " "
              + what
              + ": give at least one, and one weight for each");
    }
    double total = 0;
    for (int j = 0; j < count; j++) {
      if (!(weights[j] > 0 && weights[j] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight " + weights[j] + " at index " + j + " is not positive and finite");
      }
      total += weights[j];
    }
    if (!(Math.abs(total - 1) <= WEIGHT_ROUND_OFF)) {
      throw new IllegalArgumentException(
          "weights sum to " + total + ": they must sum to 1; divide them by their sum");
    }
    return weights.clone();
  }

  /**
   * The component weights.
   *
   * @return a fresh array {@code [components]}
   */
  public double[] weights() {
    return weights.clone();
  }

  /**
   * The components.
   *
   * @return an unmodifiable list of at least one measure
   */
  public List<GaussianMeasure> components() {
    return components;
  }

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  public Grid grid() {
    return components.get(0).grid();
  }

  /**
   * The number of channels.
   *
   * @return that of each component
   */
  public int channels() {
    return components.get(0).channels();
  }

  /**
   * The mixture on another grid of the domain.
   *
   * @param grid the other grid
   * @return the mixture of the components there
   * @throws IllegalArgumentException if a component has no rule for the grid, see {@link
   *     GaussianMeasure#on}
   */
  public GaussianMixture on(Grid grid) {
    IdentityHashMap<CovarianceOperator, GaussianMeasure> carried = new IdentityHashMap<>();
    List<GaussianMeasure> there = new ArrayList<>();
    for (GaussianMeasure part : components) {
      GaussianMeasure moved = part.on(grid);
      // Components that shared a covariance object still do.
      GaussianMeasure shared = carried.computeIfAbsent(part.covariance(), c -> moved);
      there.add(shared == moved ? moved : shared.withMean(moved.mean()));
    }
    return new GaussianMixture(weights, there);
  }

  /**
   * The mean function {@code Σ_j π_j m_j}.
   *
   * @return {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray mean() {
    return FunctionBatch.array(grid(), DataType.DOUBLE, channels(), meanValues());
  }

  private double[] meanValues() {
    double[] sum = new double[channels() * grid().size()];
    for (int j = 0; j < weights.length; j++) {
      double[] m = components.get(j).meanValues();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weights[j] * m[i];
      }
    }
    return sum;
  }

  /**
   * The covariance of the mixture, {@code Σ_j π_j [C_j x + d_j ⟨d_j, x⟩]}, {@code d_j = m_j − m},
   * on functions of all channels: means that differ in several channels correlate these, so it is
   * not one operator a channel.
   *
   * @param x {@code [batch, channels, n1, …, nd]}. Not modified.
   * @return fresh array of the same shape, DOUBLE
   * @throws IllegalArgumentException if the shape or the channels do not fit
   */
  public INDArray applyCovariance(INDArray x) {
    FunctionBatch batch = requireChannels(x);
    double[] in = batch.toDoubles();
    double[] out = new double[in.length];
    double[] w = grid().weights();
    double[] mean = meanValues();
    IdentityHashMap<CovarianceOperator, Double> shares = new IdentityHashMap<>();
    for (int j = 0; j < weights.length; j++) {
      shares.merge(components.get(j).covariance(), weights[j], Double::sum);
      double[] d = components.get(j).meanValues();
      for (int i = 0; i < d.length; i++) {
        d[i] -= mean[i];
      }
      for (int from = 0; from < in.length; from += d.length) {
        double product = 0;
        for (int i = 0; i < d.length; i++) {
          product += w[i % w.length] * d[i] * in[from + i];
        }
        for (int i = 0; i < d.length; i++) {
          out[from + i] += weights[j] * product * d[i];
        }
      }
    }
    shares.forEach(
        (c, share) -> {
          double[] image = FunctionBatch.of(grid(), c.apply(x.castTo(DataType.DOUBLE))).toDoubles();
          for (int i = 0; i < out.length; i++) {
            out[i] += share * image[i];
          }
        });
    return FunctionBatch.array(grid(), DataType.DOUBLE, channels(), out);
  }

  /**
   * The pointwise variance {@code Σ_j π_j [K_j(p, p) + d_j(p)²]}; takes the diagonals of the
   * covariances.
   *
   * @return {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray variance() {
    double[] mean = meanValues();
    double[] out = new double[mean.length];
    IdentityHashMap<CovarianceOperator, double[]> diagonals = new IdentityHashMap<>();
    for (int j = 0; j < weights.length; j++) {
      double[] k = diagonals.computeIfAbsent(components.get(j).covariance(), PointVariances::of);
      double[] m = components.get(j).meanValues();
      for (int i = 0; i < out.length; i++) {
        double d = m[i] - mean[i];
        out[i] += weights[j] * (k[i % k.length] + d * d);
      }
    }
    return FunctionBatch.array(grid(), DataType.DOUBLE, channels(), out);
  }

  /**
   * Draws functions with their components: {@code J} from the uniforms of the sample, {@code m_J +
   * X_J} from its normals, so that a function depends on its address alone. Components of one
   * covariance object share the noise.
   *
   * @param noise where to read components (uniforms) and functions (normals)
   * @param n number of functions, positive
   * @return the functions
   * @throws IllegalArgumentException if {@code n} is not positive
   */
  public Sample sample(NoiseSource noise, int n) {
    INDArray out = Nd4j.create(DataType.DOUBLE, FunctionBatch.shape(grid(), n, channels()));
    int[] labels = new int[n];
    for (int b = 0; b < n; b++) {
      labels[b] = choose(weights, noise.uniform(b).nextDouble());
    }
    IdentityHashMap<CovarianceOperator, double[]> drawn = new IdentityHashMap<>();
    int block = channels() * grid().size();
    double[] values = new double[n * block];
    double[][] means = new double[weights.length][];
    for (int b = 0; b < n; b++) {
      int j = labels[b];
      GaussianMeasure part = components.get(j);
      if (means[j] == null) {
        means[j] = part.meanValues();
      }
      double[] centred =
          drawn.computeIfAbsent(
              part.covariance(), c -> FunctionBatch.of(grid(), c.sample(noise, out)).toDoubles());
      for (int i = 0; i < block; i++) {
        values[b * block + i] = means[j][i] + centred[b * block + i];
      }
    }
    FunctionBatch.write(values, out);
    return new Sample(out, Arrays.stream(labels).boxed().toList());
  }

  static int choose(double[] weights, double uniform) {
    double cumulative = 0;
    for (int j = 0; j < weights.length - 1; j++) {
      cumulative += weights[j];
      if (uniform < cumulative) {
        return j;
      }
    }
    return weights.length - 1;
  }

  /**
   * The responsibilities {@code r_j = P(J = j | X = x)}.
   *
   * @param x {@code [batch, channels, n1, …, nd]}. Not modified.
   * @return {@code [batch, components]}, DOUBLE, rows at least 0 with sum 1
   * @throws IllegalArgumentException if the shape does not fit, or a component is singular to the
   *     first one on this grid
   */
  public INDArray responsibilities(INDArray x) {
    double[][] log = logTerms(x, components.get(0));
    for (double[] row : log) {
      double sum = logSumExp(row);
      for (int j = 0; j < row.length; j++) {
        row[j] = Math.exp(row[j] - sum);
      }
    }
    return Nd4j.createFromArray(log);
  }

  /**
   * The log density of the mixture with respect to a Gaussian measure, {@code ln Σ_j π_j
   * dN_j/dν(x)}.
   *
   * @param x {@code [batch, channels, n1, …, nd]}. Not modified.
   * @param reference {@code ν}, on the same grid with as many channels
   * @return {@code [batch]}, DOUBLE
   * @throws IllegalArgumentException if the shape does not fit, grids or channels differ, or a
   *     component is singular to the reference on this grid
   */
  public INDArray logDensity(INDArray x, GaussianMeasure reference) {
    return Nd4j.createFromArray(
        Arrays.stream(logTerms(x, reference)).mapToDouble(GaussianMixture::logSumExp).toArray());
  }

  /** {@code ln π_j + ln dN_j/dν(x)}, {@code [batch][components]}. */
  private double[][] logTerms(INDArray x, GaussianMeasure reference) {
    FunctionBatch batch = requireChannels(x);
    double[] values = batch.toDoubles();
    RadonNikodym first = RadonNikodym.of(components.get(0), reference);
    List<RadonNikodym> densities = new ArrayList<>(List.of(first));
    for (GaussianMeasure part : components.subList(1, components.size())) {
      densities.add(RadonNikodym.of(part, reference));
    }
    double[][] log = new double[batch.batch()][weights.length];
    for (double[] row : log) {
      Arrays.setAll(row, j -> Math.log(weights[j]));
    }
    for (int row = 0; row < batch.rows(); row++) {
      int c = row % channels();
      double[] shared = first.coordinates(values, row, c);
      for (int j = 0; j < weights.length; j++) {
        RadonNikodym density = densities.get(j);
        double[] y =
            density.sharesCoordinates(first) ? shared : density.coordinates(values, row, c);
        log[row / channels()][j] += density.logDensity(c, y);
      }
    }
    return log;
  }

  private static double logSumExp(double[] terms) {
    double largest = Arrays.stream(terms).max().orElseThrow();
    return largest + Math.log(Arrays.stream(terms).map(t -> Math.exp(t - largest)).sum());
  }

  private FunctionBatch requireChannels(INDArray x) {
    FunctionBatch batch = FunctionBatch.of(grid(), x);
    if (batch.channels() != channels()) {
      throw new IllegalArgumentException(
          batch.channels() + " channels: the mixture has " + channels());
    }
    return batch;
  }
}
