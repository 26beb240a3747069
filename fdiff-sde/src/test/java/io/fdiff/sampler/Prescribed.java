package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Noise whose draws are prescribed; its basis is known, or hidden. */
final class Prescribed implements CovarianceOperator {

  private final CovarianceOperator operator;
  private final boolean hidden;
  private final Deque<INDArray> draws = new ArrayDeque<>();
  private int drawn;

  Prescribed(CovarianceOperator operator, boolean hidden) {
    this.operator = operator;
    this.hidden = hidden;
  }

  void thenDraw(INDArray values) {
    draws.add(values);
  }

  int drawn() {
    return drawn;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    drawn++;
    return out.assign(draws.remove());
  }

  @Override
  public Optional<SpectralCovariance> spectral() {
    return hidden ? Optional.empty() : operator.spectral();
  }

  @Override
  public Grid grid() {
    return operator.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return operator.applyPower(x, exponent);
  }

  @Override
  public double trace() {
    return operator.trace();
  }

  @Override
  public CovarianceOperator on(Grid grid) {
    return operator.on(grid);
  }

  @Override
  public CovarianceOperator times(double factor) {
    return operator.times(factor);
  }

  /** The rates of a process with another carrier of its noise. */
  record Carried(CovarianceOperator noise, SDE rates) implements SDE {
    @Override
    public double horizon() {
      return rates.horizon();
    }

    @Override
    public Multiplier driftRate(double t) {
      return rates.driftRate(t);
    }

    @Override
    public Multiplier diffusion(double t) {
      return rates.diffusion(t);
    }

    @Override
    public Marginal transition(double s, double t) {
      return rates.transition(s, t);
    }

    /** The same process with a wrong claim of the variance of its transitions from s > 0. */
    SDE withVariance(double variance) {
      Carried right = this;
      return new SDE() {
        @Override
        public CovarianceOperator noise() {
          return right.noise();
        }

        @Override
        public double horizon() {
          return right.horizon();
        }

        @Override
        public Multiplier driftRate(double t) {
          return right.driftRate(t);
        }

        @Override
        public Multiplier diffusion(double t) {
          return right.diffusion(t);
        }

        @Override
        public Marginal transition(double s, double t) {
          Marginal law = right.transition(s, t);
          return s == 0 ? law : new Marginal(law.mean(), Multiplier.scalar(variance), law.noise());
        }

        @Override
        public SDE on(Grid grid) {
          throw new AssertionError("not asked for");
        }
      };
    }

    @Override
    public SDE on(Grid grid) {
      throw new AssertionError("not asked for");
    }
  }
}
