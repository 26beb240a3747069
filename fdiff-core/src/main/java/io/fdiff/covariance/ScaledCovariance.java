package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code factor · C}. */
final class ScaledCovariance implements CovarianceOperator {

  private final CovarianceOperator operator;
  private final double factor;

  ScaledCovariance(CovarianceOperator operator, double factor) {
    this.operator = operator;
    this.factor = factor;
  }

  @Override
  public Grid grid() {
    return operator.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return operator.applyPower(x, exponent).muli(Math.pow(factor, exponent));
  }

  @Override
  public INDArray apply(INDArray x) {
    return operator.apply(x).muli(factor);
  }

  @Override
  public double trace() {
    return factor * operator.trace();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    INDArray wide = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch.batch(), batch.channels());
    double[] values = FunctionBatch.of(grid(), operator.sample(noise, wide)).toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] *= Math.sqrt(factor);
    }
    FunctionBatch.write(values, out);
    return out;
  }

  @Override
  public CovarianceOperator on(Grid grid) {
    return grid.equals(grid()) ? this : new ScaledCovariance(operator.on(grid), factor);
  }

  @Override
  public CovarianceOperator times(double more) {
    return new ScaledCovariance(operator, Scale.positive(more) * factor);
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    Eigenpairs pairs = operator.eigenpairs(count);
    double[] values = pairs.eigenvalues();
    for (int k = 0; k < values.length; k++) {
      values[k] *= factor;
    }
    return Eigenpairs.of(values, pairs.functions());
  }

  @Override
  public TraceClass traceClass() {
    return operator.traceClass().times(factor);
  }
}
