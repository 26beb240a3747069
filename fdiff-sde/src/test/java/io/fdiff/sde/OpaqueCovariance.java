package io.fdiff.sde;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operator without its spectral form, so that dense paths are taken; its samples can be
 * prescribed, so that the response of a sampler to each of its noises can be measured.
 */
public final class OpaqueCovariance implements CovarianceOperator {

  private final CovarianceOperator operator;
  private final List<INDArray> draws = new ArrayList<>();
  private Consumer<NoiseSource> listener = source -> {};
  private int drawn;

  /** Hides the spectral form. */
  public OpaqueCovariance(CovarianceOperator operator) {
    this.operator = operator;
  }

  /** Makes the next call of {@code sample} that has no draw yet return these values. */
  public OpaqueCovariance thenDraw(INDArray values) {
    draws.add(values);
    return this;
  }

  /** Tells the address of every draw. */
  public OpaqueCovariance whenSampled(Consumer<NoiseSource> newListener) {
    listener = newListener;
    return this;
  }

  /** The number of draws that were made. */
  public int drawn() {
    return drawn;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    listener.accept(noise);
    if (draws.isEmpty()) {
      return operator.sample(noise, out);
    }
    return out.assign(draws.get(drawn++));
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
    return new OpaqueCovariance(operator.on(grid));
  }

  @Override
  public CovarianceOperator times(double factor) {
    return new OpaqueCovariance(operator.times(factor));
  }
}
