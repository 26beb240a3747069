package io.fdiff.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.sde.Fixtures;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of a {@link Denoiser}. */
abstract class DenoiserContract {

  private static final int BATCH = 7;

  /** The denoiser under test. */
  abstract Denoiser denoiser();

  /** The grid of its states. */
  abstract Grid grid();

  /** The number of channels of its states. */
  abstract int channels();

  /** The end of its times. */
  abstract double horizon();

  private INDArray states() {
    return Fixtures.random(grid(), DataType.DOUBLE, BATCH, channels(), 1);
  }

  private INDArray times() {
    double[] t = new double[BATCH];
    Arrays.setAll(t, b -> horizon() * (BATCH - b) / BATCH);
    return Fixtures.times(t);
  }

  private double[] rows(INDArray x, int from, int to) {
    return Fixtures.values(Fixtures.samples(x, from, to));
  }

  @Test
  final void aSampleDoesNotDependOnItsBatchBitForBit() {
    INDArray all = denoiser().denoise(states(), times());
    for (int from = 0; from < BATCH; from++) {
      for (int to : new int[] {from + 1, BATCH}) {
        INDArray part =
            denoiser()
                .denoise(
                    Fixtures.samples(states(), from, to),
                    Fixtures.times(Arrays.copyOfRange(Fixtures.values(times()), from, to)));
        assertThat(Fixtures.values(part)).isEqualTo(rows(all, from, to));
      }
    }
  }

  @Test
  final void theOrderOfABatchDoesNotMatterBitForBit() {
    INDArray all = denoiser().denoise(states(), times());
    int[] order = {4, 0, 6, 2, 5, 1, 3};
    INDArray shuffled = states().mul(0);
    double[] t = new double[BATCH];
    int block = (int) states().length() / BATCH;
    double[] values = new double[BATCH * block];
    for (int b = 0; b < BATCH; b++) {
      System.arraycopy(rows(states(), order[b], order[b] + 1), 0, values, b * block, block);
      t[b] = Fixtures.values(times())[order[b]];
    }
    FunctionBatch.write(values, shuffled);
    INDArray result = denoiser().denoise(shuffled, Fixtures.times(t));
    for (int b = 0; b < BATCH; b++) {
      assertThat(rows(result, b, b + 1)).isEqualTo(rows(all, order[b], order[b] + 1));
    }
  }

  @Test
  final void repeatsItselfAndKeepsShapeAndType() {
    INDArray x = states();
    INDArray result = denoiser().denoise(x, times());
    assertThat(result.shape()).containsExactly(x.shape());
    assertThat(result.dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(Fixtures.values(denoiser().denoise(x, times()))).isEqualTo(Fixtures.values(result));
    INDArray narrow = denoiser().denoise(x.castTo(DataType.FLOAT), times());
    assertThat(narrow.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(Fixtures.distance(narrow, result))
        .isLessThan(1e-5 * (1 + Fixtures.max(Fixtures.values(result))));
  }

  @Test
  final void timesOfFloatsAreAccepted() {
    // Half the horizon and less are exact or rounded inside (0, T].
    INDArray t = times().mul(0.5);
    INDArray wide = denoiser().denoise(states(), t.castTo(DataType.FLOAT).castTo(DataType.DOUBLE));
    INDArray narrow = denoiser().denoise(states(), t.castTo(DataType.FLOAT));
    assertThat(Fixtures.values(narrow)).isEqualTo(Fixtures.values(wide));
  }

  @Test
  final void argumentsAreNotModified() {
    INDArray x = states();
    INDArray t = times();
    INDArray result = denoiser().denoise(x, t);
    result.addi(1);
    assertThat(Fixtures.values(x)).isEqualTo(Fixtures.values(states()));
    assertThat(Fixtures.values(t)).isEqualTo(Fixtures.values(times()));
  }

  @Test
  final void timesOutsideTheIntervalAreRefused() {
    for (double bad :
        new double[] {0, -0.1, Double.NaN, Math.nextUp(horizon()), Double.POSITIVE_INFINITY}) {
      INDArray t = times();
      t.putScalar(3, bad);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> denoiser().denoise(states(), t))
          .withMessageContaining(String.valueOf(bad))
          .withMessageContaining(String.valueOf(horizon()));
    }
  }

  @Test
  final void otherNumbersOfTimesAreRefused() {
    for (double[] t : new double[][] {{horizon()}, new double[BATCH + 1]}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> denoiser().denoise(states(), Fixtures.times(t)))
          .withMessageContaining("[" + t.length + "]")
          .withMessageContaining(BATCH + " functions");
    }
  }

  @Test
  final void otherShapesAreRefused() {
    INDArray flat = states().reshape('c', BATCH, (long) channels() * grid().size());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser().denoise(flat, times()))
        .withMessageContaining("expected [batch, channels, ");
  }
}
