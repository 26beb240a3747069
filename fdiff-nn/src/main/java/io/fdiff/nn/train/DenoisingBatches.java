package io.fdiff.nn.train;

import io.fdiff.nn.Condition;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.CoordinateNetwork;
import io.fdiff.nn.Factors;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.LevelFeatures;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.nn.loss.LossWeight;
import io.fdiff.nn.loss.QuadraticForm;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.apache.commons.rng.UniformRandomProvider;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Draws the batches of a {@link DenoisingObjective} into two sets of arrays in turn. */
final class DenoisingBatches {

  private static final long TIMES = 1;
  private static final long DROPS = 4;
  private static final long POINTS = 6;

  private final DenoisingSettings settings;
  private final SDE sde;
  private final Grid grid;
  private final TrainingData data;
  private final int channels;
  private final DenoisingPairs pairs;
  private final DoubleFunction<Factors> factors;
  private final Multiplier.Scratch scratch = new Multiplier.Scratch();
  private final @Nullable BatchArrays[] arrays = new @Nullable BatchArrays[2];
  private int turn;
  private @Nullable QuadraticForm form;

  DenoisingBatches(DenoisingSettings settings) {
    this.settings = settings;
    this.sde = settings.sde;
    this.grid = sde.noise().grid();
    this.data = settings.data;
    this.channels = data.channels();
    if (!data.grid().equals(grid)) {
      throw new IllegalArgumentException(
          "data on " + data.grid() + ", process on " + grid + ": use sde.on(data.grid())");
    }
    this.pairs = new DenoisingPairs(settings);
    this.factors = settings.parametrization.on(sde);
    TimeDistribution times = settings.times;
    if (!(times.first() > 0 && times.last() <= sde.horizon())) {
      throw new IllegalArgumentException(
          "times from "
              + times.first()
              + " to "
              + times.last()
              + " are not in (0, "
              + sde.horizon()
              + "]: give a law within the time of the process");
    }
    if (settings.condition != null && settings.condition.size() != data.size()) {
      throw new IllegalArgumentException(
          "conditions for "
              + settings.condition.size()
              + " of "
              + data.size()
              + " functions: give one each");
    }
  }

  Grid grid() {
    return grid;
  }

  /** Once everything is set: the network must be told a number at every time. */
  private void requireLevels() {
    for (double t : new double[] {settings.times.first(), settings.times.last()}) {
      double level = factors.apply(t).level();
      if (!Double.isFinite(level)) {
        throw new IllegalArgumentException(
            "noise-to-signal ratio e^"
                + level
                + " at time "
                + t
                + " is not finite: use times where noise and signal are left");
      }
    }
  }

