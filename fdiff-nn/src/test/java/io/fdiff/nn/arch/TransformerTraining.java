package io.fdiff.nn.arch;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.denoise.Denoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.ScalarLevel;
import io.fdiff.nn.train.DenoisingObjective;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trainings of a few seconds on images of 4 × 4 points, judged by exact denoisers. */
final class TransformerTraining {

  static final RegularGrid GRID = RegularGrid.unit(4, 4);
  private static final double HORIZON = 20;
  private static final double[] TIMES = {0.2, 1, 3, 10};
  private static final double[] LOSS_TIMES = {3, 6, 15};

  private TransformerTraining() {}

  private static SpectralCovariance covariance(double kappa, double alpha, double scale) {
    return SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(kappa, alpha, scale));
  }

  /** Noise rougher than the data. */
  static SDE process() {
    return Driftless.of(covariance(4, 1.5, 40), HORIZON);
  }

  /** The law of Gaussian data; not proportional to the noise. */
  static GaussianMeasure law() {
    return GaussianMeasure.centred(covariance(5, 2.5, 8000));
  }

  private static INDArray zero(Grid grid) {
    return FunctionBatch.zeros(grid, DataType.DOUBLE, 1, 1);
  }

  /** A trainer before its first step. */
  static Trainer trainer(
      NetworkConfig config, INDArray data, double smallestTime, int steps, double rate) {
    Network network = config.network();
    DenoisingObjective objective =
        DenoisingObjective.of(
            process(), data, TransformerTraining::zero, Preconditioning.UNIT, smallestTime);
    TrainingConfig training =
        TrainingConfig.defaults()
            .withSteps(steps)
            .withBatchSize(64)
            .withLearningRate(rate)
            .withWarmUpSteps(20)
            .withEmaDecay(0.98)
            .withSeed(1);
    return Trainer.of(network, objective, training);
  }

  static NeuralDenoiser denoiser(Trainer trainer) {
    return NeuralDenoiser.of(
        trainer.network(),
        trainer.averagedWeights(),
        process(),
        TransformerTraining::zero,
        Preconditioning.UNIT);
  }

  /**
   * The loss that the network is trained for, {@code E‖X_0 − D‖²/c_out²}, at each of the times: for
   * the exact denoiser the least value, {@code E tr Cov(X_0|X_t)/c_out²}.
   *
   * @param data the functions of the empirical measure
   */
  static double[] losses(Denoiser denoiser, INDArray data) {
    SDE sde = process();
    L2Space space = new L2Space(GRID);
    int functions = (int) data.size(0);
    double[] losses = new double[LOSS_TIMES.length];
    for (int i = 0; i < LOSS_TIMES.length; i++) {
      double scale = ScalarLevel.of(sde, LOSS_TIMES[i]).unitOut();
      for (int round = 0; round < 8; round++) {
        NoiseSource noise = NoiseSource.of(99).withStep(8L * i + round);
        INDArray x = sde.marginal(LOSS_TIMES[i]).sample(data, noise);
        INDArray t = Nd4j.ones(DataType.DOUBLE, functions).muli(LOSS_TIMES[i]);
        INDArray error = denoiser.denoise(x, t).sub(data);
        losses[i] += space.inner(error, error).meanNumber().doubleValue() / (8 * scale * scale);
      }
    }
    return losses;
  }

  /**
   * The loss that the network is trained for, {@code E‖X_0 − D‖²/c_out²} over times log-uniform on
   * {@code [2, T]}: for the exact denoiser the least value there is.
   *
   * @param data the functions of the empirical measure, eight
   */
  static double meanLoss(Denoiser denoiser, INDArray data) {
    SDE sde = process();
    L2Space space = new L2Space(GRID);
    int count = 128;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double time = 2 * Math.pow(HORIZON / 2, (i + 0.5) / count);
      double scale = ScalarLevel.of(sde, time).unitOut();
      for (int round = 0; round < 4; round++) {
        INDArray x = sde.marginal(time).sample(data, NoiseSource.of(98).withStep(4L * i + round));
        INDArray t = Nd4j.ones(DataType.DOUBLE, data.size(0)).muli(time);
        INDArray error = denoiser.denoise(x, t).sub(data);
        sum += space.inner(error, error).meanNumber().doubleValue() / (scale * scale);
      }
    }
    return sum / (4 * count);
  }

  /** {@code (E‖D − D*‖²/E‖D*‖²)^½} at each of the times, on 128 samples of the law. */
  static double[] errors(Denoiser denoiser, Denoiser exact) {
    SDE sde = process();
    L2Space space = new L2Space(GRID);
    INDArray clean = law().sample(NoiseSource.of(77), 128);
    double[] errors = new double[TIMES.length];
    for (int i = 0; i < TIMES.length; i++) {
      INDArray x = sde.marginal(TIMES[i]).sample(clean, NoiseSource.of(78).withStep(i));
      INDArray t = Nd4j.ones(DataType.DOUBLE, 128).muli(TIMES[i]);
      INDArray right = exact.denoise(x, t);
      INDArray wrong = denoiser.denoise(x, t).sub(right);
      errors[i] =
          Math.sqrt(
              space.inner(wrong, wrong).sumNumber().doubleValue()
                  / space.inner(right, right).sumNumber().doubleValue());
    }
    return errors;
  }

  /** Eight functions, the empirical measure of the overfitting tests. */
  static INDArray eight() {
    return law().sample(NoiseSource.of(3), 8);
  }

  static INDArray many() {
    return law().sample(NoiseSource.of(4), 2048);
  }
}
