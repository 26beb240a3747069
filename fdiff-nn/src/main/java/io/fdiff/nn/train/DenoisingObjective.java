package io.fdiff.nn.train;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.LeadingModes;
import io.fdiff.nn.LevelFeatures;
import io.fdiff.nn.MeanFunction;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NoiseLevel;
import io.fdiff.nn.Preconditioning;
import io.fdiff.noise.NoiseSource;
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
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Denoising: {@code E ‖F(c_in x̃, ln(ς/τ)) − (x₀ − m − c_skip x̃)/c_out‖²/|D|} with {@code x_t =
 * τx₀ + ςξ}, {@code ξ ~ N(0, R)}, {@code x̃ = x_t − τm}, in the {@code L²} norm by quadrature and
 * summed over channels (Karras et al. 2022, unit weight on {@code F}).
 *
 * <p>Data are drawn uniformly with replacement. Times are log-uniform on {@code [t_min, T]} and of
 * low discrepancy over the batch: {@code t_i = t_min (T/t_min)^{(u + i/B) mod 1}} with one {@code
 * u} a batch. Not thread-safe: the arrays of a batch are used again.
 */
public final class DenoisingObjective implements Objective {

  private static final String TARGET = "target";
  private static final String WEIGHTS = "weights";
  private static final long TIMES = 1;
  private static final long CHOICES = 2;
  private static final long NOISE = 3;

  private final SDE sde;
  private final Grid grid;
  private final double smallestTime;
  private final Preconditioning preconditioning;
  private final int channels;
  private final int functions;
  private final double[] centred;
  private final @Nullable Multiplier projection;
  private @Nullable Buffers buffers;

  /** The arrays of one batch size. */
  private static final class Buffers {
    final DataType type;
    final int size;
    final double[] inputs;
    final double[] targets;
    final double[] levels;
    final double[] noise;
    final double[] confinedNoise;
    final INDArray noiseArray;
    final Map<String, INDArray> arrays = new HashMap<>();

    Buffers(NetworkConfig config, DataType type, int size, Grid grid) {
      this.type = type;
      this.size = size;
      int channels = config.channels();
      int points = grid.size();
      this.inputs = new double[points * size * channels];
      this.targets = new double[inputs.length];
      this.levels = new double[size * config.levelFeatures()];
      this.noise = new double[inputs.length];
      this.confinedNoise = new double[inputs.length];
      this.noiseArray = FunctionBatch.zeros(grid, DataType.DOUBLE, size, channels);
      double[] weights = new double[inputs.length];
      for (int p = 0, at = 0; p < points; p++) {
        double w = grid.weight(p) / (grid.measure() * size);
        for (int i = 0; i < size * channels; i++, at++) {
          weights[at] = w;
        }
      }
      for (String name : new String[] {GraphContext.VALUES, TARGET, WEIGHTS}) {
        arrays.put(name, Nd4j.createUninitialized(type, points, size, channels));
      }
      arrays.put(GraphContext.LEVEL, Nd4j.createUninitialized(type, size, config.levelFeatures()));
      write(WEIGHTS, weights);
    }

    void write(String name, double[] values) {
      FunctionBatch.write(values, Objects.requireNonNull(arrays.get(name)));
    }

    boolean fits(DataType otherType, int otherSize, NetworkConfig config) {
      return type == otherType
          && size == otherSize
          && levels.length == otherSize * config.levelFeatures();
    }

    void close() {
      arrays.values().forEach(INDArray::close);
      noiseArray.close();
    }
  }

  private DenoisingObjective(
      SDE sde,
      INDArray data,
      Function<Grid, INDArray> mean,
      Preconditioning preconditioning,
      double smallestTime) {
    this.sde = Objects.requireNonNull(sde, "sde");
    this.preconditioning = Objects.requireNonNull(preconditioning, "preconditioning");
    this.smallestTime = smallestTime;
    this.projection = null;
    this.grid = sde.noise().grid();
    if (!(smallestTime > 0 && smallestTime < sde.horizon())) {
      throw new IllegalArgumentException(
          "smallest time " + smallestTime + " is not in (0, " + sde.horizon() + ")");
    }
    // Also refuses a process with multipliers per mode before any step.
    double range = NoiseLevel.of(sde, sde.horizon()).logRatio();
    if (!Double.isFinite(range)) {
      throw new IllegalArgumentException(
          "noise-to-signal ratio e^"
              + range
              + " at the horizon is not finite: use a smaller horizon");
    }
    FunctionBatch batch = FunctionBatch.of(grid, data);
    this.channels = batch.channels();
    this.functions = batch.batch();
    this.centred = batch.toDoubles();
    int block = channels * grid.size();
    for (int i = 0; i < centred.length; i++) {
      if (!Double.isFinite(centred[i])) {
        throw new IllegalArgumentException(
            "function "
                + i / block
                + " of the data contains "
                + centred[i]
                + ": fill or drop missing values before training");
      }
    }
    double[] m = new MeanFunction(mean, channels).values(grid);
    for (int i = 0; i < centred.length; i++) {
      centred[i] -= m[i % block];
    }
  }

