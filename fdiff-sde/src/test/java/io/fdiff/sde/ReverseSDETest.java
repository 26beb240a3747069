package io.fdiff.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ReverseSDETest {

  private static final Grid GRID = RegularGrid.unit(5);

  private static SpectralCovariance noise() {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(3, 1.5, 1));
  }

  private static List<SDE> processes() {
    CovarianceOperator c = noise();
    return List.of(
        Fixtures.preserving(c),
        VarianceExploding.geometric(c, 0.01, 50),
        Driftless.of(c, 20),
        EvolutionSDE.of(noise()));
  }

  @Test
  void driftIsMinusTheForwardDriftPlusTheScore() {
    for (SDE sde : processes()) {
      double t = 0.3 * sde.horizon();
      INDArray y = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 1);
      INDArray d = Fixtures.random(GRID, DataType.DOUBLE, 2, 2, 2);
      double[] y0 = Fixtures.values(y);
      double[] d0 = Fixtures.values(d);
      Multiplier squared = sde.diffusion(t).map(g -> g * g);
      INDArray score = sde.marginal(t).score(y, d);
      INDArray expected = squared.apply(score).sub(sde.drift(y, t));
      INDArray actual = new ReverseSDE(sde).drift(y, d, t);
      assertThat(Fixtures.distance(actual, expected))
          .as("%s", sde)
          .isLessThan(1e-12 * Fixtures.max(Fixtures.values(expected)));
      assertThat(Fixtures.values(y)).isEqualTo(y0);
      assertThat(Fixtures.values(d)).isEqualTo(d0);
    }
  }

  @Test
  void scoreIsTheScaledDifference() {
    // S = −V⁻¹(x − M D), mode by mode.
    for (SDE sde : processes()) {
      Marginal m = sde.marginal(0.3 * sde.horizon());
      INDArray x = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 1);
      INDArray d = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 2);
      INDArray difference = x.sub(m.mean().apply(d));
      INDArray back = m.variance().apply(m.score(x, d)).neg();
      assertThat(Fixtures.distance(back, difference))
          .isLessThan(1e-12 * Fixtures.max(Fixtures.values(difference)));
    }
  }

  @Test
  void covarianceCancelsInTheDriftlessReversal() {
    // −(Y − D)/t, forward time.
    ReverseSDE reverse = new ReverseSDE(Driftless.of(noise(), 20));
    assertThat(reverse.stateRate(4).at(0)).isCloseTo(-0.25, within(1e-16));
    assertThat(reverse.denoisedRate(4).at(0)).isCloseTo(0.25, within(1e-16));
    INDArray y = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 1);
    INDArray d = Fixtures.random(GRID, DataType.DOUBLE, 1, 1, 2);
    assertThat(Fixtures.distance(reverse.drift(y, d, 4), d.sub(y).div(4))).isLessThan(1e-15);
  }

  @Test
  void variancePreservingRates() {
    // P = ½β − β/(1 − a²), Q = βa/(1 − a²) at t = 0.3.
    ReverseSDE reverse = new ReverseSDE(Fixtures.preserving(noise()));
    double v = 0.6036667970763773;
    assertThat(reverse.stateRate(0.3).at(0)).isCloseTo(3.035 - 6.07 / v, within(1e-13));
    assertThat(reverse.denoisedRate(0.3).at(0))
        .isCloseTo(6.07 * 0.6295500003364488 / v, within(1e-13));
  }

  @Test
  void driftKeepsFloats() {
    ReverseSDE reverse = new ReverseSDE(Driftless.of(noise(), 20));
    INDArray y = Fixtures.random(GRID, DataType.FLOAT, 1, 1, 1);
    assertThat(reverse.drift(y, y, 4).dataType()).isEqualTo(DataType.FLOAT);
  }

  @Test
  void timesAndShapesOutOfRangeAreRefused() {
    ReverseSDE reverse = new ReverseSDE(Driftless.of(noise(), 20));
    INDArray y = Fixtures.random(GRID, DataType.DOUBLE, 2, 1, 1);
    for (double t : new double[] {0, -1, 20.5, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> reverse.drift(y, y, t))
          .withMessageContaining("" + t);
      assertThatIllegalArgumentException().isThrownBy(() -> reverse.stateRate(t));
      assertThatIllegalArgumentException().isThrownBy(() -> reverse.denoisedRate(t));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reverse.drift(y, Fixtures.samples(y, 0, 1), 4))
        .withMessageContaining("differ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reverse.forward().marginal(4).score(y, Fixtures.samples(y, 0, 1)))
        .withMessageContaining("differ");
    assertThatNullPointerException().isThrownBy(() -> new ReverseSDE(null));
  }
}
