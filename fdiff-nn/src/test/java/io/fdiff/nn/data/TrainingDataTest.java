package io.fdiff.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TrainingDataTest {

  private static double[] ramp(int length) {
    double[] values = new double[length];
    Arrays.setAll(values, i -> i);
    return values;
  }

  @Test
  void functionsAreReadFromEitherTypeAndAnyLayout() {
    RegularGrid grid = RegularGrid.unit(4);
    INDArray array = Nd4j.createFromArray(ramp(24)).reshape(3, 2, 4);
    for (INDArray functions :
        new INDArray[] {
          array,
          array.castTo(DataType.FLOAT),
          array.dup('f'),
          Nd4j.createFromArray(ramp(24)).reshape(2, 3, 4).permute(1, 0, 2)
        }) {
      TrainingData data = TrainingData.of(grid, functions);
      assertThat(new int[] {data.size(), data.channels()}).containsExactly(3, 2);
      double[] out = new double[9];
      for (int i = 0; i < 3; i++) {
        data.read(i, out, 1);
        for (int j = 0; j < 8; j++) {
          assertThat(out[1 + j]).isEqualTo(functions.getDouble(i, j / 4, j % 4));
        }
      }
      // A copy: the caller's array may change.
      double before = functions.getDouble(2, 1, 3);
      functions.putScalar(new int[] {2, 1, 3}, -1);
      data.read(2, out, 0);
      assertThat(out[7]).isEqualTo(before);
      functions.putScalar(new int[] {2, 1, 3}, before);
    }
  }

  @Test
  void missingValuesAndWrongShapesAreRefused() {
    INDArray array = Nd4j.createFromArray(ramp(24)).reshape(3, 2, 4);
    array.putScalar(new int[] {1, 0, 2}, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingData.of(RegularGrid.unit(4), array))
        .withMessageContaining("function 1 of the data contains NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingData.of(RegularGrid.unit(5), array))
        .withMessageContaining("[3, 2, 4]");
  }

  @Test
  void flipIsTheReflectionOfTheDomain() {
    for (RegularGrid.Layout layout : RegularGrid.Layout.values()) {
      RegularGrid grid = RegularGrid.unit(layout, 4, 5);
      double[] values = new double[2 * 20];
      for (int i = 0; i < 40; i++) {
        // A periodic function of both coordinates without symmetry, and a second channel.
        double p = grid.coordinate(i % 20, 0);
        double q = grid.coordinate(i % 20, 1);
        values[i] = Math.sin(2 * Math.PI * q) + 3 * p + (i < 20 ? 0 : Math.sin(4 * Math.PI * q));
      }
      double[] flipped = values.clone();
      Augmentation.flip(1).apply(grid, 2, flipped, NoiseSource.of(1).uniform(0));
      for (int i = 0; i < 40; i++) {
        double p = grid.coordinate(i % 20, 0);
        double q = 1 - grid.coordinate(i % 20, 1);
        double expected =
            Math.sin(2 * Math.PI * q) + 3 * p + (i < 20 ? 0 : Math.sin(4 * Math.PI * q));
        assertThat(flipped[i])
            .as("%s[%d]", layout, i)
            .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-14));
      }
      Augmentation.flip(1).apply(grid, 2, flipped, NoiseSource.of(1).uniform(0));
      assertThat(flipped).isEqualTo(values);
      Augmentation.flip(0)
          .then(Augmentation.flip(0))
          .apply(grid, 2, flipped, NoiseSource.of(1).uniform(0));
      assertThat(flipped).isEqualTo(values);
    }
    PointSet points = PointSet.of(Interval.UNIT, 0.1, 0.5, 0.8);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Augmentation.flip(0).apply(points, 1, ramp(3), NoiseSource.of(1).uniform(0)))
        .withMessageContaining("reflection of axis 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Augmentation.horizontalFlip()
                    .withProbability(1)
                    .then(Augmentation.flip(1))
                    .apply(RegularGrid.unit(4), 1, ramp(4), NoiseSource.of(1).uniform(0)))
        .withMessageContaining("axis 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.flip(-1))
        .withMessageContaining("axis -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.flip(0).withProbability(1.5))
        .withMessageContaining("probability 1.5");
  }

  /** 2000 draws at ½: within 5 standard deviations of √500 = 22.4, false alarm 6e-7. */
  @Test
  void probabilityIsTheShareOfChanges() {
    RegularGrid grid = RegularGrid.unit(3, 2);
    int changed = 0;
    for (int i = 0; i < 2000; i++) {
      double[] values = ramp(6);
      Augmentation.horizontalFlip().apply(grid, 1, values, NoiseSource.of(4).uniform(i));
      changed += values[0] == 1 ? 1 : 0;
    }
    assertThat(changed).isBetween(888, 1112);
  }
}