  /** The form of the norm, in modes where weights are one for each mode. */
  synchronized QuadraticForm form() {
    QuadraticForm known = form;
    if (known == null) {
      requireLevels();
      known = settings.norm.on(grid);
      double last = settings.times.last();
      if (!(settings.weight.at(sde, last, factors.apply(last)) instanceof Multiplier.Scalar)) {
        known =
            known.inModes(
                sde.noise()
                    .spectral()
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "weights per mode with noise "
                                    + sde.noise()
                                    + ", which has no modes: use a spectral covariance"))
                    .transform());
      }
      if (settings.points > 0 && !known.pointwise()) {
        throw new IllegalArgumentException(
            "loss on "
                + settings.points
                + " points in the "
                + settings.norm
                + ", which needs all points: use the L² norm and scalar weights");
      }
      form = known;
    }
    return known;
  }

  /** The part's samples of the batch that a source gives; what samples share is the batch's. */
  Map<String, INDArray> draw(
      NetworkConfig config, DataType type, BatchPart part, NoiseSource whole) {
    int size = part.size();
    BatchArrays batch = next(config, type, size);
    int points = grid.size();
    int block = channels * points;
    NoiseSource noise = whole.withFirstSample(whole.firstSample() + part.first());
    double[] clean = pairs.clean(part, whole);
    double[] xi = pairs.noise(size, noise);
    double[] times =
        settings.stratified
            ? stratified(part, whole)
            : settings.times.sample(noise.withStream(TIMES), size);
    int[] subset = settings.points > 0 ? subset(whole.withStream(POINTS)) : null;
    LevelFeatures features = new LevelFeatures(config.levelFeatures());
    for (int i = 0; i < size; i++) {
      double t = times[i];
      Factors here = factors.apply(t);
      features.write(here.level(), batch.levels, i * config.levelFeatures());
      Marginal marginal = sde.marginal(t);
      double[] input = new double[block];
      double[] target = new double[block];
      combine(marginal.mean(), marginal.deviation(), clean, xi, input, i * block);
      scale(here.in(), input);
      combine(here.clean(), here.noise(), clean, xi, target, i * block);
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < points; p++) {
          batch.inputs[(p * size + i) * channels + c] = input[c * points + p];
        }
        int count = subset == null ? points : subset.length;
        for (int s = 0; s < count; s++) {
          int p = subset == null ? s : subset[s];
          batch.targets[(s * size + i) * channels + c] = target[c * points + p];
        }
      }
    }
    weigh(batch, times, subset);
    condition(batch, config, size, noise);
    if (subset != null) {
      batch.choose(subset);
    }
    return batch.written();
  }

  private double[] stratified(BatchPart part, NoiseSource whole) {
    double[] all = settings.times.stratified(whole.withStream(TIMES), part.total());
    return Arrays.copyOfRange(all, part.first(), part.first() + part.size());
  }

  private BatchArrays next(NetworkConfig config, DataType type, int size) {
    int next = 1 - turn;
    BatchArrays batch = arrays[next];
    if (batch == null || !batch.fits(config, type, size)) {
      requireFits(config);
      int rows = form().rows();
      int targets = grid.size();
      if (settings.points > 0) {
        rows = settings.points;
        targets = settings.points;
      }
      BatchArrays fresh =
          new BatchArrays(config, type, size, grid.size(), targets, rows, coordinates(config));
      if (batch != null) {
        batch.close();
      }
      batch = fresh;
      arrays[next] = batch;
    }
    turn = next;
    return batch;
  }

  private void requireFits(NetworkConfig config) {
    if (config.channels() != channels) {
      throw new IllegalArgumentException(
          "network of "
              + config.channels()
              + " channels for data with "
              + channels
              + ": configure the network with the channels of the data");
    }
    if (settings.condition != null) {
      settings.condition.requireFits(config.conditioning(), grid);
    } else if (!config.conditioning().equals(Conditioning.NONE)) {
      throw new IllegalArgumentException(
          "network with "
              + config.conditioning()
              + " and an objective without: give it the conditions of the data");
    }
    if (settings.points > 0 && !(config.network() instanceof CoordinateNetwork)) {
      throw new IllegalArgumentException(
          "loss on "
              + settings.points
              + " points for "
              + config
              + ", which is not a function of the coordinates: use all points");
    }
  }

  /** {@code a y + b ξ} of one sample. */
  private void combine(
      Multiplier a, Multiplier b, double[] y, double[] xi, double[] out, int from) {
    if (a instanceof Multiplier.Scalar first && b instanceof Multiplier.Scalar second) {
      for (int j = 0; j < out.length; j++) {
        out[j] = first.value() * y[from + j] + second.value() * xi[from + j];
      }
    } else {
      double[] clean = Arrays.copyOfRange(y, from, from + out.length);
      double[] noise = Arrays.copyOfRange(xi, from, from + out.length);
      Multiplier.accumulate(a, clean, b, noise, out, channels, scratch);
    }
  }

  private void scale(Multiplier factor, double[] values) {
    if (factor instanceof Multiplier.Scalar scalar) {
      for (int j = 0; j < values.length; j++) {
        values[j] = scalar.value() * values[j];
      }
    } else {
      double[] in = values.clone();
      Arrays.fill(values, 0);
      factor.accumulate(in, values, channels, scratch);
    }
  }

  /** A random subset of the points, each with the same probability. */
  private int[] subset(NoiseSource noise) {
    UniformRandomProvider random = noise.uniform(0);
    int[] points = new int[grid.size()];
    Arrays.setAll(points, p -> p);
    for (int s = 0; s < settings.points; s++) {
      int other = s + random.nextInt(points.length - s);
      int kept = points[s];
      points[s] = points[other];
      points[other] = kept;
    }
    return Arrays.copyOf(points, settings.points);
  }

  /** The coordinates of all points as the network takes them, if only some are used. */
  private @Nullable INDArray coordinates(NetworkConfig config) {
    if (settings.points == 0) {
      return null;
    }
    INDArray all = config.network().gridInputs(grid, DataType.DOUBLE).get(GraphContext.COORDINATES);
    if (all == null) {
      throw new IllegalArgumentException(
          config + " has no input " + GraphContext.COORDINATES + ": use all points");
    }
    return all;
  }

  private void weigh(BatchArrays batch, double[] times, int @Nullable [] subset) {
    boolean constant =
        settings.weight == LossWeight.ON_NETWORK && settings.stated == null && subset == null;
    if (constant && batch.weighted) {
      return;
    }
    QuadraticForm norm = form();
    double[] squares = norm.weights();
    int rows = subset == null ? squares.length : subset.length;
    double share = subset == null ? 1 : (double) grid.size() / subset.length;
    int size = times.length;
    for (int i = 0; i < size; i++) {
      double t = times[i];
      double importance = settings.stated == null ? 1 : settings.times.weight(settings.stated, t);
      Multiplier weight = settings.weight.at(sde, t, factors.apply(t));
      for (int r = 0; r < rows; r++) {
        int row = subset == null ? r : subset[r];
        double w = squares[row] / (grid.measure() * size);
        w *= share * importance * norm.factor(weight, row);
        for (int c = 0; c < channels; c++) {
          batch.weights[(r * size + i) * channels + c] = w;
        }
      }
    }
    batch.writeWeights();
    batch.weighted = constant;
  }

  private void condition(BatchArrays batch, NetworkConfig config, int size, NoiseSource noise) {
    Condition conditions = settings.condition;
    if (conditions == null) {
      return;
    }
    Conditioning conditioning = config.conditioning();
    int contextChannels = conditioning.contextChannels();
    int points = grid.size();
    double[] context = new double[contextChannels * points];
    NoiseSource drops = noise.withStream(DROPS);
    for (int i = 0; i < size; i++) {
      boolean told = !(drops.uniform(i).nextDouble() < settings.dropProbability);
      int function = pairs.choice(noise, i);
      int features = conditioning.features();
      if (told) {
        conditions.writeFeatures(conditioning, function, batch.condition, i * features);
      } else {
        Arrays.fill(batch.condition, i * features, (i + 1) * features, 0);
      }
      if (contextChannels > 0) {
        Arrays.fill(context, 0);
        if (told) {
          conditions.readContext(function, context);
          settings.augmentation.apply(
              grid, contextChannels, context, DenoisingPairs.augmentation(noise, i));
        }
        for (int c = 0; c < contextChannels; c++) {
          for (int p = 0; p < points; p++) {
            batch.context[(p * size + i) * contextChannels + c] = context[c * points + p];
          }
        }
      }
    }
  }
}
