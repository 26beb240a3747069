package io.fdiff.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import io.fdiff.noise.Statistics;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class EmpiricalMeasureTest {

  private static final Grid GRID = RegularGrid.unit(5);
  private static final INDArray ATOMS = TestFunctions.random(GRID, DataType.DOUBLE, 3, 2, 1);

  @Test
  void drawsAtomsByWeight() {
    EmpiricalMeasure measure = EmpiricalMeasure.of(GRID, ATOMS, new double[] {0.2, 0.5, 0.3});
    int n = 10_000;
    double[] x = TestFunctions.values(measure.sample(NoiseSource.of(1), n));
    double[] atoms = TestFunctions.values(ATOMS);
    int[] counts = new int[3];
    for (int b = 0; b < n; b++) {
      double[] one = Arrays.copyOfRange(x, 10 * b, 10 * b + 10);
      int found = -1;
      for (int i = 0; i < 3; i++) {
        if (Arrays.equals(one, Arrays.copyOfRange(atoms, 10 * i, 10 * i + 10))) {
          found = i;
        }
      }
      counts[found]++;
    }
    // Three counts of 10 000, false alarms 1e-6 together.
    double z = Statistics.normal(1e-6 / 3);
    for (int i = 0; i < 3; i++) {
      double p = measure.weights()[i];
      assertThat((counts[i] - p * n) / Math.sqrt(n * p * (1 - p))).isBetween(-z, z);
    }
    double[] one = TestFunctions.values(measure.sample(NoiseSource.of(1).withFirstSample(77), 1));
    assertThat(one).isEqualTo(Arrays.copyOfRange(x, 770, 780));
  }

  @Test
  void meanAndSmoothing() {
    EmpiricalMeasure measure = EmpiricalMeasure.of(GRID, ATOMS, new double[] {0.2, 0.5, 0.3});
    double[] atoms = TestFunctions.values(ATOMS);
    double[] mean = TestFunctions.values(measure.mean());
    for (int i = 0; i < 10; i++) {
      assertThat(mean[i])
          .isCloseTo(0.2 * atoms[i] + 0.5 * atoms[10 + i] + 0.3 * atoms[20 + i], within(1e-14));
    }
    DenseCovariance c = DenseCovariance.random(GRID, 2);
    GaussianMixture smooth = measure.smoothed(c);
    assertThat(TestFunctions.distance(TestFunctions.values(smooth.mean()), mean)).isLessThan(1e-14);
    assertThat(smooth.components()).hasSize(3);
    // Little noise: the responsibility of the nearest atom is 1.
    INDArray r = measure.smoothed(c.times(1e-6)).responsibilities(ATOMS.add(1e-5));
    for (int i = 0; i < 3; i++) {
      assertThat(r.getDouble(i, i)).isCloseTo(1, within(1e-12));
    }
    // Much noise: the weights.
    INDArray flat = measure.smoothed(c.times(1e9)).responsibilities(ATOMS);
    assertThat(flat.getDouble(0, 1)).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void atomsAreCopied() {
    INDArray atoms = ATOMS.dup();
    EmpiricalMeasure measure = EmpiricalMeasure.of(GRID, atoms);
    atoms.addi(1);
    measure.atoms().addi(1);
    assertThat(TestFunctions.values(measure.atoms())).isEqualTo(TestFunctions.values(ATOMS));
    assertThat(measure.weights()).containsOnly(1.0 / 3);
    assertThat(measure.size()).isEqualTo(3);
  }

  @Test
  void badInputIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalMeasure.of(GRID, ATOMS, new double[] {0.5, 0.5}))
        .withMessageContaining("2 weights for 3 atoms");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalMeasure.of(GRID, ATOMS, new double[] {0.5, 0.7, -0.2}))
        .withMessageContaining("weight -0.2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalMeasure.of(GRID, ATOMS, new double[] {0.5, 0.2, 0.2}))
        .withMessageContaining("must sum to 1");
    INDArray gap = ATOMS.dup();
    gap.putScalar(new int[] {1, 0, 2}, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmpiricalMeasure.of(GRID, gap))
        .withMessageContaining("atom 1 contains NaN");
    DenseCovariance other = DenseCovariance.random(RegularGrid.unit(4), 2);
    EmpiricalMeasure measure = EmpiricalMeasure.of(GRID, ATOMS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> measure.smoothed(other))
        .withMessageContaining("one grid");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> measure.sample(NoiseSource.of(1), 0))
        .withMessageContaining("batch 0");
  }
}
