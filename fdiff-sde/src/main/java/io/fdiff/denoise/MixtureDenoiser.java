package io.fdiff.denoise;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The exact denoiser of a mixture {@code Σ_i π_i N(m_i, Γ_i)}: {@code D = Σ_i r_i D_i} with the
 * denoisers {@code D_i} of its parts and {@code r_i ∝ π_i det(V_i)^{−1/2} exp(−½‖V_i^{−1/2}(x −
 * τm_i)‖²)}, the probability that {@code x} came from part {@code i}.
 *
 * <p>Densities are taken relative to the noise, and parts that share one covariance object are
 * compared by {@code Σ_k τ(m_i − m_j)_k(x − ½τ(m_i + m_j))_k/V_k}, which converges under refinement
 * of the grid; exponentials are normalised by their largest. A function belongs to one part with
 * all its channels.
 *
 * <p>Cost: as the denoisers of the different covariances, plus one pass over the modes a part.
 * Where a covariance is not diagonal in the basis of a process with multipliers by mode, a
 * factorisation of a matrix of the size of the grid for each new time and a product with it for
 * each function. Immutable and thread-safe.
 */
public final class MixtureDenoiser implements DifferentiableDenoiser {

  private final SDE sde;
  private final double[] logWeights;
  private final INDArray shape;
  private final double[][] means;
  private final double[][] meanModes;
  private final List<PartGroup> groups;

  private MixtureDenoiser(
      SDE sde,
      double[] logWeights,
      INDArray shape,
      double[][] means,
      double[][] meanModes,
      List<PartGroup> groups) {
    this.sde = sde;
    this.logWeights = logWeights;
    this.shape = shape;
    this.means = means;
    this.meanModes = meanModes;
    this.groups = groups;
  }

