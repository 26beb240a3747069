package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.sde.Fixtures;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of an exact {@link DifferentiableDenoiser}. */
abstract class DifferentiableDenoiserContract extends DenoiserContract {

  private static final int SAMPLES = 4;

  /** The process of the denoiser. */
  abstract SDE sde();

  @Override
  abstract DifferentiableDenoiser denoiser();

  @Override
  final Grid grid() {
    return sde().noise().grid();
  }

  @Override
  final double horizon() {
    return sde().horizon();
  }

  /** Times at which neither data nor noise dominate. */
  private double[] times() {
    double[] t = new double[SAMPLES];
    Arrays.setAll(t, b -> horizon() * (0.6 - 0.15 * b));
    return t;
  }

  private INDArray functions(long seed) {
    return Fixtures.random(grid(), DataType.DOUBLE, SAMPLES, channels(), seed);
  }

  private static double[] rows(INDArray x, int from, int to) {
    return Fixtures.values(Fixtures.samples(x, from, to));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  final void derivativeIsThatOfCentralDifferences() {
    INDArray x = functions(1);
    INDArray w = functions(2);
    INDArray h = functions(3);
    INDArray t = Fixtures.times(times());
    // The error of the differences is of order ε², that of rounding 1e-16/ε.
    double epsilon = 1e-5;
    INDArray ahead = denoiser().denoise(x.add(h.mul(epsilon)), t);
    INDArray behind = denoiser().denoise(x.sub(h.mul(epsilon)), t);
    INDArray pulled = denoiser().vjp(x, t, w);
    for (int b = 0; b < SAMPLES; b++) {
      double[] cotangent = rows(w, b, b + 1);
      double difference =
          (dot(cotangent, rows(ahead, b, b + 1)) - dot(cotangent, rows(behind, b, b + 1)))
              / (2 * epsilon);
      assertThat(dot(rows(pulled, b, b + 1), rows(h, b, b + 1)))
          .isCloseTo(difference, within(1e-7 * (1 + Math.abs(difference))));
      assertThat(Math.abs(difference)).isGreaterThan(1e-4);
    }
  }

  /** {@code dD/dx ς²M⁻¹R W⁻¹} is the covariance of point values. */
  @Test
  final void impliedCovarianceIsSymmetricAndNotNegative() {
    INDArray x = functions(1);
    INDArray a = functions(2);
    INDArray c = functions(3);
    INDArray imageOfA = covariance(x, a);
    INDArray imageOfC = covariance(x, c);
    for (int b = 0; b < SAMPLES; b++) {
      double[] first = rows(a, b, b + 1);
      double[] second = rows(c, b, b + 1);
      double norm = dot(first, rows(imageOfA, b, b + 1));
      assertThat(norm).isGreaterThan(0);
      assertThat(dot(second, rows(imageOfA, b, b + 1)))
          .isCloseTo(dot(first, rows(imageOfC, b, b + 1)), within(1e-10 * (1 + norm)));
    }
  }

  /** {@code ς²M⁻¹R W⁻¹ (dD/dx)ᵀ a}. */
  private INDArray covariance(INDArray x, INDArray a) {
    double[] w = grid().weights();
    double[] pulled = Fixtures.values(denoiser().vjp(x, Fixtures.times(times()), a));
    Arrays.setAll(pulled, i -> pulled[i] / w[i % w.length]);
    INDArray coloured =
        sde().noise().apply(FunctionBatch.array(grid(), DataType.DOUBLE, channels(), pulled));
    double[] out = new double[pulled.length];
    int block = pulled.length / SAMPLES;
    for (int b = 0; b < SAMPLES; b++) {
      Marginal marginal = sde().marginal(times()[b]);
      INDArray scaled =
          marginal
              .variance()
              .combine(marginal.mean(), (v, m) -> v / m)
              .apply(Fixtures.samples(coloured, b, b + 1));
      System.arraycopy(Fixtures.values(scaled), 0, out, b * block, block);
    }
    return FunctionBatch.array(grid(), DataType.DOUBLE, channels(), out);
  }

  @Test
  final void derivativeOfASampleDoesNotDependOnItsBatchBitForBit() {
    INDArray all = denoiser().vjp(functions(1), Fixtures.times(times()), functions(2));
    for (int b = 0; b < SAMPLES; b++) {
      INDArray one =
          denoiser()
              .vjp(
                  Fixtures.samples(functions(1), b, b + 1),
                  Fixtures.times(times()[b]),
                  Fixtures.samples(functions(2), b, b + 1));
      assertThat(Fixtures.values(one)).isEqualTo(rows(all, b, b + 1));
    }
  }

  @Test
  final void derivativeIsLinearAndHasTheTypeOfTheState() {
    INDArray t = Fixtures.times(times());
    INDArray x = functions(1);
    INDArray w = functions(2);
    INDArray c = functions(3);
    INDArray sum = denoiser().vjp(x, t, w.mul(2).add(c));
    INDArray parts = denoiser().vjp(x, t, w).mul(2).add(denoiser().vjp(x, t, c));
    double size = 1 + Fixtures.max(Fixtures.values(sum));
    assertThat(Fixtures.distance(sum, parts)).isLessThan(1e-12 * size);
    INDArray narrow = denoiser().vjp(x.castTo(DataType.FLOAT), t, w.castTo(DataType.FLOAT));
    assertThat(narrow.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(Fixtures.distance(narrow, denoiser().vjp(x, t, w))).isLessThan(1e-5 * size);
    assertThat(Fixtures.values(x)).isEqualTo(Fixtures.values(functions(1)));
    assertThat(Fixtures.values(w)).isEqualTo(Fixtures.values(functions(2)));
  }

  @Test
  final void cotangentsOfOtherShapesAreRefused() {
    INDArray fewer = Fixtures.samples(functions(2), 0, SAMPLES - 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser().vjp(functions(1), Fixtures.times(times()), fewer))
        .withMessageContaining("[" + (SAMPLES - 1) + ", " + channels());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser().vjp(functions(1), Fixtures.times(0.1), functions(2)))
        .withMessageContaining(SAMPLES + " functions");
    double[] late = times();
    late[1] = Math.nextUp(horizon());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser().vjp(functions(1), Fixtures.times(late), functions(2)))
        .withMessageContaining(String.valueOf(horizon()));
  }
}
