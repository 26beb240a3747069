package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class FunctionGeneratorTest {

  private static final Interval TEN = new Interval(-10, 10);

  abstract static class Contract {

    abstract FunctionGenerator generator();

    @Test
    final void functionsDoNotDependOnTheBatch() {
      FunctionGenerator generator = generator();
      NoiseSource noise = NoiseSource.of(4).withStream(2).withStep(7);
      FunctionDataset all = generator.generate(noise, 6);
      assertThat(all.grid()).isEqualTo(generator.grid());
      assertThat(all.size()).isEqualTo(6);
      assertThat(generator.generate(noise, 6).toDoubles()).isEqualTo(all.toDoubles());
      for (int b = 0; b < 6; b++) {
        FunctionDataset one = generator.generate(noise.withFirstSample(b), 1);
        assertThat(one.toDoubles()).isEqualTo(all.subset(b).toDoubles());
        assertThat(all.subset((b + 1) % 6).toDoubles()).isNotEqualTo(one.toDoubles());
      }
      for (NoiseSource other :
          List.of(noise.withStep(8), noise.withStream(1), NoiseSource.of(5).withStep(7))) {
        assertThat(generator.generate(other, 6).toDoubles()).isNotEqualTo(all.toDoubles());
      }
    }

    @Test
    final void numbersBelowOneAreRefused() {
      for (int bad : new int[] {0, -1}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> generator().generate(NoiseSource.of(1), bad))
            .withMessageContaining("batch " + bad);
      }
    }
  }

  @Nested
  class Linear extends Contract {
    @Override
    FunctionGenerator generator() {
      return LinearFunctions.kerrigan(RegularGrid.unit(9));
    }
  }

  @Nested
  class Quadratic extends Contract {
    @Override
    FunctionGenerator generator() {
      return QuadraticFunctions.hdm(RegularGrid.of(List.of(TEN), RegularGrid.Layout.NODE, 100));
    }
  }

  @Nested
  class Sheet extends Contract {
    @Override
    FunctionGenerator generator() {
      return BrownianSheet.of(RegularGrid.unit(3, 4, 2));
    }
  }

  @Nested
  class Field extends Contract {
    @Override
    FunctionGenerator generator() {
      return new GaussianRandomField(measure());
    }
  }

  @Nested
  class Mixture extends Contract {
    @Override
    FunctionGenerator generator() {
      return GaussianProcessMixture.kerrigan(RegularGrid.unit(12));
    }
  }

  private static GaussianMeasure measure() {
    Grid grid = RegularGrid.unit(4, 3);
    INDArray mean = TestFunctions.random(grid, DataType.DOUBLE, 1, 2, 1);
    return GaussianMeasure.of(
        mean, SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(3, 1.5, 1)));
  }

  /** Mean, variance and correlation of white scores, each at {@code alpha}. */
  private static void assertWhite(double[][] scores, double alpha) {
    int n = scores[0].length;
    double bound = Statistics.normal(alpha);
    double[] chi = Statistics.chiSquare(n, alpha);
    for (int a = 0; a < scores.length; a++) {
      double square = Arrays.stream(scores[a]).map(x -> x * x).sum();
      assertThat(square).as("variance %d", a).isBetween(chi[0], chi[1]);
      assertThat(Arrays.stream(scores[a]).sum() / Math.sqrt(n))
          .as("mean %d", a)
          .isBetween(-bound, bound);
      for (int b = 0; b < a; b++) {
        assertThat(Statistics.correlation(scores[a], scores[b]))
            .as("correlation %d and %d", a, b)
            .isBetween(-bound, bound);
      }
    }
  }

  /**
   * Slope and intercept, read off two points, are exactly normal: 5 checks at 2e-7, 1e-6 in all.
   */
  @Test
  void linesHaveTheStatedLaw() {
    Grid grid = PointSet.of(Interval.UNIT, 0.1, 0.3, 0.9);
    int n = 20_000;
    double[] f = LinearFunctions.kerrigan(grid).generate(NoiseSource.of(20), n).toDoubles();
    double[][] scores = new double[2][n];
    for (int b = 0; b < n; b++) {
      double slope = (f[3 * b + 2] - f[3 * b]) / 0.8;
      double intercept = f[3 * b] - 0.1 * slope;
      assertThat(f[3 * b + 1]).isCloseTo(intercept + 0.3 * slope, within(1e-14));
      scores[0][b] = (slope - 2) / 0.25;
      scores[1][b] = (intercept + 1) / 0.07;
    }
    assertWhite(scores, 2e-7);
    assertThat(Statistics.kolmogorov(scores[0])).isLessThan(Statistics.kolmogorovBound(1e-6));
  }

  @Test
  void linesAreTheSameOnEveryGrid() {
    NoiseSource noise = NoiseSource.of(3);
    Grid coarse = PointSet.of(Interval.UNIT, 0.25, 0.75);
    double[] a = LinearFunctions.kerrigan(coarse).generate(noise, 5).toDoubles();
    double[] b = LinearFunctions.kerrigan(RegularGrid.unit(2)).generate(noise, 5).toDoubles();
    assertThat(b).isEqualTo(a);
  }

  /**
   * Sign, read off two points, is ±1 exactly, and what is left is constant. 20 000 curves: binomial
   * count, and mean, variance and law of the offset and its product with the sign, 7e-6 in all.
   */
  @Test
  void parabolasHaveTheStatedLaw() {
    RegularGrid grid = RegularGrid.of(List.of(TEN), RegularGrid.Layout.NODE, 5);
    int n = 20_000;
    double[] f = QuadraticFunctions.hdm(grid).generate(NoiseSource.of(21), n).toDoubles();
    double[] offset = new double[n];
    double[] product = new double[n];
    int positive = 0;
    for (int b = 0; b < n; b++) {
      // Points −10, −5, 0, 5, 10.
      double sign = (f[5 * b] - f[5 * b + 2]) / 2;
      assertThat(Math.abs(sign)).isCloseTo(1, within(1e-14));
      assertThat(f[5 * b + 3] - f[5 * b + 2]).isCloseTo(sign * 0.5, within(1e-14));
      assertThat(f[5 * b + 1]).isEqualTo(f[5 * b + 3]);
      offset[b] = f[5 * b + 2] * 50;
      product[b] = offset[b] * sign;
      positive += sign > 0 ? 1 : 0;
    }
    double z = Statistics.normal(1e-6);
    assertThat((positive - n / 2.0) / Math.sqrt(n / 4.0)).isBetween(-z, z);
    assertWhite(new double[][] {offset}, 1e-6);
    assertThat(Arrays.stream(product).sum() / Math.sqrt(n)).isBetween(-z, z);
    assertThat(Statistics.kolmogorov(offset)).isLessThan(Statistics.kolmogorovBound(1e-6));
  }

  /**
   * Whitened by the Cholesky factor of {@code Π min(p_a, q_a)}, values are independent standard
   * normals: 4000 sheets, at most 230 checks at 4e-9 on each grid, below 1e-6.
   */
  private static void assertSheet(RegularGrid grid) {
    int n = 4000;
    double[] f = BrownianSheet.of(grid).generate(NoiseSource.of(22), n).toDoubles();
    int points = grid.size();
    int[] free = IntStream.range(0, points).filter(i -> covariance(grid, i, i) > 0).toArray();
    RealMatrix k = new Array2DRowRealMatrix(free.length, free.length);
    for (int i = 0; i < free.length; i++) {
      for (int j = 0; j < free.length; j++) {
        k.setEntry(i, j, covariance(grid, free[i], free[j]));
      }
    }
    RealMatrix whitening =
        new LUDecomposition(new CholeskyDecomposition(k).getL()).getSolver().getInverse();
    double[][] scores = new double[free.length][n];
    for (int b = 0; b < n; b++) {
      double[] values = new double[free.length];
      for (int i = 0; i < free.length; i++) {
        values[i] = f[b * points + free[i]];
      }
      double[] white = whitening.operate(values);
      for (int i = 0; i < free.length; i++) {
        scores[i][b] = white[i];
      }
      for (int i = 0; i < points; i++) {
        if (covariance(grid, i, i) == 0) {
          assertThat(f[b * points + i]).isZero();
        }
      }
    }
    assertWhite(scores, 4e-9);
  }

  private static double covariance(RegularGrid grid, int i, int j) {
    double product = 1;
    for (int a = 0; a < grid.dimension(); a++) {
      double corner = grid.domain().get(a).lower();
      product *= Math.min(grid.coordinate(i, a), grid.coordinate(j, a)) - corner;
    }
    return product;
  }

  @Test
  void sheetsHaveTheCovarianceOfMinima() {
    assertSheet(RegularGrid.unit(16));
    assertSheet(RegularGrid.unit(4, 5));
    assertSheet(RegularGrid.unit(RegularGrid.Layout.NODE, 4, 5));
    assertSheet(RegularGrid.unit(RegularGrid.Layout.PERIODIC, 3, 3, 3));
    assertSheet(RegularGrid.unit(RegularGrid.Layout.INTERIOR, 4, 3));
    Interval side = new Interval(-1, 3);
    assertSheet(RegularGrid.of(List.of(side, Interval.UNIT), RegularGrid.Layout.CELL, 3, 4));
  }

  @Test
  void fieldsAreSamplesOfTheMeasure() {
    NoiseSource noise = NoiseSource.of(6);
    FunctionDataset data = new GaussianRandomField(measure()).generate(noise, 5);
    assertThat(data.channels()).isEqualTo(2);
    assertThat(data.toDoubles()).isEqualTo(TestFunctions.values(measure().sample(noise, 5)));
    FunctionDataset centred = GaussianRandomField.of(measure().covariance()).generate(noise, 5);
    assertThat(centred.toDoubles())
        .isEqualTo(TestFunctions.values(measure().covariance().sample(noise, 5)));
  }

  @Test
  void mixturesGiveTheirSamples() {
    GaussianProcessMixture mixture = GaussianProcessMixture.kerrigan(RegularGrid.unit(12));
    NoiseSource noise = NoiseSource.of(6);
    assertThat(mixture.generate(noise, 5).toDoubles())
        .isEqualTo(TestFunctions.values(mixture.mixture().sample(noise, 5).values()));
  }

  @Test
  void refusesConstantsOutOfRange() {
    Grid line = RegularGrid.unit(4);
    Grid square = RegularGrid.unit(4, 4);
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new LinearFunctions(line, bad, 1, 1, 1))
          .withMessageContaining("slope " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new LinearFunctions(line, 1, 1, bad, 1))
          .withMessageContaining("intercept " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new QuadraticFunctions(line, bad, 1))
          .withMessageContaining("amplitude " + bad);
    }
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new LinearFunctions(line, 1, bad, 1, 1))
          .withMessageContaining("deviation of the slope " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new LinearFunctions(line, 1, 1, 1, bad))
          .withMessageContaining("deviation of the intercept " + bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new QuadraticFunctions(line, 1, bad))
          .withMessageContaining("deviation of the offset " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinearFunctions.kerrigan(square))
        .withMessageContaining("one axis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new QuadraticFunctions(square, 1, 1))
        .withMessageContaining("one axis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuadraticFunctions.hdm(line))
        .withMessageContaining("[-10, 10]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BrownianSheet.of(RegularGrid.unit(2, 2, 2, 2)))
        .withMessageContaining("1 to 3 axes");
  }

  @Test
  void setsTooLargeForAnArrayAreRefused() {
    FunctionGenerator lines = LinearFunctions.kerrigan(RegularGrid.unit(1 << 20));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lines.generate(NoiseSource.of(1), 1 << 20))
        .withMessageContaining("batch 1048576")
        .withMessageContaining("2^31 − 1 values");
  }
}
