package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The sampling theorem in every family (oracle A9): what fits into the modes of a grid is recovered
 * exactly at all points, what does not is folded to a lower frequency.
 */
class SamplingTheoremTest {

  private static final Interval SIDE = new Interval(-1, 2);

  private record Family(Basis basis, Layout layout) {

    Grid grid(int n) {
      return RegularGrid.of(List.of(SIDE), layout, n);
    }

    /** Points that carry {@code modes} modes without an alternating one. */
    int enough(int modes) {
      return switch (basis) {
        case FOURIER -> modes;
        case COSINE -> layout == Layout.NODE ? modes + 1 : modes;
        case SINE -> layout == Layout.CELL ? modes + 1 : modes;
        case QUARTER_SINE -> modes;
      };
    }
  }

  private static final List<Family> FAMILIES =
      List.of(
          new Family(Basis.FOURIER, Layout.PERIODIC),
          new Family(Basis.FOURIER, Layout.CELL),
          new Family(Basis.COSINE, Layout.CELL),
          new Family(Basis.COSINE, Layout.NODE),
          new Family(Basis.SINE, Layout.INTERIOR),
          new Family(Basis.SINE, Layout.CELL),
          new Family(Basis.QUARTER_SINE, Layout.CELL));

  private static double sum(Basis basis, double[] c, double p) {
    double sum = 0;
    for (int k = 0; k < c.length; k++) {
      sum += c[k] * basis.value(k, SIDE.toUnit(p));
    }
    return sum;
  }

  private static PointSet scattered(int n) {
    double[] p = TestFunctions.rough(n, 9);
    for (int i = 0; i < n; i++) {
      p[i] = SIDE.lower() + SIDE.length() * (i + 0.5 + 0.4 * Math.sin(p[i])) / n;
    }
    return PointSet.of(SIDE, p);
  }

  @Test
  void sumsOfSevenModesAreExactEverywhere() {
    double[] c = TestFunctions.rough(7, 2);
    for (Family family : FAMILIES) {
      for (int more = 0; more < 3; more++) {
        Grid grid = family.grid(family.enough(7) + more);
        SpectralTransform t = family.basis().on(grid);
        INDArray x = TestFunctions.of(grid, p -> sum(family.basis(), c, p));
        double[] coefficients = TestFunctions.values(t.forward(x));
        for (int k = 0; k < coefficients.length; k++) {
          double expected = k < 7 ? c[k] * Math.sqrt(SIDE.length()) : 0;
          assertThat(coefficients[k]).as("%s %d", grid, k).isCloseTo(expected, within(1e-12));
        }
        // Four points and forty: evaluation needs modes here, not points there.
        for (int points : new int[] {4, 40}) {
          PointSet to = scattered(points);
          INDArray there = Resampling.evaluate(x, t, to);
          INDArray expected = TestFunctions.of(to, p -> sum(family.basis(), c, p));
          assertThat(
                  TestFunctions.distance(
                      TestFunctions.values(there), TestFunctions.values(expected)))
              .as("%s to %s", grid, to)
              .isLessThan(1e-12);
        }
      }
    }
  }

  @Test
  void onePointTooFewLosesThem() {
    // The folded frequency is wrong at other points by as much as the mode itself.
    for (Family family : FAMILIES) {
      int modes = 7;
      Grid grid = family.grid(family.enough(modes) - 1);
      // The Fourier pair loses its sine or its cosine at the Nyquist frequency.
      INDArray x =
          TestFunctions.of(
              grid,
              p ->
                  family.basis().value(modes - 1, SIDE.toUnit(p))
                      + family.basis().value(modes - 2, SIDE.toUnit(p)));
      PointSet to = scattered(40);
      INDArray there = Resampling.evaluate(x, family.basis().on(grid), to);
      INDArray expected =
          TestFunctions.of(
              to,
              p ->
                  family.basis().value(modes - 1, SIDE.toUnit(p))
                      + family.basis().value(modes - 2, SIDE.toUnit(p)));
      double error =
          TestFunctions.distance(TestFunctions.values(there), TestFunctions.values(expected));
      if (family.basis() == Basis.FOURIER || family.basis() == Basis.QUARTER_SINE) {
        assertThat(error).as("%s", grid).isGreaterThan(0.5);
      } else {
        // The alternating cosine or sine is still a function of its own.
        boolean alternates = Transforms.alternates(family.basis(), grid, 0, modes - 1);
        assertThat(error < 1e-12).as("%s", grid).isEqualTo(alternates);
      }
    }
  }

