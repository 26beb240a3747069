package io.fdiff.nn;

import io.fdiff.denoise.DifferentiableDenoiser;
import io.fdiff.nn.engine.Profile;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A learned denoiser {@code D(x, t) = m + c_skip x̃ + c_out F(c_in x̃, ℓ)}, {@code x̃ = x − τm},
 * with a network {@code F}, the mean function {@code m} of the data, and the factors of a {@link
 * Parametrization}, numbers or one for each mode.
 *
 * <p>With {@link Preconditioning} and {@code F = 0} it is the exact denoiser of the Gaussian
 * measure {@code N(m, ρR)}. The same weights serve any grid, see {@link #on}. A network with
 * conditions runs without them (all zeros) unless it is {@link #given} one.
 *
 * <p>A batch is evaluated in chunks of a bounded number of points, fixed by the grid alone. Equal
 * batches give equal bits; a sample in another batch or at another place in it differs by rounding
 * (about 2·10⁻⁷ of the values in FLOAT), as matrix products do. Not thread-safe: give each thread
 * its own {@code on(grid)}. Copies by {@code given} and {@code confinedTo} work in the memory of
 * the original and belong to its thread.
 */
public final class NeuralDenoiser implements DifferentiableDenoiser, AutoCloseable {

  /** Points of a chunk, all samples together. */
  private static final int CHUNK_POINTS = 1 << 14;

  /** The parts that do not depend on the grid. */
  private record Model(
      Network network,
      ParameterVector parameters,
      Function<Grid, INDArray> mean,
      Parametrization parametrization,
      @Nullable LeadingModes corrected) {}

  private final Model model;
  private final SDE sde;
  private final Grid grid;
  private final int channels;
  private final double[] meanValues;
  private final DoubleFunction<Factors> factors;
  private final NetworkCall call;
  private final LevelFeatures features;
  private final Rows rows;
  private final @Nullable Multiplier projection;
  private final @Nullable Condition condition;

  private NeuralDenoiser(
      Model model, SDE sde, @Nullable NetworkCall call, @Nullable Condition condition) {
    this.model = model;
    this.sde = Objects.requireNonNull(sde, "sde");
    this.grid = sde.noise().grid();
    NetworkConfig config = model.network().config();
    this.channels = config.channels();
    if (condition != null) {
      condition.requireFits(config.conditioning(), grid);
    }
    this.condition = condition;
    this.projection = model.corrected() == null ? null : model.corrected().on(grid);
    this.meanValues = new MeanFunction(model.mean(), channels).values(grid);
    this.factors = model.parametrization().on(sde);
    this.rows = new Rows(sde);
    this.features = new LevelFeatures(config.levelFeatures());
    this.call = call != null ? call : new NetworkCall(model.network(), model.parameters(), grid);
  }

  /**
   * A denoiser from its parts.
   *
   * @param network the architecture of {@code F}
   * @param parameters its weights; read at each call
   * @param sde the forward process, on the grid of the states
   * @param mean gives {@code m} on any grid of the domain, {@code [1, channels, n1, …, nd]}
   * @param parametrization what the network predicts
   * @return the denoiser
   * @throws IllegalArgumentException if the network cannot run on the grid, the mean does not fit,
   *     or the parametrization does not suit the process
   */
  public static NeuralDenoiser of(
      Network network,
      ParameterVector parameters,
      SDE sde,
      Function<Grid, INDArray> mean,
      Parametrization parametrization) {
    Model model =
        new Model(
            Objects.requireNonNull(network, "network"),
            Objects.requireNonNull(parameters, "parameters"),
            Objects.requireNonNull(mean, "mean"),
            Objects.requireNonNull(parametrization, "parametrization"),
            null);
    return new NeuralDenoiser(model, sde, null, null);
  }

  /**
   * The same denoiser with the network confined to some modes: {@code D = m + c_skip x̃ + Π c_out
   * F(c_in Π x̃, ℓ)}, so that with {@link Preconditioning} the others are denoised as those of the
   * Gaussian measure {@code N(m, ρR)}. For a network that was trained so, see {@code
   * DenoisingObjective}.
   *
   * @param modes the modes of {@code Π}
   * @return the confined denoiser
   */
  public NeuralDenoiser confinedTo(LeadingModes modes) {
    Model confined =
        new Model(
            model.network(),
            model.parameters(),
            model.mean(),
            model.parametrization(),
            Objects.requireNonNull(modes, "modes"));
    return new NeuralDenoiser(confined, sde, call, condition);
  }

  /**
   * The conditional denoiser {@code D(x, t, y)}.
   *
   * @param y for one sample, which serves any batch, or for as many as the batches to come
   * @return the denoiser under the condition
   * @throws IllegalArgumentException if the network is not built for it, or shapes do not fit the
   *     grid
   */
  public NeuralDenoiser given(Condition y) {
    return new NeuralDenoiser(model, sde, call, Objects.requireNonNull(y, "y"));
  }

  /**
   * The denoiser with the condition withheld.
   *
   * @return {@code D(x, t, ∅)}
   */
  public NeuralDenoiser withheld() {
    return new NeuralDenoiser(model, sde, call, null);
  }

  /**
   * Classifier-free guidance {@code D_∅ + w(D_y − D_∅)} (Ho and Salimans 2022); the network must
   * have been trained with conditions dropped now and then.
   *
   * @param y the condition
   * @param weight {@code w}: 0 unconditional, 1 conditional, above 1 stronger
   * @return the guided denoiser, in the memory of this one
   * @throws IllegalArgumentException as {@link #given}, or if the weight is not finite
   */
  public GuidedDenoiser guided(Condition y, double weight) {
    return GuidedDenoiser.of(withheld(), given(y), weight);
  }

  /**
   * The same denoiser on another grid of the domain, with memory of its own.
   *
   * @param other the grid; may be the present one, for another thread
   * @return the denoiser there, under the same condition
   * @throws IllegalArgumentException if the network cannot run on the grid, or the condition has
   *     context functions on another one: give the condition after moving
   */
  public NeuralDenoiser on(Grid other) {
    return new NeuralDenoiser(model, sde.on(other), null, condition);
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
    return model.parameters();
  }

  /**
   * Denoises a batch.
   *
   * @param xt states {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t forward times {@code [batch]}, each in {@code (0, T]}. Not modified.
   * @return {@code D(x_t, t)}, a fresh array of the shape and type of {@code xt}
   * @throws IllegalArgumentException if shapes do not fit, a time is not in {@code (0, T]} or the
   *     condition is for another number of samples
   */
  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    return read(xt, times(xt, t), (f, time) -> new Factors.Readout(1, f.skip(), f.out()));
  }

  /** What is made of state and network at a time. */
  @FunctionalInterface
  interface Reading {
    Factors.Readout at(Factors factors, double time);
  }

  /** {@code mean · m + skip x̃ + out F}. */
  INDArray read(INDArray xt, double[] times, Reading reading) {
    return chunks(
        xt,
        times.length,
        (in, out, from, count) -> {
          Run[] runs = runs(times, from, count, reading);
          NetworkCall.Inputs inputs = call.inputs(count);
          double[] centred = centre(in, runs, from, count);
          prepare(inputs, runs, centred.clone(), from);
          inputs.evaluate();
          double[] correction = inputs.result();
          int block = block();
          for (Run run : runs) {
            rows.scale(run.readout.out(), correction, run.first * block, run.end * block);
          }
          project(correction);
          for (Run run : runs) {
            int first = run.first * block;
            rows.scale(run.readout.skip(), centred, first, run.end * block);
            double share = run.readout.mean();
            for (int i = first; i < run.end * block; i++) {
              double m = meanValues[i % block];
              out.set(from * block + i, share * m + centred[i] + correction[i]);
            }
          }
        });
  }

  @Override
  public INDArray vjp(INDArray xt, INDArray t, INDArray cotangent) {
    double[] times = times(xt, t);
    FunctionBatch.of(grid, xt).requireSameShape(FunctionBatch.of(grid, cotangent));
    RealBlock w = RealBlock.of(cotangent);
    return chunks(
        xt,
        times.length,
        (in, out, from, count) -> {
          Run[] runs =
              runs(times, from, count, (f, time) -> new Factors.Readout(1, f.skip(), f.out()));
          NetworkCall.Inputs inputs = call.inputs(count);
          int block = block();
          double[] through = new double[count * block];
          for (int i = 0; i < through.length; i++) {
            through[i] = w.get(from * block + i);
          }
          double[] direct = through.clone();
          projectTransposed(through);
          for (Run run : runs) {
            int first = run.first * block;
            rows.scaleTransposed(run.readout.out(), through, first, run.end * block);
            rows.scaleTransposed(run.readout.skip(), direct, first, run.end * block);
          }
          inputs.put(through, inputs.cotangent);
          prepare(inputs, runs, centre(in, runs, from, count), from);
          inputs.evaluateAdjoint();
          double[] back = inputs.result();
          for (Run run : runs) {
            rows.scaleTransposed(run.factors.in(), back, run.first * block, run.end * block);
          }
          projectTransposed(back);
          for (int i = 0; i < back.length; i++) {
            out.set(from * block + i, direct[i] + back[i]);
          }
        });
  }

  /** Neighbours of a chunk that share a time. */
  private static final class Run {
    final int first;
    final int end;
    final Factors factors;
    final Factors.Readout readout;
    final double[] meanAtTime;

    Run(int first, int end, Factors factors, Factors.Readout readout, double[] meanAtTime) {
      this.first = first;
      this.end = end;
      this.factors = factors;
      this.readout = readout;
      this.meanAtTime = meanAtTime;
    }
  }

  private interface Chunk {
    void apply(RealBlock in, RealBlock out, int from, int count);
  }

  private INDArray chunks(INDArray xt, int batch, Chunk chunk) {
    RealBlock in = RealBlock.of(xt);
    RealBlock out = RealBlock.zeros(xt.dataType(), Math.toIntExact(xt.length()));
    int size = Math.max(1, CHUNK_POINTS / grid.size());
    for (int from = 0; from < batch; from += size) {
      chunk.apply(in, out, from, Math.min(size, batch - from));
    }
    INDArray result = Nd4j.createUninitialized(xt.dataType(), xt.shape(), 'c');
    out.write(result);
    return result;
  }

  private int block() {
    return channels * grid.size();
  }

  private double[] times(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(grid, xt);
    if (batch.channels() != channels) {
      throw new IllegalArgumentException(
          "states with "
              + batch.channels()
              + " channels: the network maps "
              + channels
              + "; configure it with the channels of the data");
    }
    if (t.length() != batch.batch()) {
      throw new IllegalArgumentException(
          "times of shape "
              + Arrays.toString(t.shape())
              + " for "
              + batch.batch()
              + " functions: give one time each");
    }
    if (condition != null && condition.size() != 1 && condition.size() != batch.batch()) {
      throw new IllegalArgumentException(
          "condition for "
              + condition.size()
              + " samples and "
              + batch.batch()
              + " functions: give one condition each, or one for all");
    }
    double[] times = t.castTo(DataType.DOUBLE).dup('c').reshape(t.length()).toDoubleVector();
    for (int b = 0; b < times.length; b++) {
      // A horizon that is no float is rounded on its way through an array of FLOAT.
      if (t.dataType() == DataType.FLOAT && times[b] == (float) sde.horizon()) {
        times[b] = sde.horizon();
      }
    }
    return times;
  }

  private Run[] runs(double[] times, int from, int count, Reading reading) {
    Run[] runs = new Run[count];
    int found = 0;
    for (int first = 0, end; first < count; first = end) {
      double time = times[from + first];
      end = first + 1;
      while (end < count && times[from + end] == time) {
        end++;
      }
      Factors here = factors.apply(time);
      if (!Double.isFinite(here.level())) {
        throw new IllegalArgumentException(
            "noise-to-signal ratio e^"
                + here.level()
                + " at time "
                + time
                + " is not finite: use times where noise and signal are left, or a FlowTarget for"
                + " a path");
      }
      double[] mean = meanValues.clone();
      rows.scale(sde.marginal(time).mean(), mean, 0, mean.length);
      runs[found++] = new Run(first, end, here, reading.at(here, time), mean);
    }
    return Arrays.copyOf(runs, found);
  }

  private double[] centre(RealBlock in, Run[] runs, int from, int count) {
    int block = block();
    double[] centred = new double[count * block];
    for (Run run : runs) {
      for (int b = run.first; b < run.end; b++) {
        for (int i = 0; i < block; i++) {
          centred[b * block + i] = in.get((from + b) * block + i) - run.meanAtTime[i];
        }
      }
    }
    return centred;
  }

  /** Writes values, level and condition; {@code seen} is overwritten. */
  private void prepare(NetworkCall.Inputs inputs, Run[] runs, double[] seen, int from) {
    int block = block();
    project(seen);
    for (Run run : runs) {
      rows.scale(run.factors.in(), seen, run.first * block, run.end * block);
      for (int b = run.first; b < run.end; b++) {
        features.write(run.factors.level(), inputs.level, b * features.count());
      }
    }
    inputs.put(seen, inputs.values);
    inputs.tell(condition, from);
  }

  private void project(double[] values) {
    if (projection != null) {
      rows.scale(projection, values, 0, values.length);
    }
  }

  private void projectTransposed(double[] values) {
    if (projection != null) {
      rows.scaleTransposed(projection, values, 0, values.length);
    }
  }

  /**
   * Measures the network, by fused kernel, in the calls of {@link #denoise} that follow; what is
   * left of their time is the work around it.
   *
   * @param to gets the times; null ends it
   */
  public void profile(@Nullable Profile to) {
    call.profile(to);
  }

  /** Frees the memory of activations; a later call allocates it again. */
  @Override
  public void close() {
    call.close();
  }
}
