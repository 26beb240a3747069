package io.fdiff.covariance;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code T C T}, {@code T = e^{(σ²/2)Δ}} in an orthonormal basis that need not be that of C. */
final class MollifiedCovariance implements CovarianceOperator {

  private final CovarianceOperator operator;
  private final double width;
  private final SpectralTransform laplacian;
  private final double[] multipliers;
  private final Lazy<DenseForm> form = new Lazy<>(() -> DenseForm.of(this));

  private MollifiedCovariance(
      CovarianceOperator operator, double width, SpectralTransform laplacian) {
    this.operator = operator;
    this.width = width;
    this.laplacian = laplacian;
    this.multipliers = new double[laplacian.modes()];
    for (int k = 0; k < multipliers.length; k++) {
      multipliers[k] = Math.exp(-0.5 * width * width * laplacian.laplacian(k));
    }
  }

  static CovarianceOperator of(
      CovarianceOperator operator, double width, SpectralTransform laplacian) {
    Scale.positive("width", width);
    if (!laplacian.grid().equals(operator.grid())) {
      throw new IllegalArgumentException(
          "an operator on "
              + operator.grid()
              + " with a Laplacian on "
              + laplacian.grid()
              + ": give a transform on the grid of the operator");
    }
    Optional<SpectralCovariance> spectral = operator.spectral();
    if (spectral.isPresent() && spectral.get().sharesBasisWith(laplacian)) {
      return SpectralCovariance.of(
          spectral.get().transform(), spectral.get().spectrum().times(Spectrum.heat(width)));
    }
    if (!laplacian.orthonormal()) {
      throw new IllegalArgumentException(
          laplacian.basis()
              + " is not orthonormal on "
              + operator.grid()
              + ", so that T would not be self-adjoint: mollify on a regular grid that suits the"
              + " basis");
    }
    return new MollifiedCovariance(operator, width, laplacian);
  }

  static SpectralTransform transform(CovarianceOperator operator) {
    Optional<SpectralCovariance> spectral = operator.spectral();
    if (spectral.isPresent()) {
      return spectral.get().transform();
    }
    if (operator.grid() instanceof RegularGrid regular) {
      Basis basis =
          switch (regular.layout()) {
            case CELL, NODE -> Basis.COSINE;
            case PERIODIC -> Basis.FOURIER;
            case INTERIOR -> Basis.SINE;
          };
      return basis.on(regular);
    }
    throw new IllegalArgumentException(
        "no Laplacian goes with " + operator.grid() + ": give its transform");
  }

  private double[] blur(double[] values) {
    int modes = multipliers.length;
    int rows = values.length / grid().size();
    double[] c = new double[rows * modes];
    laplacian.forward(values, c, rows);
    for (int i = 0; i < c.length; i++) {
      c[i] *= multipliers[i % modes];
    }
    double[] out = new double[values.length];
    laplacian.inverse(c, out, rows);
    return out;
  }

  @Override
  public Grid grid() {
    return operator.grid();
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
              INDArray blurred = FunctionBatch.array(grid(), DataType.DOUBLE, 1, blur(in));
              double[] y = FunctionBatch.of(grid(), operator.apply(blurred)).toDoubles();
              System.arraycopy(blur(y), 0, out, 0, out.length);
            });
  }

  @Override
  public double trace() {
    return form.get().trace(1);
  }

  @Override
  public INDArray sample(NoiseSource noise, INDArray out) {
    FunctionBatch batch = FunctionBatch.of(grid(), out);
    INDArray x = FunctionBatch.zeros(grid(), DataType.DOUBLE, batch.batch(), batch.channels());
    FunctionBatch.write(blur(FunctionBatch.of(grid(), operator.sample(noise, x)).toDoubles()), out);
    return out;
  }

  @Override
  public CovarianceOperator on(Grid grid) {
    return grid.equals(grid()) ? this : of(operator.on(grid), width, laplacian.on(grid));
  }

  @Override
  public CovarianceOperator times(double factor) {
    return new MollifiedCovariance(operator.times(factor), width, laplacian);
  }

  @Override
  public Eigenpairs eigenpairs(int count) {
    DenseForm.requireCount(grid(), count);
    return form.get().eigenpairs(count);
  }

  @Override
  public TraceClass traceClass() {
    return TraceClass.of(
        true,
        TraceClass.onGrid(this).partialTraces(),
        "T C T is trace class for bounded C, for the heat operator T is Hilbert–Schmidt");
  }
}
