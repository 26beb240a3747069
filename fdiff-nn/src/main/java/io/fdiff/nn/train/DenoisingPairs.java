package io.fdiff.nn.train;

import io.fdiff.flow.Coupling;
import io.fdiff.nn.FlowTarget;
import io.fdiff.nn.MeanFunction;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Multiplier;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The pairs of clean function and noise that the batches of an objective are made of. */
final class DenoisingPairs {

  private static final long CHOICES = 2;
  private static final long NOISE = 3;
  private static final long AUGMENTATIONS = 5;
  private static final long COUPLING = 7;

  private final DenoisingSettings settings;
  private final Grid grid;
  private final TrainingData data;
  private final int channels;
  private final double[] mean;
  private final @Nullable Multiplier projection;
  private final @Nullable BatchCoupling coupling;
  private final Multiplier.Scratch scratch = new Multiplier.Scratch();
  private @Nullable INDArray noiseArray;

  DenoisingPairs(DenoisingSettings settings) {
    this.settings = settings;
    this.grid = settings.sde.noise().grid();
    this.data = settings.data;
    this.channels = data.channels();
    this.mean = new MeanFunction(settings.mean, channels).values(grid);
    this.projection = settings.modes == null ? null : settings.modes.on(grid);
    this.coupling = coupling(settings);
  }

  private static @Nullable BatchCoupling coupling(DenoisingSettings settings) {
    Coupling coupling = settings.coupling;
    if (coupling == null) {
      return null;
    }
    if (!(settings.parametrization instanceof FlowTarget)) {
      throw new IllegalArgumentException(
          "coupled noise with predictions of "
              + settings.parametrization
              + ": coupling is for flow matching, where a field needs no independent noise; predict"
              + " a FlowTarget");
    }
    if (settings.condition != null) {
      throw new IllegalArgumentException(
          "coupled noise with a condition: given the condition, noise would not have the law that"
              + " sampling starts from; use independent pairs");
    }
    return new BatchCoupling(coupling, settings.sde.noise().grid(), settings.data.channels());
  }

  /** {@code y = x₀ − m} of the functions that are drawn, {@code size × channels × points}. */
  private double[] independent(int size, NoiseSource noise) {
    int block = channels * grid.size();
    double[] clean = new double[size * block];
    double[] function = new double[block];
    for (int i = 0; i < size; i++) {
      data.read(choice(noise, i), function, 0);
      settings.augmentation.apply(grid, channels, function, augmentation(noise, i));
      for (int j = 0; j < block; j++) {
        clean[i * block + j] = function[j] - mean[j];
      }
    }
    return projected(clean);
  }

  /** Which function of the data a sample takes. */
  int choice(NoiseSource noise, int sample) {
    return noise.withStream(CHOICES).uniform(sample).nextInt(data.size());
  }

  /** The same numbers for function and context. */
  static UniformRandomProvider augmentation(NoiseSource noise, int sample) {
    return noise.withStream(AUGMENTATIONS).uniform(sample);
  }

  /** {@code ξ}, {@code size × channels × points}. */
  double[] noise(int size, NoiseSource noise) {
    INDArray array = noiseArray;
    if (array == null || array.size(0) != size) {
      if (array != null) {
        array.close();
      }
      array = FunctionBatch.zeros(grid, DataType.DOUBLE, size, channels);
      noiseArray = array;
    }
    settings.sde.noise().sample(noise.withStream(NOISE), array);
    double[] xi = new double[size * channels * grid.size()];
    FunctionBatch.read(array, xi);
    return projected(xi);
  }

  private double[] projected(double[] values) {
    if (projection == null) {
      return values;
    }
    double[] out = new double[values.length];
    projection.accumulate(values, out, values.length / grid.size(), scratch);
    return out;
  }

  /**
   * {@code y = x₀ − m} of a part of a batch, {@code size × channels × points}.
   *
   * @param part which part
   * @param whole the source of the whole batch
   */
  double[] clean(BatchPart part, NoiseSource whole) {
    if (coupling == null) {
      return independent(part.size(), whole.withFirstSample(whole.firstSample() + part.first()));
    }
    int block = channels * grid.size();
    double[] all =
        coupling.data(
            part.total(),
            whole.withStream(COUPLING),
            size -> independent(size, whole),
            size -> noise(size, whole));
    int from = part.first() * block;
    return Arrays.copyOfRange(all, from, from + part.size() * block);
  }
}
