package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class MultiplierTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralTransform COSINE = CosineTransform.of(GRID);

  private static Multiplier perMode(double... values) {
    return Multiplier.perMode(COSINE, values);
  }

  @Test
  void scalesEachModeByItsFactor() {
    INDArray x = Fixtures.of(GRID, p -> 2 + Math.cos(Math.PI * p) - 3 * Math.cos(2 * Math.PI * p));
    INDArray expected =
        Fixtures.of(GRID, p -> 10 + 6 * Math.cos(Math.PI * p) - 21 * Math.cos(2 * Math.PI * p));
    // Values up to 37: some units in their last place, 7e-15.
    assertThat(Fixtures.distance(perMode(5, 6, 7, 8).apply(x), expected)).isLessThan(3e-14);
  }

  @Test
  void scalarScalesTheFunction() {
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 3, 1);
    assertThat(Fixtures.distance(Multiplier.scalar(-2).apply(x), x.mul(-2))).isZero();
    assertThat(Multiplier.scalar(-2).at(17)).isEqualTo(-2);
  }

  @Test
  void equalFactorsAreTheScalar() {
    INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 2, 3, 1);
    assertThat(Fixtures.distance(perMode(3, 3, 3, 3).apply(x), x.mul(3))).isLessThan(1e-13);
  }

  @Test
  void accumulatesIntoTheOutput() {
    double[] in = Fixtures.rough(8, 1);
    double[] before = in.clone();
    for (Multiplier m : new Multiplier[] {Multiplier.scalar(2), perMode(1, 2, 3, 4)}) {
      double[] out = {1, 1, 1, 1, 1, 1, 1, 1};
      m.accumulate(in, out, 2);
      double[] applied = Fixtures.values(m.apply(Fixtures.of(GRID, in)));
      for (int i = 0; i < 8; i++) {
        assertThat(out[i]).isCloseTo(1 + applied[i], within(1e-15 * (1 + Math.abs(applied[i]))));
      }
    }
    assertThat(in).isEqualTo(before);
  }

  @Test
  void twoTermsAtOnceAreTheirSum() {
    double[] x = Fixtures.rough(8, 1);
    double[] y = Fixtures.rough(8, 2);
    Multiplier[] all = {Multiplier.scalar(2), Multiplier.scalar(-1), perMode(1, 2, 3, 4)};
    Multiplier.Scratch scratch = new Multiplier.Scratch();
    for (Multiplier a : all) {
      for (Multiplier b : new Multiplier[] {all[0], perMode(4, -1, 0, 2)}) {
        double[] expected = {1, 1, 1, 1, 1, 1, 1, 1};
        a.accumulate(x, expected, 2);
        b.accumulate(y, expected, 2);
        // Twice in one scratch, the second time on fewer rows.
        for (int rows : new int[] {2, 1}) {
          double[] out = new double[4 * rows];
          Arrays.fill(out, 1);
          Multiplier.accumulate(
              a, Arrays.copyOf(x, 4 * rows), b, Arrays.copyOf(y, 4 * rows), out, rows, scratch);
          assertThat(Fixtures.distance(out, Arrays.copyOf(expected, 4 * rows))).isLessThan(1e-13);
        }
      }
    }
    assertThat(x).isEqualTo(Fixtures.rough(8, 1));
    assertThat(y).isEqualTo(Fixtures.rough(8, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Multiplier.accumulate(
                    perMode(1, 2, 3, 4),
                    x,
                    Multiplier.perMode(FourierTransform.of(GRID), new double[4]),
                    y,
                    new double[8],
                    2,
                    scratch))
        .withMessageContaining("do not act on the same modes");
  }

  @Test
  void combinesModeByMode() {
    Multiplier a = perMode(1, 2, 3, 4);
    Multiplier quotient = a.combine(Multiplier.scalar(2), (p, q) -> p / q);
    Multiplier inverse = Multiplier.scalar(2).combine(a, (p, q) -> p / q);
    for (int k = 0; k < 4; k++) {
      assertThat(quotient.at(k)).isEqualTo((k + 1) / 2.0);
      assertThat(inverse.at(k)).isEqualTo(2.0 / (k + 1));
    }
    assertThat(Multiplier.scalar(6).combine(Multiplier.scalar(2), (p, q) -> p / q))
        .isEqualTo(Multiplier.scalar(3));
  }

  @Test
  void sumsProductsAndFunctionsActModeByMode() {
    Multiplier a = perMode(1, 2, 3, 4);
    Multiplier b = perMode(5, 6, 7, 8);
    Multiplier s = Multiplier.scalar(10);
    for (int k = 0; k < 4; k++) {
      assertThat(a.plus(b).at(k)).isEqualTo(6 + 2 * k);
      assertThat(a.times(b).at(k)).isEqualTo((1 + k) * (5 + k));
      assertThat(a.plus(s).at(k)).isEqualTo(11 + k);
      assertThat(s.plus(a).at(k)).isEqualTo(11 + k);
      assertThat(a.times(s).at(k)).isEqualTo(10 * (1 + k));
      assertThat(s.times(a).at(k)).isEqualTo(10 * (1 + k));
      assertThat(a.times(-0.5).at(k)).isEqualTo(-0.5 * (1 + k));
      assertThat(a.map(Math::sqrt).at(k)).isEqualTo(Math.sqrt(1 + k));
      assertThat(a.at(k)).isEqualTo(1 + k);
    }
    assertThat(s.plus(Multiplier.scalar(2)).at(0)).isEqualTo(12);
    assertThat(s.times(Multiplier.scalar(2)).at(0)).isEqualTo(20);
    assertThat(s.times(3).at(0)).isEqualTo(30);
  }

  @Test
  void keepsItsFactorsWhenCallersChangeTheirArray() {
    double[] values = {1, 2, 3, 4};
    Multiplier m = Multiplier.perMode(COSINE, values);
    values[0] = 99;
    assertThat(m.at(0)).isEqualTo(1);
  }

  @Test
  void floatsStayFloats() {
    INDArray x = Fixtures.random(GRID, DataType.FLOAT, 1, 1, 1);
    assertThat(perMode(1, 2, 3, 4).apply(x).dataType()).isEqualTo(DataType.FLOAT);
    assertThat(Multiplier.scalar(0.1).apply(x).dataType()).isEqualTo(DataType.FLOAT);
  }

  @Test
  void factorsThatDoNotFitTheModesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> perMode(1, 2, 3))
        .withMessageContaining("3 factors for 4 modes");
  }

  @Test
  void multipliersOfDifferentModesAreRefused() {
    Multiplier a = perMode(1, 2, 3, 4);
    Multiplier basis = Multiplier.perMode(FourierTransform.of(GRID), new double[4]);
    Multiplier grid =
        Multiplier.perMode(CosineTransform.of(RegularGrid.unit(Layout.NODE, 4)), new double[4]);
    for (Multiplier other : new Multiplier[] {basis, grid}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> a.plus(other))
          .withMessageContaining("do not act on the same modes");
      assertThatIllegalArgumentException().isThrownBy(() -> a.times(other));
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                perMode(1, 2, 3, 4)
                    .apply(Fixtures.random(RegularGrid.unit(5), DataType.DOUBLE, 1, 1, 1)))
        .withMessageContaining("[1, 1, 5]");
  }
}
