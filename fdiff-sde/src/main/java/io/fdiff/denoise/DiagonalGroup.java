package io.fdiff.denoise;

import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;

/** A covariance that is diagonal together with the noise. */
final class DiagonalGroup extends PartGroup {

  /**
   * The group in common coordinates.
   *
   * @throws IllegalArgumentException if a mode has data and no noise
   */
  DiagonalGroup(CommonModes modes) {
    super(modes);
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
  }

  @Override
  Law at(Marginal marginal) {
    int n = modes.size();
    double[] tau = new double[n];
    double[] total = new double[n];
    double logs = 0;
    for (int k = 0; k < n; k++) {
      double lambda = modes.noise(k);
      double variance = marginal.variance().at(k);
      tau[k] = marginal.mean().at(k);
      // Nothing is known of a mode without noise, and nothing needs to be.
      total[k] = Double.POSITIVE_INFINITY;
      if (lambda > 0) {
        double relative = variance + tau[k] * tau[k] * modes.data(k) / lambda;
        total[k] = lambda * relative;
        logs += Math.log(relative);
      }
    }
    double logDeterminant = logs;
    return new Law() {
      @Override
      public double logDeterminant() {
        return logDeterminant;
      }

      @Override
      public double tau(int mode) {
        return tau[mode];
      }

      @Override
      public void solve(double[] u, int at) {
        for (int k = 0; k < n; k++) {
          u[at + k] /= total[k];
        }
      }

      @Override
      public void gain(double[] u, int at) {
        for (int k = 0; k < n; k++) {
          u[at + k] *= tau[k] * modes.data(k);
        }
      }

      @Override
      public void gainTranspose(double[] u, int at) {
        gain(u, at);
      }

      @Override
      public double[] pointVariances() {
        int points = modes.grid().size();
        double[] unit = new double[n];
        double[] values = new double[points];
        double[] out = new double[points];
        for (int k = 0; k < n; k++) {
          double mu = modes.data(k);
          double posterior = mu * marginal.variance().at(k) * modes.noise(k) / total[k];
          if (posterior > 0) {
            unit[k] = 1;
            modes.inverse(unit, values, 1);
            unit[k] = 0;
            for (int i = 0; i < points; i++) {
              out[i] += posterior * values[i] * values[i];
            }
          }
        }
        return out;
      }
    };
  }
}