  private DenoisingObjective(DenoisingObjective base, Multiplier projection) {
    this.sde = base.sde;
    this.grid = base.grid;
    this.smallestTime = base.smallestTime;
    this.preconditioning = base.preconditioning;
    this.channels = base.channels;
    this.functions = base.functions;
    this.centred = new double[base.centred.length];
    this.projection = projection;
    projection.accumulate(base.centred, centred, functions * channels);
  }

  /**
   * The objective of a data set.
   *
   * @param sde forward process with scalar multipliers, on the grid of the data
   * @param data {@code [functions, channels, n1, …, nd]}, FLOAT or DOUBLE; copied
   * @param mean gives {@code m} on the grid, {@code [1, channels, n1, …, nd]}
   * @param preconditioning the factors of the denoiser
   * @param smallestTime {@code t_min} in {@code (0, T)}
   * @return the objective
   * @throws IllegalArgumentException if shapes do not fit, a value of the data is not finite, the
   *     time is out of range, or the process has multipliers per mode
   */
  public static DenoisingObjective of(
      SDE sde,
      INDArray data,
      Function<Grid, INDArray> mean,
      Preconditioning preconditioning,
      double smallestTime) {
    return new DenoisingObjective(sde, data, mean, preconditioning, smallestTime);
  }

  /**
   * The same objective with data and noise projected: it trains a network for {@link
   * io.fdiff.nn.NeuralDenoiser#confinedTo}.
   *
   * @param modes the modes that the network sees and corrects
   * @return the confined objective
   */
  public DenoisingObjective confinedTo(LeadingModes modes) {
    return new DenoisingObjective(this, modes.on(grid));
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public SDVariable loss(GraphContext context, SDVariable output) {
    SDVariable target = context.input(TARGET, -1, -1, channels);
    SDVariable weights = context.input(WEIGHTS, -1, -1, channels);
    return context.graph().math().square(output.sub(target)).mul(weights).sum();
  }

  @Override
  public Map<String, INDArray> batch(
      NetworkConfig config, DataType type, int size, NoiseSource noise) {
    if (config.channels() != channels) {
      throw new IllegalArgumentException(
          "network of "
              + config.channels()
              + " channels for data with "
              + channels
              + ": configure the network with the channels of the data");
    }
    Buffers b = buffers;
    if (b == null || !b.fits(type, size, config)) {
      if (b != null) {
        b.close();
      }
      b = new Buffers(config, type, size, grid);
      buffers = b;
    }
    sde.noise().sample(noise.withStream(NOISE), b.noiseArray);
    FunctionBatch.read(b.noiseArray, b.noise);
    double[] xis = b.noise;
    if (projection != null) {
      Arrays.fill(b.confinedNoise, 0);
      projection.accumulate(b.noise, b.confinedNoise, size * channels);
      xis = b.confinedNoise;
    }
    LevelFeatures features = new LevelFeatures(config.levelFeatures());
    double u = noise.withStream(TIMES).uniform(0).nextDouble();
    double range = Math.log(sde.horizon() / smallestTime);
    NoiseSource choices = noise.withStream(CHOICES);
    int points = grid.size();
    for (int i = 0; i < size; i++) {
      double fraction = (u + (double) i / size) % 1;
      double t = Math.min(sde.horizon(), smallestTime * Math.exp(range * fraction));
      NoiseLevel level = NoiseLevel.of(sde, t);
      features.write(level.logRatio(), b.levels, i * config.levelFeatures());
      double in = preconditioning.in(level);
      int function = choices.uniform(i).nextInt(functions);
      for (int c = 0; c < channels; c++) {
        int from = (function * channels + c) * points;
        int row = (i * channels + c) * points;
        for (int p = 0; p < points; p++) {
          double y = centred[from + p];
          double xi = xis[row + p];
          int at = (p * size + i) * channels + c;
          b.inputs[at] = in * (level.tau() * y + level.sigma() * xi);
          b.targets[at] = preconditioning.target(y, xi, level);
        }
      }
    }
    b.write(GraphContext.VALUES, b.inputs);
    b.write(TARGET, b.targets);
    b.write(GraphContext.LEVEL, b.levels);
    return b.arrays;
  }
}
