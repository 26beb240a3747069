package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.nn.arch.Transformer.Level;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PatchesTest {

  private static Transformer transformer(int patch, Integer... tokens) {
    return new Transformer(List.of(tokens), patch, 4, 1, 1, Level.TOKEN, false);
  }

  private static double[] run(
      long[] open, long[] shape, double[] values, Function<SDVariable, SDVariable> map) {
    SameDiff graph = SameDiff.create();
    SDVariable out = map.apply(graph.placeHolder("x", DataType.DOUBLE, open));
    INDArray x = Nd4j.create(DataType.DOUBLE, shape);
    FunctionBatch.write(values, x);
    try (GraphSession session = new GraphSession(graph, List.of(out.name()))) {
      return session.run(
          Map.of("x", x),
          outputs -> {
            INDArray result = outputs.get(out.name());
            double[] read = new double[(int) result.length()];
            FunctionBatch.read(result, read);
            return read;
          });
    }
  }

  private static double[] counting(int length) {
    double[] values = new double[length];
    Arrays.setAll(values, i -> i);
    return values;
  }

  /** 6 × 4 points, patches of 2 × 2, three channels, two samples. */
  @Test
  void rowsAreThoseOfALoop() {
    int batch = 2;
    int channels = 3;
    TokenGrid grid = TokenGrid.of(RegularGrid.unit(6, 4), transformer(2, 3, 2));
    double[] values = counting(24 * batch * channels);
    double[] rows =
        run(
            new long[] {-1, -1, channels},
            new long[] {24, batch, channels},
            values,
            x -> Patches.rows(x, grid, channels));
    double[] expected = new double[values.length];
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 4; j++) {
        for (int b = 0; b < batch; b++) {
          for (int c = 0; c < channels; c++) {
            int token = (i / 2) * 2 + j / 2;
            int place = (i % 2) * 2 + j % 2;
            expected[((b * 6 + token) * 4 + place) * channels + c] =
                values[((i * 4 + j) * batch + b) * channels + c];
          }
        }
      }
    }
    assertThat(rows).containsExactly(expected);
  }

  @Test
  void functionsComeBackFromTheirPatches() {
    for (Grid domain :
        new Grid[] {RegularGrid.unit(12), RegularGrid.unit(6, 9), RegularGrid.unit(3, 6, 3)}) {
      Integer[] tokens =
          Arrays.stream(domain.shape()).map(n -> n / 3).boxed().toArray(Integer[]::new);
      TokenGrid grid = TokenGrid.of(domain, transformer(3, tokens));
      int features = 2 * domain.size() / grid.count();
      double[] values = counting(domain.size() * 5 * 2);
      long[] shape = {domain.size(), 5, 2};
      double[] again =
          run(
              new long[] {-1, -1, 2},
              shape,
              values,
              x -> {
                SDVariable rows = Patches.rows(x, grid, 2).reshape(-1, grid.count(), features);
                return Patches.values(rows, grid, 2);
              });
      assertThat(again).containsExactly(values);
      double[] first =
          run(
              new long[] {-1, -1, 2},
              shape,
              values,
              x -> {
                SDVariable rows = Patches.rows(x, grid, 2).reshape(-1, grid.count(), features);
                return Patches.channelsFirst(rows, grid, 2);
              });
      for (int p = 0; p < domain.size(); p++) {
        for (int b = 0; b < 5; b++) {
          for (int c = 0; c < 2; c++) {
            assertThat(first[(c * domain.size() + p) * 5 + b])
                .isEqualTo(values[(p * 5 + b) * 2 + c]);
          }
        }
      }
    }
  }

  /** The centre of the patch of a token, from the coordinates of its points. */
  private static double[] centre(RegularGrid grid, int[] tokens, int patch, int token) {
    int axes = tokens.length;
    double[] centre = new double[axes];
    int rest = token;
    int[] at = new int[axes];
    for (int a = axes - 1; a >= 0; a--) {
      at[a] = rest % tokens[a];
      rest /= tokens[a];
    }
    for (int a = 0; a < axes; a++) {
      int stride = 1;
      for (int b = a + 1; b < axes; b++) {
        stride *= grid.shape()[b];
      }
      for (int i = 0; i < patch; i++) {
        centre[a] += grid.coordinate((at[a] * patch + i) * stride, a) / patch;
      }
    }
    return centre;
  }

  /**
   * {@code 2 + 3p_1 − 5p_2} at the learned centres gives it at the others, on finer and coarser.
   */
  @Test
  void interpolationIsExactForAffineFunctionsOfThePlace() {
    List<Interval> domain = List.of(new Interval(-1, 2), new Interval(0, 0.5));
    int patch = 4;
    int[] learned = {3, 2};
    for (Layout layout : new Layout[] {Layout.CELL, Layout.NODE, Layout.INTERIOR}) {
      RegularGrid trained = RegularGrid.of(domain, layout, 12, 8);
      for (int[] tokens : new int[][] {{6, 4}, {2, 5}, {1, 1}, {3, 3}}) {
        RegularGrid grid = trained.withShape(patch * tokens[0], patch * tokens[1]);
        TokenGrid here = TokenGrid.of(grid, transformer(patch, 3, 2));
        assertThat(here.isTrained()).isFalse();
        double[] weights = here.interpolation();
        for (int i = 0; i < here.count(); i++) {
          double value = 0;
          double total = 0;
          for (int j = 0; j < 6; j++) {
            double[] p = centre(trained, learned, patch, j);
            value += weights[i * 6 + j] * (2 + 3 * p[0] - 5 * p[1]);
            total += weights[i * 6 + j];
          }
          double[] q = centre(grid, tokens, patch, i);
          // Values below 20, weights below 3: rounding stays below 1e-14 · 100.
          assertThat(value).isCloseTo(2 + 3 * q[0] - 5 * q[1], within(1e-12));
          assertThat(total).isCloseTo(1, within(1e-14));
        }
      }
    }
  }

  /** Tokens of 4 points at (4i + 1.5)/16; those of twice as many at (4i + 1.5)/32. */
  @Test
  void interpolationGoesAroundAPeriodicAxis() {
    RegularGrid fine = RegularGrid.unit(Layout.PERIODIC, 32);
    double[] weights = TokenGrid.of(fine, transformer(4, 4)).interpolation();
    // 1.5/32 lies (1.5/16 − 1.5/32)/(4/16) = 0.1875 of a token before the first: 4 comes before 1.
    assertThat(Arrays.copyOf(weights, 4))
        .containsExactly(new double[] {1 - 0.1875, 0, 0, 0.1875}, within(1e-15));
    // 29.5/32 lies (29.5/32 − 13.5/16)/(4/16) = 0.3125 beyond the last.
    assertThat(Arrays.copyOfRange(weights, 28, 32))
        .containsExactly(new double[] {0.3125, 0, 0, 1 - 0.3125}, within(1e-15));
  }

  @Test
  void configuredGridNeedsNoInterpolation() {
    TokenGrid grid = TokenGrid.of(RegularGrid.unit(12, 8), transformer(4, 3, 2));
    assertThat(grid.isTrained()).isTrue();
    double[] identity = new double[36];
    for (int i = 0; i < 6; i++) {
      identity[7 * i] = 1;
    }
    assertThat(grid.interpolation()).containsExactly(identity, within(1e-15));
  }

  @Test
  void unfitGridsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenGrid.of(RegularGrid.unit(8, 10), transformer(4, 2, 2)))
        .withMessageContaining("[8, 10]")
        .withMessageContaining("10 points of axis 1 must be a multiple of the patch of 4")
        .withMessageContaining("use 12 points");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenGrid.of(RegularGrid.unit(8), transformer(4, 2, 2)))
        .withMessageContaining("dimension 1")
        .withMessageContaining("[2, 2]")
        .withMessageContaining("configure tokens for each axis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenGrid.of(PointSet.of(Interval.UNIT, 0.1, 0.4), transformer(2, 1)))
        .withMessageContaining("regular grids");
  }
}
