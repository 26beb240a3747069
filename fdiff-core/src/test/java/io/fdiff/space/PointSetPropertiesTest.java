package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

/** Voronoi cells fill the box, whatever the points. */
class PointSetPropertiesTest {

  private static double sum(List<Interval> box, int n, long seed) {
    Random random = new Random(seed);
    double[][] p = new double[n][box.size()];
    for (double[] point : p) {
      for (int a = 0; a < point.length; a++) {
        point[a] = box.get(a).lower() + box.get(a).length() * random.nextDouble();
      }
    }
    PointSet points = PointSet.of(box, p);
    assertThat(Arrays.stream(points.weights()).min().orElseThrow()).isPositive();
    return Arrays.stream(points.weights()).sum();
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void cellsOfARectangleSumToItsArea(
      @ForAll @IntRange(min = 2, max = 40) int n,
      @ForAll @Scale(6) @DoubleRange(min = -100, max = 100) double lower,
      @ForAll @Scale(6) @DoubleRange(min = 0.01, max = 100) double length,
      @ForAll long seed) {
    List<Interval> box = List.of(new Interval(lower, lower + length), Interval.UNIT);
    double area = box.get(0).length();
    assertThat(sum(box, n, seed)).isCloseTo(area, within(1e-12 * area));
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void cellsOfASolidSumToItsVolume(
      @ForAll @IntRange(min = 2, max = 20) int n,
      @ForAll @Scale(6) @DoubleRange(min = 0.1, max = 10) double length,
      @ForAll long seed) {
    List<Interval> box = List.of(new Interval(-length, 0), Interval.UNIT, new Interval(2, 3));
    assertThat(sum(box, n, seed)).isCloseTo(length, within(1e-12 * length));
  }
}
