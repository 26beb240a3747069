package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.nn.Network;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.Target;
import io.fdiff.nn.TinyNetwork;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class TimeLossesTest {

  /**
   * A network of zeros that predicts the score of zero data: the loss of a sample is ‖ξ‖²/t, and
   * its root mean square over a bin that of 1/t times √E‖ξ‖⁴.
   */
  @Test
  void measuredLossesFollowTheTimes() {
    RegularGrid grid = RegularGrid.unit(16);
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(grid), (frequency, laplacian) -> 1.0 / 16);
    SDE sde = Driftless.of(noise, 4);
    INDArray zero = FunctionBatch.zeros(grid, DataType.DOUBLE, 1, 1);
    TimeDistribution stated = TimeDistribution.logUniform(0.25, 4);
    DenoisingObjective objective =
        DenoisingObjective.of(sde, zero)
            .predicting(Target.SCORE)
            .withTimes(TimeDistribution.uniform(0.25, 4), stated);
    Network network = TinyNetwork.on(grid);
    ParameterVector theta = ParameterVector.zeros(network, DataType.DOUBLE);
    TimeLosses losses = TimeLosses.measure(network, theta, objective, 4, 2000, NoiseSource.of(1));
    assertThat(TimeLosses.measure(network, theta, objective, 4, 2000, NoiseSource.of(1)))
        .isEqualTo(losses);
    double trace = noise.trace();
    double square = 0;
    for (double lambda : noise.eigenvalues()) {
      square += lambda * lambda;
    }
    double fourth = trace * trace + 2 * square;
    for (int bin = 0; bin < 4; bin++) {
      double from = 0.25 * Math.pow(2, bin);
      // E[1/t²] for ln t uniform on [ln from, ln 2 from].
      double inverse = (1 / (from * from) - 1 / (4 * from * from)) / (2 * Math.log(2));
      // χ²₁₆: the squares have relative variance 18·20·22·16/288² = 1.53 times 1.155 for the
      // times, less 1: the root is off by 1 % of its value; five of them, false alarm 6e-7.
      double expected = Math.sqrt(inverse * fourth);
      assertThat(losses.rootMeanSquares().get(bin)).isCloseTo(expected, within(0.05 * expected));
    }
    TimeDistribution law = losses.law(stated, 0.1);
    double total = losses.rootMeanSquares().stream().mapToDouble(v -> v).sum();
    for (int bin = 0; bin < 4; bin++) {
      double t = 0.25 * Math.pow(2, bin + 0.5);
      double share = 0.1 / 4 + 0.9 * losses.rootMeanSquares().get(bin) / total;
      assertThat(law.density(t) / stated.density(t)).isCloseTo(4 * share, within(1e-12));
    }
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TimeLosses(List.of(1.0)))
        .withMessageContaining("1 bins");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TimeLosses(List.of(1.0, Double.NaN)))
        .withMessageContaining("NaN");
  }
}
