package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class SpectralContentTest {

  /** {@code 3√2 cos 2πku}, {@code 4√2 sin 2πku} for k = 2, and constants 1 and 2. */
  private static INDArray waves(Grid grid) {
    double[][] rows = new double[2][grid.size()];
    for (int i = 0; i < grid.size(); i++) {
      double phase = 4 * Math.PI * grid.coordinate(i, 0);
      rows[0][i] = 1 + 3 * Math.sqrt(2) * Math.cos(phase);
      rows[1][i] = 2 + 4 * Math.sqrt(2) * Math.sin(phase);
    }
    return Curves.of(grid, rows).values();
  }

  @Test
  void energiesBelongToTheFunctionsNotToTheGrid() {
    for (int n : new int[] {8, 9, 64}) {
      Grid grid = RegularGrid.unit(RegularGrid.Layout.PERIODIC, n);
      SpectralContent content = SpectralContent.of(FourierTransform.of(grid), waves(grid));
      assertThat(content.at(0)).isCloseTo((1 + 4) / 2.0, within(1e-13));
      assertThat(content.at(1)).isCloseTo(0, within(1e-13));
      // Cosine and sine share the frequency.
      assertThat(content.at(2)).isCloseTo((9 / 2.0 + 16 / 2.0) / 2, within(1e-13));
      assertThat(content.energies()[3]).isCloseTo(9 / 2.0, within(1e-13));
      assertThat(content.energies()[4]).isCloseTo(16 / 2.0, within(1e-13));
    }
  }

  @Test
  void energiesAddUpToTheMeanSquareNorm() {
    Grid grid = RegularGrid.unit(6, 5);
    FunctionDataset data = Curves.normal(grid, 3, 4, NoiseSource.of(2));
    INDArray x = data.values();
    double expected = new L2Space(grid).inner(x, x).meanNumber().doubleValue();
    double[] energies = SpectralContent.of(CosineTransform.of(grid), x).energies();
    assertThat(Arrays.stream(energies).sum()).isCloseTo(expected, within(1e-12 * expected));
    double[] rough =
        SpectralContent.of(CosineTransform.of(grid), x.castTo(DataType.FLOAT)).energies();
    assertThat(rough).containsExactly(energies, within(1e-5));
  }

  /**
   * A staircase that repeats each value of a coarse grid holds images above its Nyquist frequency.
   */
  @Test
  void stepsOfACoarseGridShowAboveItsNyquistFrequency() {
    int coarse = 8;
    Grid fine = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 4 * coarse);
    double[] smooth =
        IntStream.range(0, 4 * coarse)
            .mapToDouble(i -> Math.cos(2 * Math.PI * i / (4 * coarse)))
            .toArray();
    double[] stairs = IntStream.range(0, 4 * coarse).mapToDouble(i -> smooth[i / 4 * 4]).toArray();
    SpectralContent clean =
        SpectralContent.of(FourierTransform.of(fine), Curves.of(fine, smooth, smooth).values());
    SpectralContent artefact =
        SpectralContent.of(FourierTransform.of(fine), Curves.of(fine, stairs, stairs).values());
    // The images of frequency 1 on 8 points are 7 and 9.
    assertThat(clean.at(coarse - 1)).isCloseTo(0, within(1e-28));
    assertThat(artefact.at(coarse - 1)).isGreaterThan(1e-3);
    assertThat(artefact.at(coarse + 1)).isGreaterThan(1e-3);
  }

  @Test
  void refusesFrequenciesBeyondTheGrid() {
    Grid grid = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 8);
    SpectralContent content = SpectralContent.of(FourierTransform.of(grid), waves(grid));
    for (int[] bad : new int[][] {{5}, {-1}, {1, 1}, {}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> content.at(bad))
          .withMessageContaining("frequency " + Arrays.toString(bad))
          .withMessageContaining("no such mode");
    }
    Grid other = RegularGrid.unit(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpectralContent.of(FourierTransform.of(grid), waves(other)))
        .withMessageContaining("[2, 1, 4]");
  }

  /** A box of 2 by 1: step π/2, one wave along each axis of the same physical wavenumber π. */
  @Test
  void radialBinsArePhysical() {
    Grid grid =
        RegularGrid.of(
            List.of(new Interval(0, 2), new Interval(0, 1)), RegularGrid.Layout.CELL, 8, 4);
    double[] long2 = new double[32];
    double[] short1 = new double[32];
    for (int i = 0; i < 32; i++) {
      // Norm 3 and 4 on an area of 2.
      long2[i] = 3 * Math.cos(Math.PI * grid.coordinate(i, 0));
      short1[i] = 4 * Math.cos(Math.PI * grid.coordinate(i, 1));
    }
    SpectralContent content =
        SpectralContent.of(CosineTransform.of(grid), Curves.of(grid, long2, short1).values());
    double[] centres = content.wavenumbers();
    assertThat(centres[2]).isCloseTo(Math.PI, within(1e-14));
    double[] radial = content.radial();
    assertThat(radial).hasSameSizeAs(centres);
    // Modes (2, 0), (0, 1) and (1, 1) with κ = 1, 1 and √5/2 of π: the third rounds to bin 2 too.
    assertThat(radial[2]).isCloseTo((9 / 2.0 + 16 / 2.0) / 3, within(1e-13));
    assertThat(radial[1]).isCloseTo(0, within(1e-13));
  }

  @Test
  void logErrorsOfScaledFunctions() {
    Grid grid = RegularGrid.unit(4, 6);
    FunctionDataset data = Curves.normal(grid, 2, 5, NoiseSource.of(2));
    SpectralContent one = SpectralContent.of(CosineTransform.of(grid), data.values());
    SpectralContent scaled = SpectralContent.of(CosineTransform.of(grid), data.values().muli(3));
    double expected = Math.pow(Math.log(9), 2);
    assertThat(scaled.logMse(one)).isCloseTo(expected, within(1e-12));
    assertThat(scaled.radialLogMse(one)).isCloseTo(expected, within(1e-12));
    SpectralContent zero = SpectralContent.of(CosineTransform.of(grid), data.values().muli(0));
    assertThat(zero.logMse(one)).isInfinite();
    assertThat(one.logMse(zero)).isNaN();
    SpectralContent other =
        SpectralContent.of(
            CosineTransform.of(RegularGrid.unit(6, 4)), data.values().reshape(5, 2, 6, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.logMse(other))
        .withMessageContaining("other modes");
  }
}
