package io.fdiff.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.data.FunctionDataset;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.SpectralTransform;
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

  @Test
  void energiesThatAreNoNumbersShow() {
    Grid grid = RegularGrid.unit(4, 6);
    INDArray x = Curves.normal(grid, 1, 3, NoiseSource.of(2)).values();
    SpectralContent whole = SpectralContent.of(CosineTransform.of(grid), x);
    SpectralContent broken =
        SpectralContent.of(
            CosineTransform.of(grid), x.dup().putScalar(new int[] {1, 0, 2, 3}, Double.NaN));
    for (SpectralContent[] pair : new SpectralContent[][] {{whole, broken}, {broken, whole}}) {
      assertThat(pair[0].logMse(pair[1])).isNaN();
      assertThat(pair[0].radialLogMse(pair[1])).isNaN();
    }
  }

  /**
   * A spectrum of the bin alone, up to bin 3, on the box 1 × 1 × 2: steps are π/2, and on every
   * grid that resolves bin 3 (κ < 7π/4) the bins are those numbers, with no leak above.
   */
  @Test
  void radialBinsOfThreeAxesGiveAKnownSpectrum() {
    double[] spectrum = {5, 3, 2, 0.5};
    List<Interval> box = List.of(Interval.UNIT, Interval.UNIT, new Interval(0, 2));
    for (int[] shape : new int[][] {{4, 4, 6}, {5, 4, 9}}) {
      SpectralTransform t = CosineTransform.of(RegularGrid.of(box, RegularGrid.Layout.CELL, shape));
      double[] c = new double[2 * t.modes()];
      int[] bins = new int[t.modes()];
      for (int k = 0; k < t.modes(); k++) {
        int[] f = t.frequency(k);
        // |κ|/Δ with κ = π(f₁, f₂, f₃/2).
        bins[k] = (int) Math.round(Math.sqrt(4.0 * (f[0] * f[0] + f[1] * f[1]) + f[2] * f[2]));
        double energy = bins[k] < spectrum.length ? spectrum[bins[k]] : 0;
        // Two functions that share it as 1 : 3.
        c[k] = Math.sqrt(0.5 * energy);
        c[t.modes() + k] = -Math.sqrt(1.5 * energy);
      }
      double[] values = new double[2 * t.grid().size()];
      t.inverse(c, values, 2);
      SpectralContent content =
          SpectralContent.of(t, FunctionBatch.array(t.grid(), DataType.DOUBLE, 1, values));
      double[] radial = content.radial();
      double[] centres = content.wavenumbers();
      assertThat(radial).hasSize(Arrays.stream(bins).max().orElseThrow() + 1);
      for (int j = 0; j < radial.length; j++) {
        assertThat(centres[j]).isCloseTo(j * Math.PI / 2, within(1e-13));
        int bin = j;
        boolean empty = Arrays.stream(bins).noneMatch(b -> b == bin);
        double expected = empty ? Double.NaN : j < spectrum.length ? spectrum[j] : 0;
        assertThat(radial[j]).as("bin %d", j).isCloseTo(expected, within(1e-13));
      }
    }
  }

  /** {@code A cos 2π(2p + q + 2r)}: energy A²/2, all of it in the bin of |k| = 3. */
  @Test
  void aPlaneWaveOfThreeAxesFallsIntoTheBinOfItsWavenumber() {
    Grid grid = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 7, 7, 7);
    double[] wave = new double[grid.size()];
    for (int i = 0; i < wave.length; i++) {
      double phase = 2 * grid.coordinate(i, 0) + grid.coordinate(i, 1) + 2 * grid.coordinate(i, 2);
      wave[i] = 6 * Math.cos(2 * Math.PI * phase);
    }
    double[] radial =
        SpectralContent.of(
                FourierTransform.of(grid), FunctionBatch.array(grid, DataType.DOUBLE, 1, wave))
            .radial();
    // As many modes as wave vectors of integers up to 3.
    int[] count = new int[radial.length];
    for (int k = 0; k < 343; k++) {
      int a = k / 49 - 3;
      int b = k / 7 % 7 - 3;
      int c = k % 7 - 3;
      count[(int) Math.round(Math.sqrt(a * a + b * b + c * c))]++;
    }
    for (int j = 0; j < radial.length; j++) {
      assertThat(radial[j]).isCloseTo(j == 3 ? 18.0 / count[3] : 0, within(1e-12));
    }
  }
}
