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
 * all its channels. Cost: as the denoisers of the different covariances, plus one pass over the
 * modes a part. Immutable and thread-safe.
 */
public final class MixtureDenoiser implements Denoiser {

  /** The parts that share one covariance. */
  private static final class Group {
    final CommonModes modes;
    final List<Integer> parts = new ArrayList<>();

    Group(CommonModes modes) {
      this.modes = modes;
    }
  }

  private final SDE sde;
  private final double[] logWeights;
  private final INDArray shape;
  private final double[][] means;
  private final double[][] meanModes;
  private final List<Group> groups;

  private MixtureDenoiser(
      SDE sde,
      double[] logWeights,
      INDArray shape,
      double[][] means,
      double[][] meanModes,
      List<Group> groups) {
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
   *     differ in channels, a mode has data and no noise, or as {@link CommonModes#of(SDE,
   *     CovarianceOperator)}
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
    IdentityHashMap<CovarianceOperator, Group> found = new IdentityHashMap<>();
    List<Group> groups = new ArrayList<>();
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
      Group group = found.get(part.covariance());
      if (group == null) {
        group = new Group(modes(sde, part.covariance()));
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

  private static CommonModes modes(SDE sde, CovarianceOperator covariance) {
    CommonModes modes = CommonModes.of(sde, covariance);
    for (int k = 0; k < modes.size(); k++) {
      if (modes.noise(k) == 0 && modes.data(k) > 0) {
        throw new IllegalArgumentException(
            "mode "
                + k
                + " has data of variance "
                + modes.data(k)
                + " and no noise: parts of a mixture have no density there; give noise of full rank");
      }
    }
    return modes;
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(groups.get(0).modes.grid(), xt);
    Arguments.requireTimes(batch, t);
    Arguments.requireChannels(batch, shape, false);
    return batch.map(
        (in, out, rows) -> {
          double[][] states = states(in, rows);
          int n = in.length / batch.batch();
          for (int b = 0; b < batch.batch(); b++) {
            Marginal marginal = sde.marginal(t.getDouble(b));
            double[] r = responsibilities(states, b, marginal);
            combine(states, b, marginal, r);
            for (int i = 0; i < r.length; i++) {
              for (int j = 0; j < n; j++) {
                out[b * n + j] += r[i] * means[i][j];
              }
            }
          }
          double[] part = new double[in.length];
          for (int g = 0; g < groups.size(); g++) {
            groups.get(g).modes.inverse(states[g], part, rows);
            for (int j = 0; j < out.length; j++) {
              out[j] += part[j];
            }
          }
        });
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
    FunctionBatch batch = FunctionBatch.of(groups.get(0).modes.grid(), xt);
    Arguments.requireTimes(batch, t);
    Arguments.requireChannels(batch, shape, false);
    double[][] states = states(batch.toDoubles(), batch.rows());
    INDArray out = Nd4j.create(DataType.DOUBLE, batch.batch(), logWeights.length);
    for (int b = 0; b < batch.batch(); b++) {
      double[] r = responsibilities(states, b, sde.marginal(t.getDouble(b)));
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

  private double[] responsibilities(double[][] states, int b, Marginal marginal) {
    double[] logs = logWeights.clone();
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      int head = group.parts.get(0);
      int size = meanModes[head].length;
      int from = b * size;
      double common = 0;
      double[] differences = new double[group.parts.size()];
      for (int j = 0; j < size; j++) {
        int k = j % group.modes.size();
        double lambda = group.modes.noise(k);
        if (lambda == 0) {
          continue;
        }
        double tau = marginal.mean().at(k);
        double relative = marginal.variance().at(k) + tau * tau * group.modes.data(k) / lambda;
        double total = lambda * relative;
        double x = states[g][from + j];
        double m0 = meanModes[head][j];
        if (groups.size() > 1) {
          double residual = x - tau * m0;
          common -= 0.5 * (residual * residual / total + Math.log(relative));
        }
        for (int p = 1; p < differences.length; p++) {
          double m = meanModes[group.parts.get(p)][j];
          differences[p] += tau * (m - m0) * (x - 0.5 * tau * (m + m0)) / total;
        }
      }
      for (int p = 0; p < differences.length; p++) {
        logs[group.parts.get(p)] += common + differences[p];
      }
    }
    return Softmax.inPlace(logs);
  }

  /** {@code Σ_{i in group} r_i · gain · (x − τm_i)} in place of the state of sample b. */
  private void combine(double[][] states, int b, Marginal marginal, double[] r) {
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      int size = meanModes[group.parts.get(0)].length;
      for (int j = 0; j < size; j++) {
        int k = j % group.modes.size();
        double tau = marginal.mean().at(k);
        double gain = group.modes.gain(k, tau, marginal.variance().at(k));
        double x = states[g][b * size + j];
        double sum = 0;
        for (int i : group.parts) {
          sum += r[i] * (x - tau * meanModes[i][j]);
        }
        states[g][b * size + j] = gain * sum;
      }
    }
  }
}
