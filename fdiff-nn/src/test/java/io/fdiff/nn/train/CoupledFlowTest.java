package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.flow.Coupling;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.nn.Condition;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Target;
import io.fdiff.nn.TinyNetwork;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Flow matching with noise that is coupled to the data, as batches show it. */
class CoupledFlowTest {

  private static final RegularGrid GRID = RegularGrid.unit(8);
  private static final int SIZE = 32;

  /** Time of the process. */
  private static final double S = 0.4;

  private static SpectralCovariance covariance(double scale) {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1, scale));
  }

  private static final FlowPath PATH =
      new FlowPath(Interpolant.optimalTransport(0), covariance(10));

  private static DenoisingObjective flow() {
    return DenoisingObjective.flow(PATH, new ClosedForm.Fresh(covariance(20), 3))
        .withTimes(new ClosedForm.At(S));
  }

  /** {@code [points][size]} rows of a batch, read back as {@code [size][points]}. */
  private static double[][] columns(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array, values);
    double[][] out = new double[SIZE][GRID.size()];
    for (int at = 0; at < values.length; at++) {
      out[at % SIZE][at / SIZE] = values[at];
    }
    return out;
  }

  /**
   * Clean function and noise of each sample: the path is {@code x = ty + (1 − t)ξ} with velocity
   * {@code v = y − ξ}, so that {@code y = x + (1 − t)v} and {@code ξ = x − tv}.
   */
  private static double[][][] pairs(DenoisingObjective objective) {
    Map<String, INDArray> batch =
        objective.batch(
            TinyNetwork.on(GRID).config(), DataType.DOUBLE, SIZE, NoiseSource.of(4).withStep(2));
    double[][] inputs = columns(batch.get(GraphContext.VALUES));
    double[][] velocities = columns(batch.get(BatchArrays.TARGET));
    double t = 1 - S;
    double[][][] pairs = new double[2][SIZE][GRID.size()];
    for (int i = 0; i < SIZE; i++) {
      for (int p = 0; p < GRID.size(); p++) {
        double x = inputs[i][p] * Math.hypot(t, S);
        pairs[0][i][p] = x + S * velocities[i][p];
        pairs[1][i][p] = x - t * velocities[i][p];
      }
    }
    return pairs;
  }

  private static double cost(double[][] y, double[][] xi) {
    double sum = 0;
    for (int i = 0; i < SIZE; i++) {
      for (int p = 0; p < GRID.size(); p++) {
        sum += (y[i][p] - xi[i][p]) * (y[i][p] - xi[i][p]);
      }
    }
    return sum;
  }

  /** The same functions, the same noises, nearer to each other, and nearer by no exchange. */
  @Test
  void batchHasTheSameFunctionsInNearerPairs() {
    double[][][] free = pairs(flow());
    double[][][] coupled = pairs(flow().withCoupling(Coupling.optimal()));
    boolean[] taken = new boolean[SIZE];
    for (int i = 0; i < SIZE; i++) {
      assertThat(coupled[1][i]).containsExactly(free[1][i], within(1e-13));
      for (int j = 0; j < SIZE; j++) {
        taken[j] |= Math.abs(coupled[0][i][0] - free[0][j][0]) < 1e-13;
      }
    }
    assertThat(taken).containsOnly(true);
    double least = cost(coupled[0], coupled[1]);
    assertThat(least).isLessThan(0.8 * cost(free[0], free[1]));
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < i; j++) {
        double[][] exchanged = coupled[1].clone();
        exchanged[i] = coupled[1][j];
        exchanged[j] = coupled[1][i];
        assertThat(cost(coupled[0], exchanged)).isGreaterThanOrEqualTo(least);
      }
    }
  }

  @Test
  void couplingThatWouldBiasIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow().predicting(Target.NOISE).withCoupling(Coupling.optimal()))
        .withMessageContaining("coupling is for flow matching");
    INDArray three = FunctionBatch.zeros(GRID, DataType.DOUBLE, 3, 1);
    DenoisingObjective told =
        DenoisingObjective.flow(PATH, TrainingData.of(GRID, three))
            .given(Condition.ofClasses(0, 1, 0), 0.1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> told.withCoupling(Coupling.optimal()))
        .withMessageContaining("given the condition");
    DenoisingObjective coupled =
        DenoisingObjective.flow(PATH, TrainingData.of(GRID, three))
            .withCoupling(Coupling.optimal());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> coupled.given(Condition.ofClasses(1, 1, 1), 0))
        .withMessageContaining("given the condition");
  }
}