  @Test
  void frequenciesBeyondTheModesAreFolded() {
    // With n cells (m spacings), frequency f folds to 2n − f or 2m − f; the sign is that of the
    // reflection at the end.
    int n = 9;
    for (int k = 1; k < 4; k++) {
      int low = k;
      double pi = Math.PI;
      assertFolded(
          Basis.FOURIER,
          Layout.PERIODIC,
          n,
          u -> Math.cos(2 * pi * (n - low) * u),
          u -> Math.cos(2 * pi * low * u));
      assertFolded(
          Basis.FOURIER,
          Layout.PERIODIC,
          n,
          u -> Math.sin(2 * pi * (n - low) * u),
          u -> -Math.sin(2 * pi * low * u));
      assertFolded(
          Basis.FOURIER,
          Layout.CELL,
          n,
          u -> Math.cos(2 * pi * (n - low) * u),
          u -> -Math.cos(2 * pi * low * u));
      assertFolded(
          Basis.COSINE,
          Layout.CELL,
          n,
          u -> Math.cos(pi * (2 * n - low) * u),
          u -> -Math.cos(pi * low * u));
      assertFolded(
          Basis.COSINE,
          Layout.NODE,
          n,
          u -> Math.cos(pi * (2 * (n - 1) - low) * u),
          u -> Math.cos(pi * low * u));
      assertFolded(
          Basis.SINE,
          Layout.INTERIOR,
          n,
          u -> Math.sin(pi * (2 * (n + 1) - low) * u),
          u -> -Math.sin(pi * low * u));
      assertFolded(
          Basis.SINE,
          Layout.CELL,
          n,
          u -> Math.sin(pi * (2 * n - low) * u),
          u -> Math.sin(pi * low * u));
      assertFolded(
          Basis.QUARTER_SINE,
          Layout.CELL,
          n,
          u -> Math.sin(pi * (2 * n - low - 0.5) * u),
          u -> Math.sin(pi * (low + 0.5) * u));
    }
  }

  private static void assertFolded(
      Basis basis, Layout layout, int n, DoubleUnaryOperator high, DoubleUnaryOperator low) {
    Grid grid = RegularGrid.of(List.of(SIDE), layout, n);
    INDArray x = TestFunctions.of(grid, p -> high.applyAsDouble(SIDE.toUnit(p)));
    PointSet to = scattered(40);
    double[] there = TestFunctions.values(Resampling.evaluate(x, basis.on(grid), to));
    double[] alias =
        TestFunctions.values(TestFunctions.of(to, p -> low.applyAsDouble(SIDE.toUnit(p))));
    double[] truth =
        TestFunctions.values(TestFunctions.of(to, p -> high.applyAsDouble(SIDE.toUnit(p))));
    assertThat(TestFunctions.distance(there, alias)).as("%s %s", basis, grid).isLessThan(1e-12);
    assertThat(TestFunctions.distance(there, truth)).as("%s %s", basis, grid).isGreaterThan(0.5);
  }

  @Test
  void productsOfModesAreExactOnBoxesAndFoldAxisByAxis() {
    List<Interval> box = List.of(SIDE, new Interval(0, 0.5));
    double[][] q = new double[12][];
    for (int i = 0; i < q.length; i++) {
      q[i] = new double[] {-1 + 3 * (i + 0.3) / 12, 0.5 * ((5 * i + 2) % 12 + 0.7) / 12.4};
    }
    PointSet to = PointSet.of(box, q);
    for (Family family : FAMILIES) {
      Basis basis = family.basis();
      int n1 = family.enough(5);
      int n2 = family.enough(3);
      Grid grid = RegularGrid.of(box, family.layout(), n1, n2);
      double[] c = TestFunctions.rough(15, 5);
      ToDoubleFunction<double[]> f =
          p -> {
            double sum = 0;
            for (int k = 0; k < 15; k++) {
              sum += c[k] * basis.value(k / 3, SIDE.toUnit(p[0])) * basis.value(k % 3, 2 * p[1]);
            }
            return sum;
          };
      double[] there =
          TestFunctions.values(Resampling.evaluate(TestFunctions.at(grid, f), basis.on(grid), to));
      assertThat(TestFunctions.distance(there, TestFunctions.values(TestFunctions.at(to, f))))
          .as("%s", grid)
          .isLessThan(1e-12);
    }
    Grid cells = RegularGrid.of(box, Layout.CELL, 5, 6);
    INDArray high =
        TestFunctions.at(
            cells, p -> Math.cos(8 * Math.PI * (p[0] + 1) / 3) * Math.cos(2 * Math.PI * p[1]));
    double[] alias =
        TestFunctions.values(
            TestFunctions.at(
                to, p -> -Math.cos(2 * Math.PI * (p[0] + 1) / 3) * Math.cos(2 * Math.PI * p[1])));
    double[] there = TestFunctions.values(Resampling.evaluate(high, CosineTransform.of(cells), to));
    assertThat(TestFunctions.distance(there, alias)).isLessThan(1e-12);
  }
}
