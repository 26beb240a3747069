package io.fdiff.nn.train;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.flow.Coupling;
import io.fdiff.flow.FlowPath;
import io.fdiff.flow.Interpolant;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A training small enough for tests. */
final class TrainingFixture {

  private TrainingFixture() {}

  static Network network() {
    return new FourierNeuralOperatorConfig(1, 6, 2, 4, 4, 6, 8, Conditioning.NONE).network();
  }

  private static final RegularGrid GRID = RegularGrid.unit(16);

  static DenoisingObjective objective() {
    return objective(GRID);
  }

  static DenoisingObjective objective(RegularGrid grid) {
    return objective(grid, data(grid));
  }

  private static INDArray data(RegularGrid grid) {
    GaussianMeasure law =
        GaussianMeasure.centred(
            SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(8, 2, 2000)));
    return law.sample(NoiseSource.of(5), 64);
  }

  static DenoisingObjective objective(INDArray data) {
    return objective(GRID, data);
  }

  private static DenoisingObjective objective(RegularGrid grid, INDArray data) {
    SDE sde =
        Driftless.of(
            SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1, 10)), 20);
    return DenoisingObjective.of(
        sde, data, g -> FunctionBatch.zeros(g, DataType.DOUBLE, 1, 1), Preconditioning.UNIT, 1e-3);
  }

  /** Flow matching with noise that is coupled to the data. */
  static DenoisingObjective coupledObjective() {
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1, 10));
    FlowPath path = new FlowPath(Interpolant.optimalTransport(1e-3), noise);
    return DenoisingObjective.flow(path, TrainingData.of(GRID, data(GRID)))
        .withCoupling(Coupling.optimal());
  }

  static TrainingConfig config() {
    return TrainingConfig.defaults()
        .withSteps(40)
        .withBatchSize(8)
        .withLearningRate(3e-3)
        .withWarmUpSteps(10)
        .withSeed(7)
        .withCheckpointEvery(20);
  }

  /**
   * Everything that could break a resumption: two grids at random, accumulation with coupled noise
   * on one of them, AdamW.
   */
  static TrainingConfig mixedConfig() {
    return config()
        .withAccumulation(2)
        .withBatchSize(4)
        .withWeightDecay(0.1)
        .withCurriculum(Curriculum.drawn(1, 2))
        .withPrefetch(true);
  }

  static List<DenoisingObjective> mixedObjectives() {
    return List.of(coupledObjective(), objective(RegularGrid.unit(24)));
  }

  static Trainer mixedTrainer(TrainingConfig config) {
    return Trainer.of(network(), mixedObjectives(), config);
  }

  static Trainer trainer() {
    return Trainer.of(network(), objective(), config());
  }
}
