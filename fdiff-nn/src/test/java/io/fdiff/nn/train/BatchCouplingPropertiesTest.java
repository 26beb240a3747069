package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.flow.Coupling;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BatchCouplingPropertiesTest {

  private static final int CHANNELS = 2;

  /** Half the weight at both ends. */
  private static final RegularGrid GRID = RegularGrid.unit(RegularGrid.Layout.NODE, 3);

  private static double[] normals(long seed, int n) {
    double[] values = new double[n * CHANNELS * GRID.size()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    return values;
  }

  private static double[] block(double[] values, int i) {
    int size = CHANNELS * GRID.size();
    return Arrays.copyOfRange(values, i * size, (i + 1) * size);
  }

  /** {@code ‖y − ξ‖²}, all channels. */
  private static double distance(double[] y, double[] xi) {
    double sum = 0;
    for (int j = 0; j < y.length; j++) {
      sum += GRID.weight(j % GRID.size()) * (y[j] - xi[j]) * (y[j] - xi[j]);
    }
    return sum;
  }

  /** Least total squared distance of the data from {@code at} on to the noise that is left. */
  private static double least(double[] y, double[] xi, int[] left, int at) {
    if (at == left.length) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int other = at; other < left.length; other++) {
      int[] swapped = left.clone();
      swapped[at] = left[other];
      swapped[other] = left[at];
      double first = distance(block(y, at), block(xi, swapped[at]));
      best = Math.min(best, first + least(y, xi, swapped, at + 1));
    }
    return best;
  }

  /** The law of the data stays: the batch holds the same functions in another order. */
  @Property(tries = 100)
  void dataArePermutedToTheLeastTotalDistance(
      @ForAll @IntRange(min = 1, max = 7) int n, @ForAll long seed) {
    double[] y = normals(seed, n);
    double[] xi = normals(~seed, n);
    double[] coupled =
        new BatchCoupling(Coupling.optimal(), GRID, CHANNELS)
            .data(n, NoiseSource.of(seed), size -> y.clone(), size -> xi.clone());
    int[] order = new int[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      double[] own = block(coupled, i);
      int[] from = IntStream.range(0, n).filter(j -> Arrays.equals(block(y, j), own)).toArray();
      assertThat(from).hasSize(1);
      order[i] = from[0];
      total += distance(own, block(xi, i));
    }
    int[] all = IntStream.range(0, n).toArray();
    assertThat(order).containsExactlyInAnyOrder(all);
    // Sums of 42 squares of order 1.
    assertThat(total).isCloseTo(least(y, xi, all, 0), within(1e-11));
  }

  /** What is kept of one batch must not be taken for another one. */
  @Property(tries = 20)
  void anotherAddressIsAnotherBatch(@ForAll long seed) {
    BatchCoupling coupling = new BatchCoupling(Coupling.optimal(), GRID, CHANNELS);
    double[] y = normals(1, 3);
    double[] first =
        coupling.data(3, NoiseSource.of(seed), size -> normals(2, size), size -> y).clone();
    double[] second =
        coupling.data(3, NoiseSource.of(seed).withStep(1), size -> normals(3, size), size -> y);
    assertThat(second).doesNotContain(first);
    assertThat(
            coupling.data(2, NoiseSource.of(seed).withStep(1), size -> normals(3, size), size -> y))
        .hasSize(2 * CHANNELS * GRID.size());
    assertThat(coupling.data(3, NoiseSource.of(seed), size -> normals(2, size), size -> y))
        .containsExactly(first);
  }
}
