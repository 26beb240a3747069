package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.nd4j.linalg.api.buffer.DataType;

class CurvesCsvPropertiesTest {

  /** All bit patterns that are finite numbers, so all exponents alike. */
  @Provide
  Arbitrary<Double> doubles() {
    return Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
  }

  @Provide
  Arbitrary<Float> floats() {
    return Arbitraries.integers().map(Float::intBitsToFloat).filter(Float::isFinite);
  }

  /** Finite, far enough apart to leave the domain of the grid finite. */
  @Provide
  Arbitrary<List<Double>> increasing() {
    return Arbitraries.doubles()
        .between(-1e6, 1e6)
        .ofScale(6)
        .list()
        .ofMinSize(2)
        .ofMaxSize(12)
        .uniqueElements()
        .map(list -> list.stream().sorted().toList());
  }

  @Property
  void doublesReadBackAsTheyWere(@ForAll("doubles") double x) {
    String text = ShortestDecimal.of(x);
    assertThat(Double.parseDouble(text)).isEqualTo(x);
    assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(x)));
  }

  @Property
  void floatsReadBackAsTheyWere(@ForAll("floats") float x) {
    String text = ShortestDecimal.of(x);
    assertThat(Float.parseFloat(text)).isEqualTo(x);
    assertThat((float) Double.parseDouble(text)).isEqualTo(x);
    assertThat(digits(text)).isLessThanOrEqualTo(digits(Float.toString(x)));
  }

  @Property
  void shortDecimalsStayAsTheyAre(
      @ForAll @IntRange(min = -999_999, max = 999_999) int unscaled,
      @ForAll @IntRange(min = 0, max = 7) int scale) {
    BigDecimal decimal = BigDecimal.valueOf(unscaled, scale);
    String plain = decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    assertThat(ShortestDecimal.of(decimal.doubleValue())).isEqualTo(plain);
    assertThat(ShortestDecimal.of(decimal.floatValue())).isEqualTo(plain);
  }

  private static int digits(String decimal) {
    return new BigDecimal(decimal).stripTrailingZeros().precision();
  }

  @Property(tries = 50)
  void tablesReadBackAsTheyWere(
      @ForAll("increasing") List<Double> points,
      @ForAll @Size(24) List<@From("doubles") Double> pool)
      throws IOException {
    double[] arguments = points.stream().mapToDouble(x -> x).toArray();
    double[] values = IntStream.range(0, 2 * arguments.length).mapToDouble(pool::get).toArray();
    Grid grid = CurvesCsv.grid(arguments);
    List<String> ids = List.of(" spaced", "a,\"b\"; c");
    Path file = Files.createTempFile("curves", ".csv");
    try {
      CurvesCsv.write(file, arguments, FunctionBatch.array(grid, DataType.DOUBLE, 1, values), ids);
      String text = Files.readString(file);
      CurveTable table = CurvesCsv.read(file);
      assertThat(table.arguments()).isEqualTo(arguments);
      assertThat(table.dataset().grid()).isEqualTo(grid);
      assertThat(table.dataset().toDoubles()).isEqualTo(values);
      assertThat(table.ids()).isEqualTo(ids);
      CurvesCsv.write(file, table);
      assertThat(Files.readString(file)).isEqualTo(text);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Property
  void gridsReproduceTheirArguments(@ForAll("increasing") List<Double> points) {
    double[] arguments = points.stream().mapToDouble(x -> x).toArray();
    Grid grid = CurvesCsv.grid(arguments);
    double step = (arguments[arguments.length - 1] - arguments[0]) / (arguments.length - 1);
    double sum = 0;
    for (int i = 0; i < arguments.length; i++) {
      double tolerance = grid instanceof RegularGrid ? 1e-3 * step + 1e-9 : 0;
      assertThat(grid.coordinate(i, 0)).isCloseTo(arguments[i], within(tolerance));
      sum += grid.weight(i);
    }
    assertThat(sum).isCloseTo(grid.measure(), within(1e-9 * grid.measure()));
  }

  // The combinations of edge cases outnumber the tries.
  @Property(edgeCases = EdgeCasesMode.NONE)
  void equispacedArgumentsAreReproducedToRounding(
      @ForAll @IntRange(min = 2, max = 400) int n,
      @ForAll @IntRange(min = -1000, max = 1000) int start,
      @ForAll @IntRange(min = 1, max = 100_000) int millis) {
    double[] arguments = new double[n];
    for (int i = 0; i < n; i++) {
      arguments[i] =
          Double.parseDouble(BigDecimal.valueOf(start * 1000L + (long) i * millis, 3).toString());
    }
    Grid grid = CurvesCsv.grid(arguments);
    assertThat(grid).isInstanceOf(RegularGrid.class);
    for (int i = 0; i < n; i++) {
      double size = Math.abs(arguments[0]) + Math.abs(arguments[n - 1]) + 1;
      assertThat(grid.coordinate(i, 0)).isCloseTo(arguments[i], within(1e-14 * size));
    }
  }
}
