package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.TestFunctions;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Conditioning of random measures on random functionals. */
class GaussianRegressionPropertiesTest {

  private static final Grid GRID = PointSet.of(Interval.UNIT, 0.05, 0.1, 0.4, 0.55, 0.9);

  @Property(tries = 60)
  void isTheSchurComplement(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.01, max = 3) double noise) {
    DenseCovariance c = DenseCovariance.random(GRID, seed);
    INDArray functions = TestFunctions.random(GRID, DataType.DOUBLE, 2, 1, seed + 1);
    GaussianRegression regression =
        GaussianRegression.of(
            GaussianMeasure.centred(c), LinearObservation.products(GRID, functions), noise);
    double[] f = TestFunctions.values(functions);
    RealMatrix a = new Array2DRowRealMatrix(2, 5);
    for (int i = 0; i < 10; i++) {
      a.setEntry(i / 5, i % 5, f[i] * GRID.weight(i % 5));
    }
    RealMatrix k = c.matrix();
    RealMatrix s =
        a.multiply(k)
            .multiply(a.transpose())
            .add(MatrixUtils.createRealIdentityMatrix(2).scalarMultiply(noise));
    RealMatrix gain =
        k.multiply(a.transpose()).multiply(new LUDecomposition(s).getSolver().getInverse());
    RealMatrix expected = k.subtract(gain.multiply(a).multiply(k));
    RealMatrix actual = DenseCovariance.of(regression.covariance()).matrix();
    // Entries of order 1, condition number of the system at most some 1e2.
    double[] variance = TestFunctions.values(regression.variance());
    for (int i = 0; i < 5; i++) {
      assertThat(TestFunctions.distance(actual.getRow(i), expected.getRow(i))).isLessThan(1e-12);
      assertThat(variance[i]).isCloseTo(expected.getEntry(i, i), within(1e-12));
      assertThat(variance[i]).isLessThanOrEqualTo(k.getEntry(i, i));
    }
    double trace = regression.covariance().trace();
    assertThat(trace).isPositive().isLessThan(c.trace());
    INDArray y = Nd4j.createFromArray(0.3, -1.2).reshape(1, 1, 2);
    double[] mean = gain.operate(new double[] {0.3, -1.2});
    assertThat(TestFunctions.distance(TestFunctions.values(regression.mean(y)), mean))
        .isLessThan(1e-12);
  }
}
