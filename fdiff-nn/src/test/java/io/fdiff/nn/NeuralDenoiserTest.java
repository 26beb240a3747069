package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.train.DenoisingObjective;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.NoiseSchedule;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.sde.VariancePreserving;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NeuralDenoiserTest {

  private static final FourierNeuralOperatorConfig SMALL =
      new FourierNeuralOperatorConfig(1, 6, 2, 5, 4, 6, 8, Conditioning.NONE);

  private static INDArray mean(Grid grid) {
    double[] m = new double[grid.size()];
    Arrays.setAll(m, i -> Math.sin(5 * grid.coordinate(i, 0)));
    return FunctionBatch.array(grid, DataType.DOUBLE, 1, m);
  }

  private static SpectralCovariance covariance(Grid grid, double kappa, double alpha, double s) {
    return SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(kappa, alpha, s));
  }

  private static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array, values);
    return values;
  }

  private static NeuralDenoiser random(SDE sde, DataType type) {
    Network network = SMALL.network();
    ParameterVector theta = ParameterVector.zeros(network, type);
    double[] values = new double[theta.size()];
    NoiseSource.of(2).normals(0, 0, new int[] {values.length}, values, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.4;
    }
    theta.assign(values);
    return NeuralDenoiser.of(network, theta, sde, NeuralDenoiserTest::mean, Preconditioning.UNIT);
  }

  /** The initial network is 0, and then D is the exact denoiser of N(m, ρR). */
  @Test
  void untrainedDenoiserIsTheGaussianOne() {
    RegularGrid grid = RegularGrid.unit(24);
    CovarianceOperator noise = covariance(grid, 5, 1, 10);
    for (double rho : new double[] {1, 0.3}) {
      GaussianMeasure data = GaussianMeasure.of(mean(grid), noise.times(rho));
      for (SDE sde :
          new SDE[] {
            Driftless.of(noise, 20), VariancePreserving.of(noise, NoiseSchedule.linear(0.1, 20), 1)
          }) {
        Network network = SMALL.network();
        Denoiser neural =
            NeuralDenoiser.of(
                network,
                ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(4)),
                sde,
                NeuralDenoiserTest::mean,
                new Preconditioning(rho));
        Denoiser exact = GaussianDenoiser.of(sde, data);
        INDArray x = data.sample(NoiseSource.of(1), 4).muli(2);
        INDArray t = Nd4j.createFromArray(0.01, 0.2, 0.7, 1);
        assertThat(values(neural.denoise(x, t)))
            .containsExactly(values(exact.denoise(x, t)), within(1e-11));
      }
    }
  }

  @Test
  void sampleDoesNotDependOnBatchOrChunk() {
    RegularGrid grid = RegularGrid.unit(1024);
    SDE sde = Driftless.of(covariance(grid, 5, 1, 10), 20);
    NeuralDenoiser denoiser = random(sde, DataType.FLOAT);
    // 16 samples make a chunk of this grid: 37 are three.
    INDArray x = sde.noise().sample(NoiseSource.of(3), 37);
    double[] times = new double[37];
    Arrays.setAll(times, i -> 0.01 * (i + 1));
    double[] all = values(denoiser.denoise(x, Nd4j.createFromArray(times)));
    for (int b : new int[] {0, 15, 16, 36}) {
      INDArray one = x.get(NDArrayIndex.interval(b, b + 1)).dup('c');
      double[] alone = values(denoiser.denoise(one, Nd4j.createFromArray(times[b])));
      double[] slice = Arrays.copyOfRange(all, b * 1024, (b + 1) * 1024);
      assertThat(alone).containsExactly(slice, within(2e-5));
    }
    assertThat(values(denoiser.denoise(x, Nd4j.createFromArray(times)))).isEqualTo(all);
  }

  @Test
  void argumentsAreNotModifiedAndTypeIsKept() {
    RegularGrid grid = RegularGrid.unit(16);
    SDE sde = Driftless.of(covariance(grid, 5, 1, 10), 20);
    INDArray x = sde.noise().sample(NoiseSource.of(3), 3).castTo(DataType.FLOAT);
    INDArray t = Nd4j.createFromArray(0.1f, 1f, 3f);
    double[] before = values(x);
    INDArray out = random(sde, DataType.FLOAT).denoise(x, t);
    assertThat(values(x)).isEqualTo(before);
    assertThat(values(t)).containsExactly(values(Nd4j.createFromArray(0.1f, 1f, 3f)));
    assertThat(out.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(out.shape()).containsExactly(3, 1, 16);
  }

  /** 0.1 is above the double 0.1 once it has been a float. */
  @Test
  void horizonMayPassThroughFloats() {
    RegularGrid grid = RegularGrid.unit(16);
    SDE sde = Driftless.of(covariance(grid, 5, 1, 10), 0.1);
    NeuralDenoiser denoiser = random(sde, DataType.FLOAT);
    INDArray x = sde.noise().sample(NoiseSource.of(3), 1);
    assertThat(values(denoiser.denoise(x, Nd4j.createFromArray(0.1f))))
        .isEqualTo(values(denoiser.denoise(x, Nd4j.createFromArray(0.1))));
  }

  /** A band-limited state on a finer grid: the same weights give the same function. */
  @Test
  void otherGridsGiveTheSameFunction() {
    RegularGrid fine = RegularGrid.unit(512);
    NeuralDenoiser denoiser =
        random(Driftless.of(covariance(RegularGrid.unit(64), 5, 1, 10), 20), DataType.DOUBLE);
    Function<Grid, INDArray> state =
        grid -> {
          double[] x = new double[grid.size()];
          Arrays.setAll(x, i -> Math.cos(2 * Math.PI * grid.coordinate(i, 0)));
          return FunctionBatch.array(grid, DataType.DOUBLE, 1, x);
        };
    INDArray t = Nd4j.createFromArray(0.5);
    double[] finest =
        values(denoiser.on(RegularGrid.unit(1536)).denoise(state.apply(RegularGrid.unit(1536)), t));
    double[] values = values(denoiser.on(fine).denoise(state.apply(fine), t));
    for (int i = 0; i < 512; i++) {
      // Cell centres of 512 are every third one of 1536, from the second.
      assertThat(values[i]).isCloseTo(finest[3 * i + 1], within(2e-2));
    }
  }

  @Test
  void badArgumentsAreRefused() {
    RegularGrid grid = RegularGrid.unit(16);
    SDE sde = Driftless.of(covariance(grid, 5, 1, 10), 20);
    NeuralDenoiser denoiser = random(sde, DataType.FLOAT);
    INDArray x = sde.noise().sample(NoiseSource.of(3), 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser.denoise(x, Nd4j.createFromArray(0.1, 0.2)))
        .withMessageContaining("[2] for 3 functions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser.denoise(x, Nd4j.createFromArray(0.1, 0.2, 21)))
        .withMessageContaining("21");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser.denoise(Nd4j.create(DataType.FLOAT, 3, 2, 16), Nd4j.ones(3)))
        .withMessageContaining("2 channels: the network maps 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> denoiser.on(RegularGrid.unit(10)))
        .withMessageContaining("10 points cannot carry 5 modes");
  }

  /**
   * Gaussian data N(m, Γ), Γ not proportional to R: the optimum is the Gaussian denoiser, and no
   * factor of the preconditioning is exact. Relative error of D − m in L² at the times 0.1, 1, 5:
   * 0.095, 0.352, 0.511 untrained; 0.044, 0.109, 0.143 measured after 500 steps. Everything is
   * seeded; the margin of 1.5 is for machines that round differently.
   */
  @Test
  void trainedDenoiserApproachesTheExactOne() {
    RegularGrid grid = RegularGrid.unit(32);
    SDE sde = Driftless.of(covariance(grid, 5, 1, 16), 20);
    GaussianMeasure law = GaussianMeasure.of(mean(grid), covariance(grid, 8, 2, 2000));
    INDArray data = law.sample(NoiseSource.of(1), 2048);
    Network network =
        new FourierNeuralOperatorConfig(1, 16, 2, 10, 16, 32, 32, Conditioning.NONE).network();
    DenoisingObjective objective =
        DenoisingObjective.of(sde, data, NeuralDenoiserTest::mean, Preconditioning.UNIT, 1e-2);
    TrainingConfig config =
        TrainingConfig.defaults()
            .withSteps(500)
            .withBatchSize(64)
            .withLearningRate(5e-3)
            .withWarmUpSteps(50)
            .withEmaDecay(0.99)
            .withSeed(1);
    Denoiser exact = GaussianDenoiser.of(sde, law);
    try (Trainer trainer = Trainer.of(network, objective, config)) {
      double[] before = errors(trainer, sde, law, exact);
      trainer.run();
      double[] after = errors(trainer, sde, law, exact);
      assertThat(before).containsExactly(new double[] {0.0953, 0.3522, 0.5109}, within(1e-3));
      double[] bounds = {0.067, 0.164, 0.215};
      for (int i = 0; i < after.length; i++) {
        assertThat(after[i]).as("time %d", i).isLessThan(bounds[i]);
      }
    }
  }

  private static double[] errors(Trainer trainer, SDE sde, GaussianMeasure law, Denoiser exact) {
    Denoiser neural =
        NeuralDenoiser.of(
            trainer.network(),
            trainer.averagedWeights(),
            sde,
            NeuralDenoiserTest::mean,
            Preconditioning.UNIT);
    L2Space space = new L2Space(law.grid());
    double[] times = {0.1, 1, 5};
    double[] errors = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      int n = 256;
      INDArray clean = law.sample(NoiseSource.of(77), n);
      INDArray x = sde.marginal(times[i]).sample(clean, NoiseSource.of(78).withStep(i));
      INDArray t = Nd4j.ones(DataType.DOUBLE, n).muli(times[i]);
      INDArray right = exact.denoise(x, t);
      INDArray wrong = neural.denoise(x, t).sub(right);
      INDArray size = right.sub(mean(law.grid()));
      errors[i] =
          Math.sqrt(
              space.inner(wrong, wrong).sumNumber().doubleValue()
                  / space.inner(size, size).sumNumber().doubleValue());
    }
    return errors;
  }
}
