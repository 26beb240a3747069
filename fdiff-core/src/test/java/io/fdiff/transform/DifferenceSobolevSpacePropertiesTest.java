package io.fdiff.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpaceLaws;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.space.TestFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Laws of H¹ by differences over uneven points, grids and scattered points. */
class DifferenceSobolevSpacePropertiesTest {

  private static Grid grid(double[] points) {
    return PointSet.of(new Interval(0, points[points.length - 1] + 0.25), points);
  }

  // Gaps of 0.01 beside weights of order 1 make a condition number of up to 1e5.
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void isAHilbertSpaceOnAnInterval(
      @ForAll @Size(min = 2, max = 20)
          List<@Scale(6) @DoubleRange(min = 0.01, max = 1) Double> gaps,
      @ForAll long seed) {
    HilbertSpaceLaws.check(
        DifferenceSobolevSpace.of(grid(TestFunctions.points(gaps))), seed, 1e-11);
  }

  // Steps of 0.02 in a box of up to 3 a side: eigenvalues up to 3·4/0.02² = 3e4, whose round-off
  // the
  // transforms spread.
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void isAHilbertSpaceOnRegularGrids(
      @ForAll @Size(min = 2, max = 3) List<@IntRange(min = 2, max = 6) Integer> shape,
      @ForAll @Size(value = 3) List<@Scale(3) @DoubleRange(min = 0.1, max = 3) Double> sides,
      @ForAll boolean nodes,
      @ForAll long seed) {
    List<Interval> box = new ArrayList<>();
    for (int a = 0; a < shape.size(); a++) {
      box.add(new Interval(-1, sides.get(a) - 1));
    }
    int[] n = shape.stream().mapToInt(i -> i).toArray();
    Grid grid = RegularGrid.of(box, nodes ? Layout.NODE : Layout.CELL, n);
    HilbertSpaceLaws.check(DifferenceSobolevSpace.of(grid), seed, 1e-11);
  }

  // The residual of the Riesz map is 1e-13 of the gradient.
  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void isAHilbertSpaceOnScatteredPoints(
      @ForAll @IntRange(min = 5, max = 60) int n,
      @ForAll @IntRange(min = 2, max = 3) int dimension,
      @ForAll @Scale(3) @DoubleRange(min = 0.1, max = 3) double side,
      @ForAll long seed) {
    List<Interval> box = new ArrayList<>(List.of(new Interval(-side, 0), Interval.UNIT));
    if (dimension == 3) {
      box.add(new Interval(2, 2.5));
    }
    Random random = new Random(seed);
    double[][] p = new double[n][dimension];
    for (double[] point : p) {
      for (int a = 0; a < dimension; a++) {
        point[a] = box.get(a).lower() + box.get(a).length() * random.nextDouble();
      }
    }
    HilbertSpaceLaws.check(DifferenceSobolevSpace.of(PointSet.of(box, p)), seed, 1e-11);
  }

  /** A further point on the line between two others leaves {@code ∫ x′ y′} as it is. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void refinementKeepsTheDerivativesOfPiecewiseLinearFunctions(
      @ForAll @Size(min = 2, max = 12)
          List<@Scale(6) @DoubleRange(min = 0.01, max = 1) Double> gaps,
      @ForAll @IntRange(min = 0, max = 10) int interval,
      @ForAll @Scale(4) @DoubleRange(min = 0.01, max = 0.99) double share,
      @ForAll long seed) {
    double[] p = TestFunctions.points(gaps);
    int left = interval % (p.length - 1);
    double[] x = TestFunctions.rough(p.length, seed);
    double[] y = TestFunctions.rough(p.length, seed + 1);
    double coarse = derivatives(p, x, y);
    double fine =
        derivatives(insert(p, left, share), insert(x, left, share), insert(y, left, share));
    double size = Math.sqrt(derivatives(p, x, x) * derivatives(p, y, y));
    // Gaps of down to 1e-4 lose as many digits of the differences.
    assertThat(fine).isCloseTo(coarse, within(1e-9 * (1 + size)));
  }

  private static double[] insert(double[] values, int left, double share) {
    double[] out = new double[values.length + 1];
    System.arraycopy(values, 0, out, 0, left + 1);
    out[left + 1] = (1 - share) * values[left] + share * values[left + 1];
    System.arraycopy(values, left + 1, out, left + 2, values.length - left - 1);
    return out;
  }

  /** {@code ∫ x′ y′}: what the space adds to L². */
  private static double derivatives(double[] points, double[] x, double[] y) {
    Grid grid = grid(points);
    INDArray a = TestFunctions.of(grid, x);
    INDArray b = TestFunctions.of(grid, y);
    return DifferenceSobolevSpace.of(grid).inner(a, b).getDouble(0)
        - new L2Space(grid).inner(a, b).getDouble(0);
  }
}