  /**
   * The denoiser of a mixture under a process.
   *
   * @param sde forward process
   * @param weights {@code [parts]}, positive and finite; only their ratios count. Copied.
   * @param parts at least one measure on the grid of the process, all with as many channels
   * @return the denoiser
   * @throws IllegalArgumentException if the numbers differ, a weight is out of range, the parts
   *     differ in channels, a mode has data and no noise, or noise and data share no basis and the
   *     noise is singular
   */
  public static MixtureDenoiser of(SDE sde, double[] weights, List<GaussianMeasure> parts) {
    if (parts.isEmpty() || weights.length != parts.size()) {
      throw new IllegalArgumentException(
          weights.length
              + " weights for "
              + parts.size()
              + " parts: give at least one part and one weight for each");
    }
    double[] logWeights = new double[weights.length];
    double[][] means = new double[weights.length][];
    double[][] meanModes = new double[weights.length][];
    IdentityHashMap<CovarianceOperator, PartGroup> found = new IdentityHashMap<>();
    List<PartGroup> groups = new ArrayList<>();
    INDArray first = parts.get(0).mean();
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] > 0 && weights[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight " + weights[i] + " of part " + i + " is not positive and finite");
      }
      logWeights[i] = Math.log(weights[i]);
      GaussianMeasure part = parts.get(i);
      INDArray mean = part.mean();
      if (mean.size(1) != first.size(1)) {
        throw new IllegalArgumentException(
            "part "
                + i
                + " has "
                + mean.size(1)
                + " channels, part 0 has "
                + first.size(1)
                + ": they must agree");
      }
      PartGroup group = found.get(part.covariance());
      if (group == null) {
        group = group(sde, part.covariance());
        found.put(part.covariance(), group);
        groups.add(group);
      }
      group.parts.add(i);
      FunctionBatch functions = FunctionBatch.of(group.modes.grid(), mean);
      means[i] = functions.toDoubles();
      meanModes[i] = new double[functions.channels() * group.modes.size()];
      group.modes.forward(means[i], meanModes[i], functions.channels());
    }
    return new MixtureDenoiser(sde, logWeights, first, means, meanModes, groups);
  }

  private static PartGroup group(SDE sde, CovarianceOperator covariance) {
    return CommonModes.exist(sde, covariance)
        ? new DiagonalGroup(CommonModes.of(sde, covariance))
        : new DenseGroup(sde, covariance);
  }

  /** What is known of one state: laws, residuals {@code V⁻¹(x − τm)} and probabilities. */
  private final class Point {
    final int sample;
    final PartGroup.Law[] laws = new PartGroup.Law[groups.size()];

    /** {@code V⁻¹(x − τm_i)} of every part. */
    final double[][] pulls = new double[means.length][];

    final double[] r;

    Point(double[][] states, int sample, double t) {
      this.sample = sample;
      Marginal marginal = sde.marginal(t);
      double[] logs = logWeights.clone();
      for (int g = 0; g < groups.size(); g++) {
        laws[g] = groups.get(g).law(t, marginal);
        compare(states[g], g, logs);
      }
      this.r = Softmax.inPlace(logs);
    }

    private void compare(double[] state, int g, double[] logs) {
      PartGroup group = groups.get(g);
      int head = group.parts.get(0);
      int size = meanModes[head].length;
      int modes = group.modes.size();
      double[] residual = new double[size];
      for (int j = 0; j < size; j++) {
        residual[j] = state[sample * size + j] - laws[g].tau(j % modes) * meanModes[head][j];
      }
      double[] pull = solved(laws[g], residual, modes);
      double common = 0;
      if (groups.size() > 1) {
        int channels = size / modes;
        common = -0.5 * (dot(residual, pull) + channels * laws[g].logDeterminant());
      }
      pulls[head] = pull;
      logs[head] += common;
      for (int i : group.parts.subList(1, group.parts.size())) {
        double[] shift = new double[size];
        for (int j = 0; j < size; j++) {
          shift[j] = laws[g].tau(j % modes) * (meanModes[i][j] - meanModes[head][j]);
        }
        double[] moved = solved(laws[g], shift, modes);
        logs[i] += common + dot(shift, pull) - 0.5 * dot(shift, moved);
        for (int j = 0; j < size; j++) {
          moved[j] = pull[j] - moved[j];
        }
        pulls[i] = moved;
      }
    }

    /** {@code Σ_{i in group} a_i V⁻¹(x − τm_i)}, written to the place of the sample. */
    void sum(int g, double[] a, double[] out) {
      for (int i : groups.get(g).parts) {
        int from = sample * pulls[i].length;
        for (int j = 0; j < pulls[i].length; j++) {
          out[from + j] += a[i] * pulls[i][j];
        }
      }
    }
  }

  private static double[] solved(PartGroup.Law law, double[] u, int modes) {
    double[] out = u.clone();
    for (int at = 0; at < out.length; at += modes) {
      law.solve(out, at);
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private FunctionBatch checked(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(groups.get(0).modes.grid(), xt);
    Arguments.requireTimes(batch, t);
    Arguments.requireChannels(batch, shape, false);
    return batch;
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = checked(xt, t);
    return batch.map(
        (in, out, rows) -> {
          double[][] states = states(in, rows);
          double[][] moved = blank(states);
          int n = in.length / batch.batch();
          for (int b = 0; b < batch.batch(); b++) {
            Point point = new Point(states, b, t.getDouble(b));
            for (int g = 0; g < moved.length; g++) {
              point.sum(g, point.r, moved[g]);
              gain(point.laws[g], moved[g], b, g);
            }
            for (int i = 0; i < means.length; i++) {
              for (int j = 0; j < n; j++) {
                out[b * n + j] += point.r[i] * means[i][j];
              }
            }
          }
          double[] part = new double[in.length];
          for (int g = 0; g < groups.size(); g++) {
            groups.get(g).modes.inverse(moved[g], part, rows);
            add(part, out);
          }
        });
  }

  /** Applies {@code ΓM} to the rows of a sample. */
  private void gain(PartGroup.Law law, double[] c, int sample, int g) {
    int size = meanModes[groups.get(g).parts.get(0)].length;
    int modes = groups.get(g).modes.size();
    for (int at = sample * size; at < (sample + 1) * size; at += modes) {
      law.gain(c, at);
    }
  }

  private static void add(double[] part, double[] out) {
    for (int j = 0; j < out.length; j++) {
      out[j] += part[j];
    }
  }

  private static double[][] blank(double[][] like) {
    double[][] out = new double[like.length][];
    for (int g = 0; g < out.length; g++) {
      out[g] = new double[like[g].length];
    }
    return out;
  }

  /**
   * The probabilities that states came from the parts.
   *
   * @param xt states {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t forward times {@code [batch]}, each in {@code (0, T]}. Not modified.
   * @return {@code [batch, parts]}, DOUBLE; every row sums to 1
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code (0, T]}
   */
  public INDArray responsibilities(INDArray xt, INDArray t) {
    FunctionBatch batch = checked(xt, t);
    double[][] states = states(batch.toDoubles(), batch.rows());
    INDArray out = Nd4j.create(DataType.DOUBLE, batch.batch(), logWeights.length);
    for (int b = 0; b < batch.batch(); b++) {
      double[] r = new Point(states, b, t.getDouble(b)).r;
      for (int i = 0; i < r.length; i++) {
        out.putScalar(b, i, r[i]);
      }
    }
    return out;
  }

  /** The states in the coordinates of each group. */
  private double[][] states(double[] in, int rows) {
    double[][] states = new double[groups.size()][];
    for (int g = 0; g < states.length; g++) {
      states[g] = new double[rows * groups.get(g).modes.size()];
      groups.get(g).modes.forward(in, states[g], rows);
    }
    return states;
  }

  /**
   * The variances of the values of {@code X_0} given {@code X_t}, {@code Σ_i r_i(Σ_i + (D_i − D)²)}
   * on the diagonal: what is not known of a function when it is denoised. The integral over the
   * domain is the trace of {@code Cov(X_0 | X_t)}. Cost: {@code O(N²)} for each new time, {@code
   * O(N³)} where matrices are factorised.
   *
   * @param xt states {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t forward times {@code [batch]}, each in {@code (0, T]}. Not modified.
   * @return a fresh array of the shape and type of {@code xt}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code (0, T]}
   */
  public INDArray posteriorVariances(INDArray xt, INDArray t) {
    FunctionBatch batch = checked(xt, t);
    int points = groups.get(0).modes.grid().size();
    return batch.map(
        (in, out, rows) -> {
          double[][] states = states(in, rows);
          int n = in.length / batch.batch();
          double[] before = new double[0];
          for (int b = 0; b < batch.batch(); b++) {
            Point point = new Point(states, b, t.getDouble(b));
            if (b == 0 || t.getDouble(b) != t.getDouble(b - 1L)) {
              before = new double[groups.size() * points];
              for (int g = 0; g < groups.size(); g++) {
                System.arraycopy(point.laws[g].pointVariances(), 0, before, g * points, points);
              }
            }
            double[][] denoised = denoised(point, n / points);
            for (int j = 0; j < n; j++) {
              double mean = 0;
              for (int i = 0; i < means.length; i++) {
                mean += point.r[i] * denoised[i][j];
              }
              for (int g = 0; g < groups.size(); g++) {
                for (int i : groups.get(g).parts) {
                  double d = denoised[i][j] - mean;
                  out[b * n + j] += point.r[i] * (before[g * points + j % points] + d * d);
                }
              }
            }
          }
        });
  }

  /** {@code D_i} of every part. */
  private double[][] denoised(Point point, int channels) {
    double[][] denoised = new double[means.length][];
    for (int g = 0; g < groups.size(); g++) {
      PartGroup group = groups.get(g);
      for (int i : group.parts) {
        double[] c = point.pulls[i].clone();
        gain(point.laws[g], c, 0, g);
        denoised[i] = new double[means[i].length];
        group.modes.inverse(c, denoised[i], channels);
        add(means[i], denoised[i]);
      }
    }
    return denoised;
  }

  @Override
  public INDArray vjp(INDArray xt, INDArray t, INDArray cotangent) {
    FunctionBatch batch = Arguments.requireCotangent(groups.get(0).modes.grid(), xt, t, cotangent);
    Arguments.requireChannels(batch, shape, false);
    double[] w = FunctionBatch.of(groups.get(0).modes.grid(), cotangent).toDoubles();
    return batch.map(
        (in, out, rows) -> {
          double[][] states = states(in, rows);
          double[][] pulled = blank(states);
          for (int g = 0; g < pulled.length; g++) {
            groups.get(g).modes.inverseTranspose(w, pulled[g], rows);
          }
          for (int b = 0; b < batch.batch(); b++) {
            pull(new Point(states, b, t.getDouble(b)), pulled, w);
          }
          double[] part = new double[in.length];
          for (int g = 0; g < pulled.length; g++) {
            groups.get(g).modes.forwardTranspose(pulled[g], part, rows);
            add(part, out);
          }
        });
  }

  /**
   * {@code Σ_i r_i V⁻¹MΓ w − Σ_i r_i (D_i·w − D·w) V⁻¹(x − τm_i)} in place of the cotangent of one
   * sample: the derivatives of the parts and of their probabilities.
   */
  private void pull(Point point, double[][] pulled, double[] w) {
    int b = point.sample;
    double[] products = new double[means.length];
    double mean = 0;
    for (int g = 0; g < groups.size(); g++) {
      PartGroup group = groups.get(g);
      int size = meanModes[group.parts.get(0)].length;
      int modes = group.modes.size();
      for (int at = b * size; at < (b + 1) * size; at += modes) {
        point.laws[g].gainTranspose(pulled[g], at);
      }
      for (int i : group.parts) {
        for (int j = 0; j < means[i].length; j++) {
          products[i] += means[i][j] * w[b * means[i].length + j];
        }
        for (int j = 0; j < size; j++) {
          products[i] += point.pulls[i][j] * pulled[g][b * size + j];
        }
        mean += point.r[i] * products[i];
      }
    }
    double[] slopes = new double[means.length];
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] = -point.r[i] * (products[i] - mean);
    }
    for (int g = 0; g < groups.size(); g++) {
      PartGroup group = groups.get(g);
      int size = meanModes[group.parts.get(0)].length;
      int modes = group.modes.size();
      double share = 0;
      for (int i : group.parts) {
        share += point.r[i];
      }
      for (int at = b * size; at < (b + 1) * size; at += modes) {
        point.laws[g].solve(pulled[g], at);
      }
      for (int j = b * size; j < (b + 1) * size; j++) {
        pulled[g][j] *= share;
      }
      point.sum(g, slopes, pulled[g]);
    }
  }
}
