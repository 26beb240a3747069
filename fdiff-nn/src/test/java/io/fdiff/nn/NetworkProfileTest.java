package io.fdiff.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.nn.arch.FourierNeuralOperatorConfig;
import io.fdiff.nn.engine.Profile;
import io.fdiff.nn.train.LossGradient;
import io.fdiff.nn.train.Objective;
import io.fdiff.nn.train.Trainer;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Driftless;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.CosineTransform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Profiles of networks, and their products alone. */
class NetworkProfileTest {

  private static final int BATCH = 3;
  private static final RegularGrid GRID = RegularGrid.unit(512);
  private static final NetworkConfig CONFIG = FourierNeuralOperatorConfig.defaults().withWidth(8);

  private static INDArray normals(long seed, long... shape) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    double[] values = new double[(int) array.length()];
    NoiseSource.of(seed).normals(0, 0, new int[] {values.length}, values, 0);
    FunctionBatch.write(values, array);
    return array;
  }

  private static Map<String, INDArray> inputs() {
    Map<String, INDArray> inputs = new HashMap<>();
    inputs.put(GraphContext.VALUES, normals(1, GRID.size(), BATCH, 1));
    inputs.put(GraphContext.LEVEL, normals(2, BATCH, CONFIG.levelFeatures()));
    return inputs;
  }

  private record Fixed(Grid grid) implements Objective {
    @Override
    public SDVariable loss(GraphContext context, SDVariable output) {
      return context.graph().math().square(output.sub(1)).mean();
    }

    @Override
    public Map<String, INDArray> batch(
        NetworkConfig config, DataType type, int size, NoiseSource noise) {
      return inputs();
    }
  }

  private static long products(Profile profile) {
    return profile.rows().stream()
        .filter(row -> row.kernel().contains("product"))
        .mapToLong(Profile.Row::calls)
        .sum();
  }

  @Test
  void denoiserIsProfiledChunkByChunk() {
    Network network = CONFIG.network();
    ParameterVector weights = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(3));
    SpectralCovariance noise =
        SpectralCovariance.of(CosineTransform.of(GRID), Spectrum.bessel(5, 1.5, 1));
    Profile one = new Profile();
    Profile two = new Profile();
    try (NeuralDenoiser denoiser =
        NeuralDenoiser.of(
            network,
            weights,
            Driftless.of(noise, 10),
            grid -> FunctionBatch.zeros(grid, DataType.FLOAT, 1, 1),
            Preconditioning.UNIT)) {
      // 32 functions of 512 points are a chunk.
      INDArray x = normals(4, 32, 1, 512);
      INDArray xx = normals(5, 64, 1, 512);
      denoiser.profile(one);
      denoiser.denoise(x, Nd4j.valueArrayOf(new long[] {32}, 2.0, DataType.DOUBLE));
      denoiser.profile(two);
      denoiser.denoise(xx, Nd4j.valueArrayOf(new long[] {64}, 2.0, DataType.DOUBLE));
      denoiser.profile(null);
      denoiser.denoise(x, Nd4j.valueArrayOf(new long[] {32}, 2.0, DataType.DOUBLE));
    }
    assertThat(products(one)).isPositive();
    assertThat(products(two)).isEqualTo(2 * products(one));
  }

  @Test
  void stepsOfATrainingAreProfiled() {
    Profile profile = new Profile();
    try (Trainer trainer =
        Trainer.of(
            CONFIG.network(),
            new Fixed(GRID),
            TrainingConfig.defaults().withSteps(9).withBatchSize(BATCH))) {
      trainer.step();
      assertThat(profile.rows()).isEmpty();
      trainer.profile(profile);
      trainer.step();
      List<Profile.Row> once = profile.rows();
      trainer.step();
      trainer.profile(null);
      trainer.step();
      assertThat(once).isNotEmpty();
      assertThat(profile.rows().stream().mapToLong(Profile.Row::calls).sum())
          .isEqualTo(2 * once.stream().mapToLong(Profile.Row::calls).sum());
    }
  }

  @Test
  void gradientNeedsThreeTimesTheProducts() {
    Network network = CONFIG.network();
    ParameterVector weights = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(3));
    ParameterVector values = ParameterVector.zeros(network, DataType.FLOAT);
    Map<String, INDArray> batch = inputs();
    Map<String, INDArray> all = new HashMap<>(batch);
    all.putAll(network.gridInputs(GRID, DataType.FLOAT));
    try (NetworkFunction function = NetworkFunction.of(network, weights, GRID);
        LossGradient gradient = LossGradient.of(network, weights, new Fixed(GRID), values)) {
      function.evaluate(all, output -> {});
      double loss = gradient.evaluate(batch);
      float[] before = values.toFloats();
      double ratio = gradient.runProducts(batch) / function.runProducts(all);
      // By both factors of each product; the input and constants need no gradient.
      assertThat(ratio).isBetween(2.0, 3.0);
      assertThat(gradient.evaluate(batch)).isEqualTo(loss);
      assertThat(values.toFloats()).isEqualTo(before);
    }
  }
}
