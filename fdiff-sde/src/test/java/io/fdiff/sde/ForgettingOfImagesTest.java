package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import io.fdiff.transform.SpectralTransform;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What published processes remember of MNIST, 60,000 training images on 32 × 32 points with values
 * in [−1, 1] (oracles D7, D8; data, tolerance 1 %). Skipped where {@code FDIFF_DATA} does not name
 * the data.
 */
class ForgettingOfImagesTest {

  private static final RegularGrid GRID = RegularGrid.unit(Layout.PERIODIC, 32, 32);
  private static final SpectralTransform FOURIER = FourierTransform.of(GRID);

  private static double[] power;
  private static double[] meanPower;

  @BeforeAll
  static void moments() throws IOException {
    String variable = System.getenv("FDIFF_DATA");
    Path file =
        Path.of(
            variable == null ? "../../shared/data" : variable,
            "mnist",
            "train-images-idx3-ubyte.gz");
    assumeTrue(Files.exists(file), "data set not found: " + file + "; set FDIFF_DATA");
    int chunk = 500;
    power = new double[1024];
    meanPower = new double[1024];
    double[] mean = new double[1024];
    byte[] pixels = new byte[chunk * 784];
    double[] values = new double[chunk * 1024];
    double[] c = new double[values.length];
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16))) {
      assertThat(in.readInt()).isEqualTo(0x803);
      int n = in.readInt();
      assertThat(in.readInt()).isEqualTo(28);
      assertThat(in.readInt()).isEqualTo(28);
      for (int from = 0; from < n; from += chunk) {
        in.readFully(pixels);
        resize(pixels, values, chunk);
        FOURIER.forward(values, c, chunk);
        for (int i = 0; i < c.length; i++) {
          mean[i % 1024] += c[i] / n;
        }
        for (int image = 0; image < chunk; image++) {
          addPowers(c, 1024 * image, 1.0 / n, power);
        }
      }
      addPowers(mean, 0, 1, meanPower);
    }
  }

  /** Bilinear with half-pixel centres, edges repeated. */
  private static void resize(byte[] pixels, double[] values, int images) {
    int[] low = new int[32];
    double[] share = new double[32];
    for (int i = 0; i < 32; i++) {
      double p = Math.max(0, Math.min(27, (i + 0.5) * 28 / 32 - 0.5));
      low[i] = Math.min(26, (int) p);
      share[i] = p - low[i];
    }
    for (int image = 0; image < images; image++) {
      for (int i = 0; i < 32; i++) {
        int at = image * 784 + low[i] * 28;
        for (int j = 0; j < 32; j++) {
          double top = mixed(pixels, at + low[j], share[j]);
          double bottom = mixed(pixels, at + 28 + low[j], share[j]);
          double value = (1 - share[i]) * top + share[i] * bottom;
          values[image * 1024 + i * 32 + j] = value / 127.5 - 1;
        }
      }
    }
  }

  private static double mixed(byte[] pixels, int at, double share) {
    return (1 - share) * (pixels[at] & 0xff) + share * (pixels[at + 1] & 0xff);
  }

  /** Adds {@code |c|²} of every complex mode of the coefficients of one function. */
  private static void addPowers(double[] c, int from, double factor, double[] powers) {
    int at = 0;
    for (int f = 0; f <= 16; f++) {
      for (int g = 0; g <= 16; g++) {
        double cc = coefficient(c, from, f, false, g, false);
        double ss = coefficient(c, from, f, true, g, true);
        double sc = coefficient(c, from, f, true, g, false);
        double cs = coefficient(c, from, f, false, g, true);
        boolean plainF = f % 16 == 0;
        boolean plainG = g % 16 == 0;
        double plus = square(cc - ss) + square(sc + cs);
        double minus = square(cc + ss) + square(sc - cs);
        if (plainF && plainG) {
          powers[at++] += factor * plus;
        } else if (plainF || plainG) {
          // Frequency and its negative.
          powers[at++] += factor * plus / 2;
          powers[at++] += factor * plus / 2;
        } else {
          powers[at++] += factor * plus / 4;
          powers[at++] += factor * plus / 4;
          powers[at++] += factor * minus / 4;
          powers[at++] += factor * minus / 4;
        }
      }
    }
    assertThat(at).isEqualTo(1024);
  }

  private static double coefficient(
      double[] c, int from, int f, boolean sineF, int g, boolean sineG) {
    if ((sineF && f % 16 == 0) || (sineG && g % 16 == 0)) {
      return 0;
    }
    int i = f == 0 ? 0 : 2 * f - (sineF ? 0 : 1);
    int j = g == 0 ? 0 : 2 * g - (sineG ? 0 : 1);
    return c[from + 32 * i + j];
  }

  private static double square(double value) {
    return value * value;
  }

  /** Complex modes laid out as the modes of an interval: diagonal laws know no dimension. */
  private static final SpectralTransform MODES = CosineTransform.of(RegularGrid.unit(1024));

  private static SpectralCovariance diagonal(double[] values) {
    return SpectralCovariance.of(MODES, Spectrum.table(new int[] {1024}, values));
  }

  private static GaussianMeasure data() {
    double[] variances = new double[1024];
    double[] roots = new double[1024];
    Arrays.setAll(variances, k -> Math.max(0, power[k] - meanPower[k]));
    Arrays.setAll(roots, k -> Math.sqrt(meanPower[k]));
    double[] mean = new double[1024];
    MODES.inverse(roots, mean, 1);
    return GaussianMeasure.of(
        FunctionBatch.array(MODES.grid(), DataType.DOUBLE, 1, mean), diagonal(variances));
  }

  /** The published process on the complex modes. */
  private static SpectralSDE functionalDiffusion(double betaMax) {
    SpectralSDE sde = FunctionalDiffusion.images32(GRID, betaMax);
    double[] rates = new double[1024];
    double[] spectrum = new double[1024];
    double[] b = sde.rates();
    double[] lambda = sde.noise().eigenvalues();
    int at = 0;
    for (int f = 0; f <= 16; f++) {
      for (int g = 0; g <= 16; g++) {
        int copies = (f % 16 == 0 ? 1 : 2) * (g % 16 == 0 ? 1 : 2);
        int mode = 32 * Math.max(0, 2 * f - 1) + Math.max(0, 2 * g - 1);
        for (int copy = 0; copy < copies; copy++) {
          rates[at] = b[mode];
          spectrum[at++] = lambda[mode];
        }
      }
    }
    return SpectralSDE.of(
        diagonal(spectrum),
        Spectrum.table(new int[] {1024}, rates),
        NoiseSchedule.exponential(0.02, 0.5 * (0.1 + betaMax)),
        1);
  }

  @Test
  void functionalDiffusionForgets() {
    for (double[] row : new double[][] {{5, 0.01673, 0.03328}, {10, 0.001853, 0.002451}}) {
      SpectralSDE sde = functionalDiffusion(row[0]);
      TerminalLaw law = TerminalLaw.of(sde, data());
      assertThat(law.divergence()).isCloseTo(row[2], within(0.01 * row[2]));
      assertThat(law.signalToNoise(law.worstMode())).isCloseTo(row[1], within(0.01 * row[1]));
      // At q = 13.
      assertThat(sde.rates()[law.worstMode()]).isCloseTo(0.417770998844, within(1e-11));
      assertThat(law.forgotten()).isTrue();
    }
  }

  @Test
  void driftlessWithTheSpectrumOfTheDataKeepsOneOverTheHorizon() {
    for (double[] row : new double[][] {{10, 2.9403}, {20, 0.89861}, {100, 0.082918}}) {
      TerminalLaw law = TerminalLaw.of(Driftless.of(diagonal(power), row[0]), data());
      for (int k = 0; k < 1024; k++) {
        assertThat(law.signalToNoise(k)).isCloseTo(1 / row[0], within(1e-10));
      }
      assertThat(law.divergence()).isCloseTo(row[1], within(0.01 * row[1]));
      assertThat(law.forgotten()).isEqualTo(row[0] == 100);
    }
  }
}
