package io.fdiff.nn;

import io.fdiff.denoise.Denoiser;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A learned denoiser {@code D(x, t) = m + c_skip x̃ + c_out F(c_in x̃, ln(ς/τ))}, {@code x̃ = x −
 * τm}, with a network {@code F}, the mean function {@code m} of the data, and the factors of {@link
 * Preconditioning}.
 *
 * <p>With {@code F = 0} it is the exact denoiser of the Gaussian measure {@code N(m, ρR)}. The same
 * weights serve any grid, see {@link #on}. Processes with scalar multipliers only.
 *
 * <p>A batch is evaluated in chunks of a bounded number of points, fixed by the grid alone. Equal
 * batches give equal bits; a sample in another batch or at another place in it differs by rounding
 * (about 2·10⁻⁷ of the values in FLOAT), as matrix products do. Not thread-safe: give each thread
 * its own {@code on(grid)}.
 */
public final class NeuralDenoiser implements Denoiser, AutoCloseable {

  /** Points of a chunk, all samples together. */
  private static final int CHUNK_POINTS = 1 << 14;

  private final Network network;
  private final ParameterVector parameters;
  private final SDE sde;
  private final Function<Grid, INDArray> mean;
  private final Preconditioning preconditioning;
  private final @Nullable LeadingModes corrected;
  private final Grid grid;
  private final double[] meanValues;
  private final NetworkFunction function;
  private final Map<String, INDArray> gridInputs;
  private final LevelFeatures features;
  private final @Nullable Multiplier projection;

  private NeuralDenoiser(
      Network network,
      ParameterVector parameters,
      SDE sde,
      Function<Grid, INDArray> mean,
      Preconditioning preconditioning,
      @Nullable LeadingModes corrected) {
    this.network = Objects.requireNonNull(network, "network");
    this.parameters = Objects.requireNonNull(parameters, "parameters");
    this.sde = Objects.requireNonNull(sde, "sde");
    this.mean = Objects.requireNonNull(mean, "mean");
    this.preconditioning = Objects.requireNonNull(preconditioning, "preconditioning");
    this.corrected = corrected;
    this.grid = sde.noise().grid();
    this.projection = corrected == null ? null : corrected.on(grid);
    this.meanValues = new MeanFunction(mean, network.config().channels()).values(grid);
    this.gridInputs = network.gridInputs(grid, parameters.type());
    this.function = NetworkFunction.of(network, parameters, grid);
    this.features = new LevelFeatures(network.config().levelFeatures());
  }

  /**
   * A denoiser from its parts.
   *
   * @param network the architecture of {@code F}
   * @param parameters its weights; read at each call
   * @param sde the forward process, on the grid of the states
   * @param mean gives {@code m} on any grid of the domain, {@code [1, channels, n1, …, nd]}
   * @param preconditioning the factors
   * @return the denoiser
   * @throws IllegalArgumentException if the network cannot run on the grid or the mean does not fit
   */
  public static NeuralDenoiser of(
      Network network,
      ParameterVector parameters,
      SDE sde,
      Function<Grid, INDArray> mean,
      Preconditioning preconditioning) {
    return new NeuralDenoiser(network, parameters, sde, mean, preconditioning, null);
  }

  /**
   * The same denoiser with the network confined to some modes: {@code D = m + c_skip x̃ + c_out Π
   * F(c_in Π x̃, ln(ς/τ))}, so that the others are denoised as those of the Gaussian measure {@code
   * N(m, ρR)}. For a network that was trained so, see {@code DenoisingObjective}.
   *
   * @param modes the modes of {@code Π}
   * @return the confined denoiser
   */
  public NeuralDenoiser confinedTo(LeadingModes modes) {
    return new NeuralDenoiser(
        network, parameters, sde, mean, preconditioning, Objects.requireNonNull(modes, "modes"));
  }

  /**
   * The same denoiser on another grid of the domain, with memory of its own.
   *
   * @param other the grid; may be the present one, for another thread
   * @return the denoiser there
   * @throws IllegalArgumentException if the network cannot run on the grid
   */
  public NeuralDenoiser on(Grid other) {
    return new NeuralDenoiser(network, parameters, sde.on(other), mean, preconditioning, corrected);
  }

  /**
   * The forward process, on the grid of the states.
   *
   * @return the process
   */
  public SDE sde() {
    return sde;
  }

  /**
   * The weights; changing them changes the denoiser.
   *
   * @return the parameter vector
   */
  public ParameterVector parameters() {
    return parameters;
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(grid, xt);
    int channels = network.config().channels();
    if (batch.channels() != channels) {
      throw new IllegalArgumentException(
          "states with " + batch.channels() + " channels: the network maps " + channels);
    }
    if (t.length() != batch.batch()) {
      throw new IllegalArgumentException(
          "times of shape "
              + Arrays.toString(t.shape())
              + " for "
              + batch.batch()
              + " functions: give one time each");
    }
    double[] times = t.castTo(DataType.DOUBLE).dup('c').reshape(t.length()).toDoubleVector();
    for (int b = 0; b < times.length; b++) {
      // A horizon that is no float is rounded on its way through an array of FLOAT.
      if (t.dataType() == DataType.FLOAT && times[b] == (float) sde.horizon()) {
        times[b] = sde.horizon();
      }
    }
    int chunk = Math.max(1, CHUNK_POINTS / grid.size());
    return batch.map(
        (in, out, rows) -> {
          for (int from = 0; from < times.length; from += chunk) {
            denoise(in, out, times, from, Math.min(chunk, times.length - from));
          }
        });
  }

  private void denoise(double[] in, double[] out, double[] times, int from, int count) {
    int points = grid.size();
    int channels = network.config().channels();
    NoiseLevel[] levels = new NoiseLevel[count];
    double[] level = new double[count * features.count()];
    double[] values = new double[points * count * channels];
    double[] centred = new double[values.length];
    for (int b = 0; b < count; b++) {
      levels[b] = NoiseLevel.of(sde, times[from + b]);
      features.write(levels[b].logRatio(), level, b * features.count());
      double tau = levels[b].tau();
      for (int c = 0; c < channels; c++) {
        int local = (b * channels + c) * points;
        int row = from * channels * points + local;
        for (int p = 0; p < points; p++) {
          centred[local + p] = in[row + p] - tau * meanValues[c * points + p];
        }
      }
    }
    double[] seen = projected(centred, count * channels);
    for (int b = 0; b < count; b++) {
      double scale = preconditioning.in(levels[b]);
      for (int c = 0; c < channels; c++) {
        int row = (b * channels + c) * points;
        for (int p = 0; p < points; p++) {
          values[(p * count + b) * channels + c] = scale * seen[row + p];
        }
      }
    }
    INDArray valueArray = Nd4j.createUninitialized(parameters.type(), points, count, channels);
    INDArray levelArray = Nd4j.createUninitialized(parameters.type(), count, features.count());
    try {
      FunctionBatch.write(values, valueArray);
      FunctionBatch.write(level, levelArray);
      Map<String, INDArray> inputs = new HashMap<>(gridInputs);
      inputs.put(GraphContext.VALUES, valueArray);
      inputs.put(GraphContext.LEVEL, levelArray);
      function.evaluate(inputs, result -> FunctionBatch.read(result, values));
    } finally {
      valueArray.close();
      levelArray.close();
    }
    double[] correction = new double[values.length];
    for (int b = 0; b < count; b++) {
      double gain = preconditioning.out(levels[b]);
      for (int c = 0; c < channels; c++) {
        int row = (b * channels + c) * points;
        for (int p = 0; p < points; p++) {
          correction[row + p] = gain * values[(p * count + b) * channels + c];
        }
      }
    }
    double[] confined = projected(correction, count * channels);
    for (int b = 0; b < count; b++) {
      double skip = preconditioning.skip(levels[b]);
      for (int c = 0; c < channels; c++) {
        int local = (b * channels + c) * points;
        int row = from * channels * points + local;
        for (int p = 0; p < points; p++) {
          out[row + p] =
              meanValues[c * points + p] + skip * centred[local + p] + confined[local + p];
        }
      }
    }
  }

  /** Frees the memory of activations; a later call allocates it again. */
  @Override
  public void close() {
    function.close();
  }

  private double[] projected(double[] values, int rows) {
    if (projection == null) {
      return values;
    }
    double[] result = new double[values.length];
    projection.accumulate(values, result, rows);
    return result;
  }
}
