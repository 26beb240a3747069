package io.fdiff.sampler;

import io.fdiff.sde.SDE;

/**
 * One mode of a Gaussian problem in the numbers of the literature: a state is a row of coefficients
 * of {@code 1, x_T, ξ_1, ξ_2, …}, so that a sampler written with them shows its whole response.
 */
final class Mode {

  private final SDE sde;
  private final int k;
  private final double lambda;
  private final double mu;
  private final double m;
  private final int size;
  private int drawn;

  Mode(SDE sde, int k, double lambda, double mu, double m, int draws) {
    this.sde = sde;
    this.k = k;
    this.lambda = lambda;
    this.mu = mu;
    this.m = m;
    this.size = 2 + draws;
  }

  double lambda() {
    return lambda;
  }

  /** {@code τ_k(t, s)}. */
  double tau(double s, double t) {
    return sde.transition(s, t).mean().at(k);
  }

  /** {@code v_k(t, s)/λ_k}. */
  double v(double s, double t) {
    return sde.transition(s, t).variance().at(k);
  }

  double tau(double t) {
    return tau(0, t);
  }

  double v(double t) {
    return v(0, t);
  }

  /** {@code −a_k}. */
  double f(double t) {
    return sde.driftRate(t).at(k);
  }

  /** {@code σ_k/√λ_k}. */
  double g(double t) {
    return sde.diffusion(t).at(k);
  }

  /** The smallest variance of all modes. */
  double leastV(double t, int modes) {
    double least = Double.POSITIVE_INFINITY;
    for (int j = 0; j < modes; j++) {
      least = Math.min(least, sde.marginal(t).variance().at(j));
    }
    return least;
  }

  /** {@code Σ_{0|t}/λ}. */
  double posterior(double t) {
    double v = v(t) * lambda;
    return mu * v / (tau(t) * tau(t) * mu + v) / lambda;
  }

  double[] terminal() {
    double[] x = new double[size];
    x[1] = 1;
    return x;
  }

  double[] draw() {
    double[] xi = new double[size];
    xi[2 + drawn++] = 1;
    return xi;
  }

  int drawn() {
    return drawn;
  }

  /** {@code m + τμ/V (x − τm)}. */
  double[] denoise(double[] x, double t) {
    double gain = tau(t) * mu / (tau(t) * tau(t) * mu + v(t) * lambda);
    double[] d = times(gain, x);
    d[0] += m - gain * tau(t) * m;
    return d;
  }

  /** {@code −(x − τD)/v}, times λ. */
  double[] score(double[] x, double t) {
    return times(-1 / v(t), plus(x, times(-tau(t), denoise(x, t))));
  }

  /** The drift of the reversal of strength η. */
  double[] drift(double[] x, double t, double eta) {
    return plus(times(-f(t), x), times(0.5 * (1 + eta * eta) * g(t) * g(t), score(x, t)));
  }

  static double[] times(double factor, double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= factor;
    }
    return y;
  }

  static double[] plus(double[]... terms) {
    double[] y = terms[0].clone();
    for (int j = 1; j < terms.length; j++) {
      for (int i = 0; i < y.length; i++) {
        y[i] += terms[j][i];
      }
    }
    return y;
  }
}
