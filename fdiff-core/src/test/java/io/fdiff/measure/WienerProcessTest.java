package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WienerProcessTest {

  private static final Grid GRID = RegularGrid.unit(4);
  private static final SpectralCovariance C =
      SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(2, 1, 4));
  private static final double[] TIMES = {0, 0.1, 0.4, 0.5, 1};
  private static final WienerProcess PROCESS = WienerProcess.of(C, TIMES);
  private static final NoiseSource NOISE = NoiseSource.of(12);

  @Test
  void coarseIncrementsAreSumsOfFineOnes() {
    double[] whole = TestFunctions.values(PROCESS.increment(NOISE, 0, 4, 3, 2));
    double[] sum = new double[whole.length];
    for (int i = 0; i < 4; i++) {
      double[] part = TestFunctions.values(PROCESS.increment(NOISE, i, i + 1, 3, 2));
      for (int k = 0; k < sum.length; k++) {
        sum[k] += part[k];
      }
    }
    assertThat(TestFunctions.distance(whole, sum)).isLessThan(1e-14);
    double[] first = TestFunctions.values(PROCESS.increment(NOISE, 1, 2, 3, 1));
    double[] xi = TestFunctions.values(C.sample(NOISE.withStep(1), 3).mul(Math.sqrt(0.4 - 0.1)));
    assertThat(TestFunctions.distance(first, xi)).isLessThan(1e-15);
  }

  @Test
  void pathsAreCumulativeSums() {
    INDArray path = PROCESS.path(NOISE, 3, 2);
    assertThat(path.shape()).containsExactly(3, 5, 2, 4);
    double[] values = TestFunctions.values(path);
    for (int i = 1; i < 5; i++) {
      double[] w = TestFunctions.values(PROCESS.increment(NOISE, 0, i, 3, 2));
      for (int k = 0; k < w.length; k++) {
        assertThat(values[(k / 8 * 5 + i) * 8 + k % 8]).isCloseTo(w[k], within(1e-14));
      }
    }
    assertThat(path.getDouble(1, 0, 1, 2)).isZero();
  }

  @Test
  void covariancesOfPairings() {
    // y = (⟨W_s, a⟩, ⟨W_t, b⟩) is Gaussian with covariance min(s, t)⟨Ca, b⟩: whitened with it, sums
    // of squares are χ² and the correlation N(0, 1). 5000 paths, false alarms 1e-6 together.
    int n = 5000;
    L2Space space = new L2Space(GRID);
    INDArray a = TestFunctions.random(GRID, 1);
    INDArray b = TestFunctions.random(GRID, 2);
    double[] ws = TestFunctions.values(PROCESS.increment(NOISE, 0, 2, n, 1));
    double[] wt = TestFunctions.values(PROCESS.increment(NOISE, 0, 4, n, 1));
    double saa = 0.4 * space.inner(C.apply(a), a).getDouble(0);
    double tbb = 1.0 * space.inner(C.apply(b), b).getDouble(0);
    double sab = 0.4 * space.inner(C.apply(a), b).getDouble(0);
    double[] u = pairings(ws, TestFunctions.values(a));
    double[] v = pairings(wt, TestFunctions.values(b));
    double rest = Math.sqrt(tbb - sab * sab / saa);
    for (int i = 0; i < n; i++) {
      v[i] = (v[i] - sab / saa * u[i]) / rest;
      u[i] /= Math.sqrt(saa);
    }
    double[] chi = Statistics.chiSquare(n, 1e-6 / 3);
    double z = Statistics.normal(1e-6 / 3);
    assertThat(Arrays.stream(u).map(x -> x * x).sum()).isBetween(chi[0], chi[1]);
    assertThat(Arrays.stream(v).map(x -> x * x).sum()).isBetween(chi[0], chi[1]);
    assertThat(Statistics.correlation(u, v)).isBetween(-z, z);
  }

  private static double[] pairings(double[] rows, double[] function) {
    double[] out = new double[rows.length / 4];
    for (int k = 0; k < rows.length; k++) {
      out[k / 4] += rows[k] * function[k % 4] / 4;
    }
    return out;
  }

  @Test
  void incrementsOfDisjointIntervalsAreIndependent() {
    // 4 modes against 4 modes of two intervals, 5000 paths, false alarms 1e-6 together.
    int n = 5000;
    double[][] first = scores(PROCESS.increment(NOISE, 0, 2, n, 1), 0.4);
    double[][] second = scores(PROCESS.increment(NOISE, 2, 4, n, 1), 0.6);
    double z = Statistics.normal(1e-6 / 16);
    for (double[] x : first) {
      for (double[] y : second) {
        assertThat(Statistics.correlation(x, y)).isBetween(-z, z);
      }
    }
  }

  /** Coefficients over their standard deviations, {@code [modes][n]}. */
  private static double[][] scores(INDArray x, double time) {
    double[] c = TestFunctions.values(C.transform().forward(x));
    double[] lambda = C.eigenvalues();
    double[][] out = new double[4][c.length / 4];
    for (int i = 0; i < c.length; i++) {
      out[i % 4][i / 4] = c[i] / Math.sqrt(time * lambda[i % 4]);
    }
    return out;
  }

  @Test
  void quadraticVariationTendsToTheTrace() {
    // Σ‖ΔW‖² = Σ_k λ_k Δt χ²: mean t tr C, variance 2 t² Σλ²/n. One path a sample, 40 samples of
    // 400 steps; false alarms 1e-6.
    int steps = 400;
    WienerProcess fine = WienerProcess.uniform(C, 2, steps);
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      for (double v : TestFunctions.values(fine.increment(NOISE, i, i + 1, 40, 1))) {
        sum += v * v / 4 / 40;
      }
    }
    double squares = Arrays.stream(C.eigenvalues()).map(l -> l * l).sum();
    double deviation = Math.sqrt(2 * 4 * squares / steps / 40);
    double z = Statistics.normal(1e-6);
    assertThat((sum - 2 * C.trace()) / deviation).isBetween(-z, z);
  }

  @Test
  void itoIsometryOfAMultiplier() {
    // Coefficients of the integral are N(0, Σφ_k(t_i)²Δt λ_k): χ² a mode; 5000 paths, false alarms
    // 1e-6 together; and the sum over modes is the stated mean square.
    WienerProcess.Multiplier phi = (t, f, laplacian) -> (1 + t) * Math.exp(-0.1 * laplacian) - f[0];
    int n = 5000;
    double[] c =
        TestFunctions.values(
            C.transform().forward(PROCESS.integral(NOISE, PROCESS.diagonal(phi), n, 1)));
    double total = 0;
    double[] bounds = Statistics.chiSquare(n, 1e-6 / 4);
    for (int k = 0; k < 4; k++) {
      double variance = 0;
      for (int i = 0; i < 4; i++) {
        double factor = phi.factor(TIMES[i], new int[] {k}, C.transform().laplacian(k));
        variance += factor * factor * (TIMES[i + 1] - TIMES[i]) * C.eigenvalues()[k];
      }
      total += variance;
      double squares = 0;
      for (int b = 0; b < n; b++) {
        squares += c[4 * b + k] * c[4 * b + k] / variance;
      }
      assertThat(squares).isBetween(bounds[0], bounds[1]);
    }
    assertThat(PROCESS.meanSquare(phi)).isCloseTo(total, within(1e-13 * total));
    assertThat(PROCESS.meanSquare(PROCESS.diagonal(phi))).isCloseTo(total, within(1e-12 * total));
  }

  @Test
  void meanSquareOfAnOperatorIsItsHilbertSchmidtNorm() {
    // Φ of rank one, Φx = f(t)⟨g, x⟩h: tr ΦCΦ* = f²‖h‖²⟨Cg, g⟩, for a dense covariance.
    CovarianceOperator c = DenseCovariance.random(GRID, 3);
    WienerProcess process = WienerProcess.of(c, TIMES);
    L2Space space = new L2Space(GRID);
    INDArray g = TestFunctions.random(GRID, 4);
    INDArray h = TestFunctions.random(GRID, 5);
    double[] hv = TestFunctions.values(h);
    WienerProcess.Integrand phi =
        (t, x) -> {
          double[] p = pairings(TestFunctions.values(x), TestFunctions.values(g));
          double[] out = new double[p.length * 4];
          for (int i = 0; i < out.length; i++) {
            out[i] = (1 - t) * p[i / 4] * hv[i % 4];
          }
          return FunctionBatch.array(GRID, DataType.DOUBLE, 1, out);
        };
    double time = 1 * 0.1 + 0.81 * 0.3 + 0.36 * 0.1 + 0.25 * 0.5;
    double expected =
        time * space.inner(h, h).getDouble(0) * space.inner(c.apply(g), g).getDouble(0);
    assertThat(process.meanSquare(phi)).isCloseTo(expected, within(1e-12 * expected));
    assertThat(process.meanSquare(t -> 1 - t))
        .isCloseTo(time * c.trace(), within(1e-13 * c.trace()));
  }

  @Test
  void integralOfAConstantIsTheIncrement() {
    double[] integral = TestFunctions.values(PROCESS.integral(NOISE, t -> 3, 2, 2));
    double[] w = TestFunctions.values(PROCESS.increment(NOISE, 0, 4, 2, 2).mul(3));
    assertThat(TestFunctions.distance(integral, w)).isLessThan(1e-14);
  }

  @Test
  void bridgesHaveTheLawOfTheFineProcess() {
    // Parts of an increment over [0, 1] at u = 0.3: independent with variances 0.3 and 0.7.
    // 5000 samples; 8 variances and 16 correlations, false alarms 1e-6 together.
    int n = 5000;
    INDArray w = WienerProcess.uniform(C, 1, 1).increment(NOISE, 0, 1, n, 1);
    WienerProcess.Parts parts = WienerProcess.split(C, NOISE.withStream(1), w, 0, 0.3, 1);
    assertThat(
            TestFunctions.distance(
                TestFunctions.values(parts.first().add(parts.second())), TestFunctions.values(w)))
        .isLessThan(1e-14);
    double[][] first = scores(parts.first(), 0.3);
    double[][] second = scores(parts.second(), 0.7);
    double alpha = 1e-6 / 24;
    double[] chi = Statistics.chiSquare(n, alpha);
    double z = Statistics.normal(alpha);
    for (int k = 0; k < 4; k++) {
      assertThat(Arrays.stream(first[k]).map(x -> x * x).sum()).isBetween(chi[0], chi[1]);
      assertThat(Arrays.stream(second[k]).map(x -> x * x).sum()).isBetween(chi[0], chi[1]);
      for (int l = 0; l < 4; l++) {
        assertThat(Statistics.correlation(first[k], second[l])).isBetween(-z, z);
      }
    }
  }

  @Test
  void samplesDoNotDependOnTheirBatch() {
    double[] all = TestFunctions.values(PROCESS.increment(NOISE, 0, 3, 7, 1));
    double[] one = TestFunctions.values(PROCESS.increment(NOISE.withFirstSample(5), 0, 3, 1, 1));
    assertThat(one).isEqualTo(Arrays.copyOfRange(all, 20, 24));
  }

  @Test
  void badInputIsRefused() {
    for (double[] bad :
        new double[][] {{0}, {0, 0}, {0, 1, 0.5}, {0, Double.NaN}, {Double.NaN, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WienerProcess.of(C, bad))
          .withMessageContaining("strictly increasing");
    }
    for (double bad : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> WienerProcess.uniform(C, bad, 3))
          .withMessageContaining("horizon " + bad);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PROCESS.increment(NOISE, 2, 2, 1, 1))
        .withMessageContaining("0 ≤ from < to ≤ 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PROCESS.increment(NOISE, 0, 5, 1, 1))
        .withMessageContaining("to time 5");
    INDArray w = PROCESS.increment(NOISE, 0, 1, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WienerProcess.split(C, NOISE, w, 0, 1, 1))
        .withMessageContaining("s < u < t");
    WienerProcess dense = WienerProcess.of(DenseCovariance.of(C), TIMES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dense.diagonal((t, f, l) -> 1))
        .withMessageContaining("give an Integrand");
  }

  @Test
  void integrandsMustKeepFunctionsAndChannels() {
    WienerProcess.Integrand doubled = (time, x) -> Nd4j.concat(1, x, x);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PROCESS.integral(NOISE, doubled, 2, 1))
        .withMessageContaining("differ");
    WienerProcess.Integrand repeated = (time, x) -> Nd4j.concat(0, x, x);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PROCESS.meanSquare(repeated))
        .withMessageContaining("differ");
  }
}
