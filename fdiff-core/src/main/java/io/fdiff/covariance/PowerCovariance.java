package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code C^p} of an operator, by its own powers. */
final class PowerCovariance implements CovarianceOperator {

  private final CovarianceOperator operator;
  private final double power;
  private final Lazy<Eigenpairs> pairs;

  private PowerCovariance(CovarianceOperator operator, double power) {
    this.operator = operator;
    this.power = power;
    this.pairs = new Lazy<>(() -> operator.eigenpairs(operator.grid().size()));
  }

  static CovarianceOperator of(CovarianceOperator operator, double exponent) {
    double power = Scale.positive("exponent", exponent);
    Optional<SpectralCovariance> spectral = operator.spectral();
    // Where the basis is not orthonormal on the grid, C^p does not have the eigenvalues λ^p.
    return spectral.isPresent() && spectral.get().transform().orthonormal()
        ? SpectralCovariance.of(spectral.get().transform(), spectral.get().spectrum().power(power))
        : new PowerCovariance(operator, power);
  }

  @Override
  public Grid grid() {
    return operator.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return operator.applyPower(x, power * exponent);
  }

  @Override
  public double trace() {
    double sum = 0;
    for (double value : pairs.get().eigenvalues()) {
      sum += Math.pow(value, power);
    }
    return sum;
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    INDArray white = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch.batch(), batch.channels());
    WhiteNoise.functionSpace(grid()).sample(noise, white);
    INDArray coloured = operator.applyPower(white, power / 2);
    FunctionBatch.write(FunctionBatch.of(grid(), coloured).toDoubles(), out);
    return out;
  }

  @Override
  public CovarianceOperator on(Grid grid) {
    return grid.equals(grid()) ? this : of(operator.on(grid), power);
  }

  @Override
  public CovarianceOperator power(double exponent) {
    return of(operator, power * Scale.positive("exponent", exponent));
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    Eigenpairs base = operator.eigenpairs(count);
    double[] values = base.eigenvalues();
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.pow(values[k], power);
    }
    return Eigenpairs.of(values, base.functions());
  }

  /** {@code Σ λ^p ≤ (max λ)^{p−1} Σ λ} for {@code p ≥ 1}; below, the decay decides. */
  @Override
  public TraceClass traceClass() {
    TraceClass decay = TraceClass.onGrid(this);
    return power >= 1 && operator.traceClass().holds()
        ? TraceClass.of(
            true,
            decay.partialTraces(),
            "the power " + power + " of a trace class operator is trace class")
        : decay;
  }
}
