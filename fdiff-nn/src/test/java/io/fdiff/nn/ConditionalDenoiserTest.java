package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ConditionalDenoiserTest {

  private static final RegularGrid GRID = RegularGrid.unit(12);
  private static final SDE PROCESS =
      Driftless.of(SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1, 10)), 20);
  private static final Conditioning CONDITIONING = new Conditioning(3, 2, 2);

  private static NeuralDenoiser denoiser(Conditioning conditioning) {
    Network network = new TinyNetwork.Config(1, 4, conditioning, 1).network();
    return NeuralDenoiser.of(
        network,
        TinyNetwork.parameters(network, DataType.DOUBLE),
        PROCESS,
        g -> FunctionBatch.zeros(g, DataType.DOUBLE, 1, 1),
        Preconditioning.UNIT);
  }

  private static INDArray normals(int seed, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  private static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array, values);
    return values;
  }

  private static Condition condition(int seed, int... labels) {
    return Condition.ofClasses(labels)
        .and(Condition.ofFunctions(normals(seed, labels.length, 2, 12)))
        .and(Condition.ofMeasurements(normals(seed + 1, labels.length, 2)));
  }

  private static final INDArray STATE = normals(1, 3, 1, 12);
  private static final INDArray TIMES = Nd4j.createFromArray(0.2, 1, 5);

  @Test
  void guidanceIsLinearInItsWeight() {
    NeuralDenoiser denoiser = denoiser(CONDITIONING);
    Condition y = condition(7, 2, 0, 1);
    double[] free = values(denoiser.denoise(STATE, TIMES));
    double[] told = values(denoiser.given(y).denoise(STATE, TIMES));
    assertThat(values(denoiser.guided(y, 0).denoise(STATE, TIMES))).isEqualTo(free);
    assertThat(values(denoiser.guided(y, 1).denoise(STATE, TIMES))).isEqualTo(told);
    double largest = 0;
    for (double w : new double[] {-0.5, 0.3, 2.5}) {
      double[] guided = values(denoiser.guided(y, w).denoise(STATE, TIMES));
      for (int i = 0; i < free.length; i++) {
        largest = Math.max(largest, Math.abs(told[i] - free[i]));
        assertThat(guided[i]).isCloseTo(free[i] + w * (told[i] - free[i]), within(1e-13));
      }
    }
    assertThat(largest).isGreaterThan(1e-2);
    INDArray w = normals(9, 3, 1, 12);
    double[] freeBack = values(denoiser.vjp(STATE, TIMES, w));
    double[] toldBack = values(denoiser.given(y).vjp(STATE, TIMES, w));
    double[] guidedBack = values(denoiser.guided(y, 2.5).vjp(STATE, TIMES, w));
    for (int i = 0; i < freeBack.length; i++) {
      assertThat(guidedBack[i])
          .isCloseTo(freeBack[i] + 2.5 * (toldBack[i] - freeBack[i]), within(1e-13));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser.guided(y, Double.NaN))
        .withMessageContaining("weight NaN");
  }

  @Test
  void oneConditionServesEverySampleAndEachSampleHasItsOwn() {
    NeuralDenoiser denoiser = denoiser(CONDITIONING);
    double[] each = values(denoiser.given(condition(7, 2, 0, 1)).denoise(STATE, TIMES));
    double[] one = values(denoiser.given(condition(8, 1)).denoise(STATE, TIMES));
    Condition same =
        Condition.ofClasses(1, 1, 1)
            .and(Condition.ofFunctions(repeat(normals(8, 1, 2, 12))))
            .and(Condition.ofMeasurements(repeat(normals(9, 1, 2))));
    assertThat(values(denoiser.given(same).denoise(STATE, TIMES))).isEqualTo(one);
    for (int b = 0; b < 3; b++) {
      INDArray state = STATE.get(NDArrayIndex.interval(b, b + 1)).dup('c');
      Condition alone =
          Condition.ofClasses(new int[] {2, 0, 1}[b])
              .and(
                  Condition.ofFunctions(
                      normals(7, 3, 2, 12).get(NDArrayIndex.interval(b, b + 1)).dup('c')))
              .and(
                  Condition.ofMeasurements(
                      normals(8, 3, 2).get(NDArrayIndex.interval(b, b + 1)).dup('c')));
      double[] single =
          values(denoiser.given(alone).denoise(state, Nd4j.createFromArray(TIMES.getDouble(b))));
      for (int i = 0; i < 12; i++) {
        assertThat(single[i]).isCloseTo(each[b * 12 + i], within(1e-13));
      }
    }
  }

  private static INDArray repeat(INDArray one) {
    return Nd4j.concat(0, one, one, one);
  }

  /** The presence feature tells a withheld condition from zeros. */
  @Test
  void withheldConditionIsNotAConditionOfZeros() {
    NeuralDenoiser denoiser = denoiser(Conditioning.onMeasurements(2));
    Condition zeros = Condition.ofMeasurements(Nd4j.zeros(DataType.DOUBLE, 1, 2));
    double[] free = values(denoiser.denoise(STATE, TIMES));
    assertThat(values(denoiser.given(zeros).denoise(STATE, TIMES))).isNotEqualTo(free);
    assertThat(values(denoiser.given(zeros).withheld().denoise(STATE, TIMES))).isEqualTo(free);
  }

  @Test
  void conditionsThatDoNotFitAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser(Conditioning.NONE).given(Condition.ofClasses(1)))
        .withMessageContaining("condition on classes for a network that is not built for them");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser(CONDITIONING).given(Condition.ofClasses(1)))
        .withMessageContaining("context functions and the condition has none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser(Conditioning.onClasses(3)).given(Condition.ofClasses(0, 3)))
        .withMessageContaining("label 3 of sample 1: the network knows the classes 0 to 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Condition.ofClasses(0, -1))
        .withMessageContaining("label -1 of sample 1");
    assertThatIllegalArgumentException()
        .isThrownBy(Condition::ofClasses)
        .withMessageContaining("no labels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Condition.ofMeasurements(normals(1, 2, 2).putScalar(1, 0, Double.NaN)))
        .withMessageContaining("measurements of sample 1 contain NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                denoiser(Conditioning.onFunctions(2))
                    .given(Condition.ofFunctions(normals(1, 1, 2, 11))))
        .withMessageContaining("[1, 2, 11]")
        .withMessageContaining("[1, 2, 12]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                denoiser(Conditioning.onMeasurements(2))
                    .given(Condition.ofMeasurements(normals(1, 1, 3))))
        .withMessageContaining("3 measurements a sample: the network takes 2");
    Denoiser two = denoiser(Conditioning.onClasses(3)).given(Condition.ofClasses(0, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> two.denoise(STATE, TIMES))
        .withMessageContaining("condition for 2 samples and 3 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Condition.ofClasses(0).and(Condition.ofClasses(1)))
        .withMessageContaining("given twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Condition.ofClasses(0).and(Condition.ofMeasurements(normals(1, 2, 2))))
        .withMessageContaining("1 and 2 samples");
  }
}
