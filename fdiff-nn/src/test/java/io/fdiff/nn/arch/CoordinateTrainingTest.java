package io.fdiff.nn.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.denoise.EmpiricalDenoiser;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.arch.CoordinateMlp.Activation;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Coordinate networks as denoisers against exact ones, on 16 points with noise of variance {@code
 * t} independent at the points, data of variance about 1, times log-uniform on [0.2, 20].
 * Everything is seeded; bounds leave a margin for machines that round differently.
 */
class CoordinateTrainingTest {

  private static final RegularGrid GRID = RegularGrid.unit(16);

  /** Independent at the points with variance 1: the eigenvalue is the volume of a cell. */
  private static final CovarianceOperator WHITE =
      SpectralCovariance.of(CosineTransform.of(GRID), (frequency, laplacian) -> 1.0 / 16);

  private static final SDE NOISING = Driftless.of(WHITE, 20);

  private static final GaussianMeasure SMOOTH =
      GaussianMeasure.centred(
          SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(8, 2, 1200)));

  private static final NetworkConfig LATENT =
      new MetaInrConfig(
          1,
          new CoordinateMlp(1, 64, 2, Activation.SINE, 6, 0, false),
          32,
          new InnerLoop(2, 0.05, true, false),
          8,
          Conditioning.NONE);

  private static final NetworkConfig ALL_WEIGHTS =
      new AdaptedInrConfig(
          1,
          new CoordinateMlp(1, 24, 2, Activation.SINE, 6, 0, false),
          new InnerLoop(2, 0.02, false, false),
          8,
          Conditioning.NONE);

  private static final NetworkConfig POINTWISE =
      new SirenConfig(
          1, new CoordinateMlp(1, 32, 2, Activation.SINE, 6, 0, false), 8, Conditioning.NONE);

  private static final CleanPrediction EIGHT =
      new CleanPrediction(NOISING, 0.2, SMOOTH.sample(NoiseSource.of(5), 8));

  private static Trainer trainer(NetworkConfig config, CleanPrediction objective, int steps) {
    TrainingConfig training =
        TrainingConfig.defaults()
            .withSteps(steps)
            .withBatchSize(32)
            .withLearningRate(5e-3)
            .withWarmUpSteps(20)
            .withEmaDecay(0.98)
            .withSeed(1);
    return Trainer.of(config.network(), objective, training);
  }

  /** Loss of a network, trained on the 8 functions, over the least one. */
  private static double overfitted(NetworkConfig config, int steps, double least) {
    try (Trainer trainer = trainer(config, EIGHT, steps)) {
      trainer.run();
      Network network = trainer.network();
      return EIGHT.loss(network, trainer.averagedWeights(), 4096, NoiseSource.of(31)) / least;
    }
  }

  /** {@code E Tr Cov(X_0 | X_t)/|D|} of the 8 functions, from 4096 draws. */
  private static double least() {
    Denoiser exact = EmpiricalDenoiser.of(NOISING, SMOOTH.sample(NoiseSource.of(5), 8));
    return EIGHT.loss(exact, 4096, NoiseSource.of(31));
  }

  /** Least loss 0.221 of a variance of 0.99. */
  @Test
  void latentFitsEightFunctionsNearlyToTheLeastLoss() {
    double least = least();
    assertThat(least).isCloseTo(0.2207, within(1e-3));
    assertThat(overfitted(LATENT, 600, least)).isBetween(1.0, 1.35);
  }

  @Test
  void allWeightsFitEightFunctionsNearlyToTheLeastLoss() {
    assertThat(overfitted(ALL_WEIGHTS, 300, least())).isBetween(1.0, 1.5);
  }

  /**
   * What a pointwise map can reach is {@code E Var(X_0(p) | X_t(p))}, here by sums over the 8
   * values at each point for 4096 draws; it is 2.5 times the least loss of the whole function.
   */
  @Test
  void pointwiseNetworkFitsEightFunctionsToTheLeastPointwiseLoss() {
    Denoiser pointwise = CoordinateTrainingTest::denoisePointwise;
    double least = EIGHT.loss(pointwise, 4096, NoiseSource.of(31));
    assertThat(least / least()).isBetween(2.0, 3.0);
    assertThat(overfitted(POINTWISE, 600, least)).isBetween(1.0, 1.1);
  }

  private static INDArray denoisePointwise(INDArray x, INDArray t) {
    double[] data = FunctionBatch.of(GRID, SMOOTH.sample(NoiseSource.of(5), 8)).toDoubles();
    double[] values = FunctionBatch.of(GRID, x).toDoubles();
    for (int i = 0; i < values.length; i++) {
      double total = 0;
      double sum = 0;
      for (int j = 0; j < 8; j++) {
        double y = data[16 * j + i % 16];
        double weight = Math.exp(-0.5 * (values[i] - y) * (values[i] - y) / t.getDouble(i / 16));
        total += weight;
        sum += weight * y;
      }
      values[i] = sum / total;
    }
    return FunctionBatch.array(GRID, DataType.DOUBLE, 1, values);
  }

  /** Relative errors at the times 0.5 and 5, before and after training on Gaussian data. */
  private static double[][] errors(NetworkConfig config, GaussianMeasure law, int steps) {
    CleanPrediction objective =
        new CleanPrediction(NOISING, 0.2, law.sample(NoiseSource.of(6), 4096));
    Denoiser exact = GaussianDenoiser.of(NOISING, law);
    double[] times = {0.5, 5};
    double[][] errors = new double[2][2];
    try (Trainer trainer = trainer(config, objective, steps)) {
      for (int after = 0; after < 2; after++) {
        for (int i = 0; i < 2; i++) {
          errors[after][i] =
              objective.relativeError(
                  trainer.network(), trainer.averagedWeights(), exact, times[i], 512);
        }
        if (after == 0) {
          trainer.run();
        }
      }
    }
    return errors;
  }

  @Test
  void latentApproachesTheExactDenoiserOfGaussianData() {
    double[][] errors = errors(LATENT, SMOOTH, 250);
    assertThat(errors[1][0]).isLessThan(errors[0][0] / 2.5);
    assertThat(errors[1][1]).isLessThan(errors[0][1] / 2);
  }

  @Test
  void allWeightsApproachTheExactDenoiserOfGaussianData() {
    double[][] errors = errors(ALL_WEIGHTS, SMOOTH, 200);
    assertThat(errors[1][0]).isLessThan(errors[0][0] / 3);
    assertThat(errors[1][1]).isLessThan(errors[0][1] / 2.5);
  }

  /**
   * Independent values at the points with mean {@code 1 + 2p}: there the exact denoiser {@code (x +
   * tm)/(1 + t)} is pointwise, and within reach.
   */
  @Test
  void pointwiseNetworkApproachesTheExactDenoiserOfIndependentValues() {
    double[] mean = new double[16];
    Arrays.setAll(mean, p -> 1 + 2 * GRID.coordinate(p, 0));
    GaussianMeasure law =
        GaussianMeasure.of(FunctionBatch.array(GRID, DataType.DOUBLE, 1, mean), WHITE);
    double[][] errors = errors(POINTWISE, law, 400);
    assertThat(errors[1][0]).isLessThan(errors[0][0] / 10);
    assertThat(errors[1][1]).isLessThan(errors[0][1] / 10);
  }
}
