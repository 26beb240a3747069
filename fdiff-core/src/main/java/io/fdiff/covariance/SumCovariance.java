package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code A + B}: both parts act and are sampled on their own, other powers are dense. */
final class SumCovariance implements CovarianceOperator {

  private final CovarianceOperator first;
  private final CovarianceOperator second;
  private final Lazy<DenseForm> form = new Lazy<>(() -> DenseForm.of(this));

  private SumCovariance(CovarianceOperator first, CovarianceOperator second) {
    this.first = first;
    this.second = second;
  }

  static CovarianceOperator of(CovarianceOperator first, CovarianceOperator second) {
    if (!first.grid().equals(second.grid())) {
      throw new IllegalArgumentException(
          "sum of operators on "
              + first.grid()
              + " and "
              + second.grid()
              + ": bring both to one grid with on(grid)");
    }
    Optional<SpectralCovariance> a = first.spectral();
    Optional<SpectralCovariance> b = second.spectral();
    if (a.isPresent() && b.isPresent() && a.get().sharesBasisWith(b.get().transform())) {
      return SpectralCovariance.of(
          a.get().transform(), a.get().spectrum().plus(b.get().spectrum()));
    }
    return new SumCovariance(first, second);
  }

  @Override
  public Grid grid() {
    return first.grid();
  }

  @Override
  public INDArray applyPower(INDArray x, double exponent) {
    return exponent == 1 ? apply(x) : form.get().applyPower(x, exponent);
  }

  @Override
  public INDArray apply(INDArray x) {
    return FunctionBatch.of(grid(), x)
        .map(
            (in, out, rows) -> {
              INDArray wide = FunctionBatch.array(grid(), DataType.DOUBLE, 1, in);
              double[] a = FunctionBatch.of(grid(), first.apply(wide)).toDoubles();
              double[] b = FunctionBatch.of(grid(), second.apply(wide)).toDoubles();
              Arrays.setAll(out, i -> a[i] + b[i]);
            });
  }

  @Override
  public double trace() {
    return first.trace() + second.trace();
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    double[] sum = draw(first, noise.withStream(1), batch);
    double[] other = draw(second, noise.withStream(2), batch);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    FunctionBatch.write(sum, out);
    return out;
  }

  private double[] draw(CovarianceOperator part, NoiseSource noise, FunctionBatch batch) {
    INDArray x = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch.batch(), batch.channels());
    return FunctionBatch.of(grid(), part.sample(noise, x)).toDoubles();
  }

  @Override
  public CovarianceOperator on(Grid grid) {
    return grid.equals(grid()) ? this : of(first.on(grid), second.on(grid));
  }

  @Override
  public CovarianceOperator times(double factor) {
    return new SumCovariance(first.times(factor), second.times(factor));
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid(), count);
    return form.get().eigenpairs(count);
  }

  /** The sum is trace class if and only if both parts are: that of the part that decays slower. */
  @Override
  public TraceClass traceClass() {
    TraceClass a = first.traceClass();
    TraceClass b = second.traceClass();
    if (a.holds() != b.holds()) {
      return a.holds() ? b : a;
    }
    return a.decayExponent() <= b.decayExponent() ? a : b;
  }
}
