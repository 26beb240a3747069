package io.fdiff.flow;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;

/**
 * A path run backwards, in time {@code s = 1 − t} from data to noise: the linear process with
 * {@code M_s = α(1 − s)} and {@code V_s = β(1 − s)²}, so {@code F = −α'/α} and {@code G² = 2β(α'β −
 * αβ')/α}.
 */
record FlowProcess(Interpolant interpolant, CovarianceOperator noise, double horizon)
    implements SDE {

  FlowProcess {
    if (!(horizon > 0 && horizon <= 1)) {
      throw new IllegalArgumentException(
          "horizon " + horizon + " is not in (0, 1]: the path takes unit time");
    }
  }

  @Override
  public Multiplier driftRate(double s) {
    double t = 1 - inside(s);
    return Multiplier.scalar(-interpolant.alphaRate(t) / signal(s));
  }

  @Override
  public Multiplier diffusion(double s) {
    double t = 1 - inside(s);
    double alpha = signal(s);
    double beta = interpolant.beta(t);
    double growth = interpolant.alphaRate(t) * beta - alpha * interpolant.betaRate(t);
    return Multiplier.scalar(Math.sqrt(2 * beta * growth / alpha));
  }

  private double signal(double s) {
    double alpha = interpolant.alpha(1 - s);
    if (!(alpha > 0)) {
      throw new IllegalArgumentException(
          "time "
              + s
              + ": no data are left in the path there, and its drift −α'/α is infinite; start below"
              + " 1, for example with process(0.999)");
    }
    return alpha;
  }

  private double inside(double s) {
    if (!(s > 0 && s <= horizon)) {
      throw new IllegalArgumentException("time " + s + " is not in (0, " + horizon + "]");
    }
    return s;
  }

  @Override
  public Marginal transition(double s, double u) {
    if (!(s >= 0 && s < u && u <= horizon)) {
      throw new IllegalArgumentException(
          "transition from " + s + " to " + u + ": needs 0 ≤ s < t ≤ " + horizon);
    }
    if (s == 0) {
      return marginal(u);
    }
    double ratio = interpolant.alpha(1 - u) / interpolant.alpha(1 - s);
    double carried = ratio * interpolant.beta(1 - s);
    double beta = interpolant.beta(1 - u);
    // β² − carried² as a product, which keeps its digits for short steps.
    return new Marginal(
        Multiplier.scalar(ratio), Multiplier.scalar((beta - carried) * (beta + carried)), noise);
  }

  /** At 0 too, where a path leaves {@code β(1)} of noise: exact fields are asked for there. */
  @Override
  public Marginal marginal(double s) {
    if (!(s >= 0 && s <= horizon)) {
      throw new IllegalArgumentException("time " + s + " is not in [0, " + horizon + "]");
    }
    double beta = interpolant.beta(1 - s);
    return new Marginal(
        Multiplier.scalar(interpolant.alpha(1 - s)), Multiplier.scalar(beta * beta), noise);
  }

  @Override
  public FlowProcess on(Grid grid) {
    return new FlowProcess(interpolant, noise.on(grid), horizon);
  }
}
