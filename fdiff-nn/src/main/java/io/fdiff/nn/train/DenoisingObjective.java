package io.fdiff.nn.train;

import io.fdiff.flow.Coupling;
import io.fdiff.flow.FlowPath;
import io.fdiff.nn.Condition;
import io.fdiff.nn.FlowTarget;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.LeadingModes;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.Parametrization;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.data.Augmentation;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.nn.loss.LossNorm;
import io.fdiff.nn.loss.LossWeight;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.SDE;
import io.fdiff.space.Grid;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Denoising: {@code E w(t) ‖F(c_in x̃, ℓ) − (c_clean y + c_noise ξ)‖²/|D|} with {@code x_t = τx₀ +
 * ςξ}, {@code ξ ~ N(0, R)}, {@code x̃ = x_t − τm}, {@code y = x₀ − m}: what the network predicts is
 * a {@link Parametrization}, the norm a {@link LossNorm}, the weight a {@link LossWeight}, the law
 * of the times a {@link TimeDistribution}. Flow matching is the same on the process of a path, see
 * {@link #flow}; a network that is told a condition learns {@code E[X₀ | X_t, y]}, see {@link
 * #given}.
 *
 * <p>By default: mean 0, {@link Preconditioning#UNIT}, {@code L²}, unit weight on {@code F}, times
 * log-uniform on {@code [10⁻⁵ T, T]} and of low discrepancy over the batch. Data are drawn
 * uniformly with replacement. Copies are made by the methods {@code with…}; a copy shares the data.
 *
 * <p>A batch depends on the noise source and the arguments alone: times, choices, noise, drops,
 * augmentations and points are addressed by its streams. Not thread-safe: two sets of arrays are
 * used in turn, so that the arrays of a batch stay valid until the call after the next.
 */
public final class DenoisingObjective implements Objective {

  private final DenoisingSettings settings;
  private final DenoisingBatches batches;

  private DenoisingObjective(DenoisingSettings settings) {
    this.settings = settings;
    this.batches = new DenoisingBatches(settings);
  }

  /**
   * The objective of a data set with the defaults.
   *
   * @param sde forward process, on the grid of the data
   * @param data the functions
   * @return the objective
   * @throws IllegalArgumentException if the grids differ
   */
  public static DenoisingObjective of(SDE sde, TrainingData data) {
    return new DenoisingObjective(new DenoisingSettings(sde, data));
  }

  /**
   * The objective of functions in an array with the defaults.
   *
   * @param sde forward process, on the grid of the data
   * @param data {@code [functions, channels, n1, …, nd]}, FLOAT or DOUBLE; copied
   * @return the objective
   * @throws IllegalArgumentException if shapes do not fit or a value of the data is not finite
   */
  public static DenoisingObjective of(SDE sde, INDArray data) {
    return of(sde, TrainingData.of(sde.noise().grid(), data));
  }

  /**
   * The objective of functions in an array, with log-uniform times.
   *
   * @param sde forward process, on the grid of the data
   * @param data {@code [functions, channels, n1, …, nd]}, FLOAT or DOUBLE; copied
   * @param mean gives {@code m} on the grid, {@code [1, channels, n1, …, nd]}
   * @param parametrization what the network predicts
   * @param smallestTime {@code t_min} in {@code (0, T)}
   * @return the objective
   * @throws IllegalArgumentException if shapes do not fit, a value of the data is not finite, or
   *     the time is out of range
   */
  public static DenoisingObjective of(
      SDE sde,
      INDArray data,
      Function<Grid, INDArray> mean,
      Parametrization parametrization,
      double smallestTime) {
    if (!(smallestTime > 0 && smallestTime < sde.horizon())) {
      throw new IllegalArgumentException(
          "smallest time "
              + smallestTime
              + " is not in (0, "
              + sde.horizon()
              + "): give a time within that of the process");
    }
    DenoisingSettings settings =
        new DenoisingSettings(sde, TrainingData.of(sde.noise().grid(), data));
    settings.mean = Objects.requireNonNull(mean, "mean");
    settings.parametrization = Objects.requireNonNull(parametrization, "parametrization");
    settings.times = TimeDistribution.logUniform(smallestTime, sde.horizon());
    return new DenoisingObjective(settings);
  }

  /**
   * Flow matching with independent coupling, see {@link #withCoupling}: {@code E ‖u_θ(X_t, t) −
   * (α'X₁ + β'X₀)‖²} on {@code X_t = αX₁ + βX₀}, times uniform (Kerrigan, Migliorini and Smyth
   * 2024). The network predicts the velocity; with {@link FlowTarget#clean} it predicts the data.
   *
   * @param path path from the Gaussian reference to the data
   * @param data the functions, on the grid of the path
   * @return the objective, of the process {@link FlowPath#process()} in time {@code s = 1 − t}
   * @throws IllegalArgumentException if the grids differ
   */
  public static DenoisingObjective flow(FlowPath path, TrainingData data) {
    DenoisingSettings settings = new DenoisingSettings(path.process(), data);
    settings.parametrization = FlowTarget.velocity(path);
    settings.times = TimeDistribution.uniform(DenoisingSettings.SMALLEST_TIME, 1);
    return new DenoisingObjective(settings);
  }

  private DenoisingSettings copy() {
    return new DenoisingSettings(settings);
  }

  /**
   * The same objective with a mean function.
   *
   * @param mean gives {@code m} on the grid, {@code [1, channels, n1, …, nd]}
   * @return the changed copy
   * @throws IllegalArgumentException if the mean does not fit
   */
  public DenoisingObjective withMean(Function<Grid, INDArray> mean) {
    DenoisingSettings copy = copy();
    copy.mean = Objects.requireNonNull(mean, "mean");
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective for a network that predicts something else.
   *
   * @param parametrization what the network predicts
   * @return the changed copy
   * @throws IllegalArgumentException if the parametrization does not suit the process
   */
  public DenoisingObjective predicting(Parametrization parametrization) {
    DenoisingSettings copy = copy();
    copy.parametrization = Objects.requireNonNull(parametrization, "parametrization");
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective in another norm.
   *
   * @param norm the norm of the error
   * @return the changed copy
   */
  public DenoisingObjective withNorm(LossNorm norm) {
    DenoisingSettings copy = copy();
    copy.norm = Objects.requireNonNull(norm, "norm");
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective with another weight.
   *
   * @param weight the weight of the error at a time
   * @return the changed copy
   */
  public DenoisingObjective withWeight(LossWeight weight) {
    DenoisingSettings copy = copy();
    copy.weight = Objects.requireNonNull(weight, "weight");
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective with another law of the times.
   *
   * @param times the law, within {@code (0, T]}
   * @return the changed copy
   * @throws IllegalArgumentException if the times leave the process
   */
  public DenoisingObjective withTimes(TimeDistribution times) {
    DenoisingSettings copy = copy();
    copy.times = Objects.requireNonNull(times, "times");
    copy.stated = null;
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective with another law of the times, reweighted so that its expectation is that
   * under the law which the weight is stated for (importance sampling): a loss is multiplied by
   * {@code p_stated(t)/p(t)}.
   *
   * @param times the law that times are drawn from
   * @param stated the law that the weight is stated for, within the first
   * @return the changed copy
   * @throws IllegalArgumentException if the times leave the process, or the second law leaves the
   *     first
   */
  public DenoisingObjective withTimes(TimeDistribution times, TimeDistribution stated) {
    if (!(stated.first() >= times.first() && stated.last() <= times.last())) {
      throw new IllegalArgumentException(
          "times drawn from ["
              + times.first()
              + ", "
              + times.last()
              + "] for a loss stated on ["
              + stated.first()
              + ", "
              + stated.last()
              + "]: draw from an interval that holds the other");
    }
    DenoisingSettings copy = copy();
    copy.times = times;
    copy.stated = stated;
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective with independent times in place of those of low discrepancy.
   *
   * @return the changed copy
   */
  public DenoisingObjective withIndependentTimes() {
    DenoisingSettings copy = copy();
    copy.stratified = false;
    return new DenoisingObjective(copy);
  }

  /**
   * Flow matching with noise that meets data by a coupling of the batch in place of independent
   * pairs: {@link Coupling#optimal} makes {@code Σ‖y − ξ‖²} in {@code L²} least (Tong et al. 2024,
   * algorithm 3; Pooladian et al. 2023). Paths cross less and are straighter, so that sampling
   * needs fewer steps.
   *
   * <p>Noise then depends on the data, so that the field is the one of an ordinary differential
   * equation alone: sample by deterministic samplers. All parts of a batch are coupled together.
   *
   * @param coupling how noise meets data
   * @return the changed copy
   * @throws IllegalArgumentException if the network does not predict a {@link FlowTarget}, or the
   *     objective has a condition, given which noise would no longer have the law that sampling
   *     starts from
   */
  public DenoisingObjective withCoupling(Coupling coupling) {
    DenoisingSettings copy = copy();
    copy.coupling = coupling.needsCost() ? coupling : null;
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective with data and noise projected: it trains a network for {@link
   * io.fdiff.nn.NeuralDenoiser#confinedTo}.
   *
   * @param modes the modes that the network sees and corrects
   * @return the confined objective
   */
  public DenoisingObjective confinedTo(LeadingModes modes) {
    DenoisingSettings copy = copy();
    copy.modes = Objects.requireNonNull(modes, "modes");
    return new DenoisingObjective(copy);
  }

  /**
   * The conditional objective: the network is told the condition of its function, and learns {@code
   * E[X₀ | X_t, y]}.
   *
   * @param conditions one for each function of the data
   * @param dropProbability share of samples whose condition is withheld, for classifier-free
   *     guidance (0.1 is customary), in {@code [0, 1]}; 0 never
   * @return the changed copy
   * @throws IllegalArgumentException if the number of conditions is another one or the probability
   *     is out of range
   */
  public DenoisingObjective given(Condition conditions, double dropProbability) {
    if (!(dropProbability >= 0 && dropProbability <= 1)) {
      throw new IllegalArgumentException(
          "drop probability " + dropProbability + " is not in [0, 1]; 0.1 is customary");
    }
    DenoisingSettings copy = copy();
    copy.condition = Objects.requireNonNull(conditions, "conditions");
    copy.dropProbability = dropProbability;
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective with random changes of the data.
   *
   * @param augmentation the change
   * @return the changed copy
   */
  public DenoisingObjective withAugmentation(Augmentation augmentation) {
    DenoisingSettings copy = copy();
    copy.augmentation = Objects.requireNonNull(augmentation, "augmentation");
    return new DenoisingObjective(copy);
  }

  /**
   * The same objective on a random subset of the points, drawn anew for each batch, for networks
   * that are functions of the coordinates: the network still sees the whole state, and the sum over
   * the subset times {@code points/count} has the expectation of the full loss.
   *
   * @param count number of points, at least 1 and at most those of the grid
   * @return the changed copy
   * @throws IllegalArgumentException if the number is out of range
   */
  public DenoisingObjective onPoints(int count) {
    Grid grid = grid();
    if (count < 1 || count > grid.size()) {
      throw new IllegalArgumentException(
          "loss on " + count + " points: " + grid + " has 1 to " + grid.size());
    }
    DenoisingSettings copy = copy();
    copy.points = count;
    return new DenoisingObjective(copy);
  }

  @Override
  public Grid grid() {
    return batches.grid();
  }

  /** The law that the loss is stated for. */
  TimeDistribution statedTimes() {
    return settings.stated != null ? settings.stated : settings.times;
  }

  @Override
  public SDVariable loss(GraphContext context, SDVariable output) {
    return squares(context, output).sum();
  }

  /** The weighted squares {@code [rows, batch, channels]} whose sum is the loss. */
  SDVariable squares(GraphContext context, SDVariable output) {
    int channels = settings.data.channels();
    SDVariable target = context.input(BatchArrays.TARGET, -1, -1, channels);
    SDVariable weights = context.input(BatchArrays.WEIGHTS, -1, -1, channels);
    SDVariable error = batches.form().coordinates(context, output.sub(target), channels);
    return context.graph().math().square(error).mul(weights);
  }

  @Override
  public Map<String, INDArray> batch(
      NetworkConfig config, DataType type, int size, NoiseSource noise) {
    return batches.draw(config, type, BatchPart.whole(size), noise);
  }

  /** Times, points and coupling are those of the whole batch. */
  @Override
  public Map<String, INDArray> batch(
      NetworkConfig config, DataType type, BatchPart part, NoiseSource noise) {
    return batches.draw(config, type, part, noise);
  }
}
