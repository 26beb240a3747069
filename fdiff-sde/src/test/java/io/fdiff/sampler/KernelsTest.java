package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.sde.StochasticEvolution;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** No number that is not finite gets past a step, wherever it stands. */
class KernelsTest {

  @Test
  void doublesThatAreNotFiniteAreSeenAtEveryPlaceOfAChunk() {
    for (int n : new int[] {1, Kernels.DOUBLE_SUMS + 1, Kernels.DOUBLES - 1, Kernels.DOUBLES}) {
      for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
        double[] y = new double[Kernels.DOUBLES];
        for (int i = 0; i < n; i++) {
          Arrays.fill(y, 0, n, -Double.MAX_VALUE);
          Arrays.fill(y, n, y.length, Double.NaN);
          assertThat(finite(y, n)).isTrue();
          y[i] = bad;
          assertThat(finite(y, n)).as("%s at %s of %s", bad, i, n).isFalse();
        }
      }
    }
  }

  private static boolean finite(double[] y, int n) {
    double[] sums = new double[Kernels.DOUBLE_SUMS];
    Kernels.check(sums, y, n);
    // Once seen, a number stays seen.
    Kernels.check(sums, new double[Kernels.DOUBLES], Kernels.DOUBLES);
    return Finite.allZero(sums);
  }

  @Test
  void floatsThatAreNotFiniteAreSeenAtEveryPlaceOfAChunk() {
    for (int n : new int[] {1, Kernels.FLOAT_SUMS + 1, Kernels.FLOATS - 1, Kernels.FLOATS}) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] y = new float[Kernels.FLOATS];
        for (int i = 0; i < n; i++) {
          Arrays.fill(y, 0, n, -Float.MAX_VALUE);
          Arrays.fill(y, n, y.length, Float.NaN);
          assertThat(finite(y, n)).isTrue();
          y[i] = bad;
          assertThat(finite(y, n)).as("%s at %s of %s", bad, i, n).isFalse();
        }
      }
    }
  }

  private static boolean finite(float[] y, int n) {
    float[] sums = new float[Kernels.FLOAT_SUMS];
    Kernels.check(sums, y, n);
    Kernels.check(sums, new float[Kernels.FLOATS], Kernels.FLOATS);
    return Finite.allZero(sums);
  }

  /** In batches small and large enough for threads, whose last chunk is not full. */
  @Test
  void aDenoisedValueThatIsNotFiniteEndsTheRunWithStepTimeAndSample() {
    Grid grid = RegularGrid.unit(701);
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1.5, 1));
    TimeGrid times = TimeGrid.geometric(20, 1e-2, 4);
    for (SDE sde :
        List.of(
            Driftless.of(noise, 20),
            StochasticEvolution.of(noise, 1, NoiseSchedule.constant(1e-3), 20))) {
      for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
        for (int batch : new int[] {3, 200}) {
          for (int sample : new int[] {0, batch / 2, batch - 1}) {
            INDArray terminal = Fixtures.random(grid, type, batch, 1, 3);
            int[] calls = {0};
            assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(
                    () ->
                        MultistepExponential.of(times)
                            .sample(
                                sde,
                                (x, t) -> {
                                  INDArray clean = x.mul(0.5);
                                  if (calls[0]++ == 2) {
                                    clean.putScalar(sample * 701L + 700, Double.NaN);
                                  }
                                  return clean;
                                },
                                terminal,
                                NoiseSource.of(1)))
                .withMessageStartingWith("step 2, t = " + times.time(2) + ": sample " + sample)
                .withMessageContaining("a denoised value NaN");
            assertThat(calls[0]).isEqualTo(3);
          }
        }
      }
    }
  }
}
