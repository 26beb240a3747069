package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ProbabilityFlow;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A run of {@link DormandPrince}: every sample at its own time, with its own step. */
final class AdaptiveFlow {

  private static final double[] C = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};

  private static final double[][] A = {
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}
  };

  private static final double[] ERROR = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40
  };

  private final SDE sde;
  private final Denoiser denoiser;
  private final Grid grid;
  private final DataType type;
  private final long[] shape;
  private final int channels;
  private final int block;
  private final double from;
  private final double to;
  private final double absolute;
  private final double relative;
  private final double domain;
  private final double[] x;
  private final double[][] k = new double[7][];
  private final double[] stage;
  private final double[] clean;
  private final double[] values;
  private final double[] clock;
  private final double[] length;
  private final double[] before;
  private int[] active;
  private Frame frame;
  private INDArray stateArray;
  private INDArray timeArray;

  AdaptiveFlow(
      SDE sde,
      Denoiser denoiser,
      INDArray start,
      double from,
      double to,
      double absolute,
      double relative) {
    FunctionBatch functions = FunctionBatch.of(sde.noise().grid(), start);
    this.sde = sde;
    this.denoiser = denoiser;
    this.grid = sde.noise().grid();
    this.type = start.dataType();
    this.shape = start.shape().clone();
    this.channels = functions.channels();
    this.from = from;
    this.to = to;
    this.absolute = absolute;
    this.relative = relative;
    this.domain = channels * Arrays.stream(grid.weights()).sum();
    int batch = functions.batch();
    this.frame = Frame.of(sde, functions.rows());
    this.values = functions.toDoubles();
    this.x = frame.adopt(values).clone();
    this.block = x.length / batch;
    this.stage = new double[x.length];
    this.clean = new double[x.length];
    Arrays.setAll(k, i -> new double[x.length]);
    this.clock = new double[batch];
    this.length = new double[batch];
    this.before = new double[batch];
    Arrays.fill(clock, Math.log(from));
    Arrays.fill(length, Math.log(to / from) / 64);
    Arrays.fill(before, 1);
    this.active = new int[0];
    this.stateArray = start;
    this.timeArray = start;
    gather(IntStream.range(0, batch).toArray());
    slope(0, x, 0);
  }

  boolean arrived() {
    return active.length == 0;
  }

  String describe() {
    return "sample " + active[0] + " is at t = " + time(active[0], 0) + " of " + to;
  }

  /** The time of the sample that is furthest from the end. */
  double slowest() {
    double t = to;
    for (int b : active) {
      double own = time(b, 0);
      t = Math.abs(Math.log(own / to)) > Math.abs(Math.log(t / to)) ? own : t;
    }
    return t;
  }

  /** A copy of all states, each at its own time. */
  INDArray snapshot() {
    Frame all = Frame.of(sde, x.length / block * channels);
    INDArray copy = Nd4j.createUninitialized(type, shape, 'c');
    FunctionBatch.write(all.values(x, new double[Math.toIntExact(copy.length())]), copy);
    return copy;
  }

  /** One try of every sample that has not arrived. */
  void step(int step) {
    for (int i = 1; i < 7; i++) {
      for (int b : active) {
        for (int j = b * block; j < (b + 1) * block; j++) {
          double sum = 0;
          for (int m = 0; m < i; m++) {
            sum += A[i][m] * k[m][j];
          }
          stage[j] = x[j] + length[b] * sum;
        }
      }
      slope(i, stage, step);
    }
    for (int b : active) {
      control(b);
    }
    int[] left = Arrays.stream(active).filter(b -> clock[b] != Math.log(to)).toArray();
    if (left.length < active.length) {
      gather(left);
    }
  }

  private void control(int b) {
    int start = b * block;
    // The estimate of the error, in place of the second slope, which nothing needs any more.
    double[] error = k[1];
    for (int j = start; j < start + block; j++) {
      double sum = 0;
      for (int m = 0; m < 7; m++) {
        sum += ERROR[m] * k[m][j];
      }
      error[j] = length[b] * sum;
    }
    double size = Math.max(norm(x, b), norm(stage, b));
    double ratio = Math.max(norm(error, b) / (absolute + relative * size), 1e-10);
    double end = Math.log(to);
    boolean accepted = ratio <= 1;
    // Proportional-integral control of order 5 (Hairer, Nørsett and Wanner 1993, IV.2).
    double factor =
        accepted
            ? 0.9 * Math.pow(ratio, -0.7 / 5) * Math.pow(before[b], 0.4 / 5)
            : 0.9 * Math.pow(ratio, -1.0 / 5);
    if (accepted) {
      System.arraycopy(stage, start, x, start, block);
      System.arraycopy(k[6], start, k[0], start, block);
      boolean last = Math.abs(end - clock[b]) <= Math.abs(length[b]);
      clock[b] = last ? end : clock[b] + length[b];
      before[b] = Math.max(ratio, 1e-4);
    }
    length[b] *= Math.max(0.2, Math.min(5, factor));
    double rest = end - clock[b];
    // A step that leaves a sliver takes it along.
    if (Math.abs(length[b]) > 0.999 * Math.abs(rest)) {
      length[b] = rest;
    }
  }

  private double norm(double[] state, int b) {
    double sum = frame.norm(state, b * channels, channels);
    return sum / Math.sqrt(domain);
  }

  private double time(int b, double part) {
    double u = clock[b] + part * length[b];
    double t = u == Math.log(from) ? from : u == Math.log(to) ? to : Math.exp(u);
    // Rounding must not leave the interval: the process may end at one of its ends.
    return Math.min(Math.max(t, Math.min(from, to)), Math.max(from, to));
  }

  /** {@code dx/d ln t = t(P_t x + Q_t D)} of the active samples. */
  private void slope(int i, double[] state, int step) {
    denoise(state, C[i], step);
    ProbabilityFlow flow = new ProbabilityFlow(sde);
    int width = frame.width();
    Multiplier p = Multiplier.scalar(0);
    Multiplier q = p;
    double last = Double.NaN;
    for (int a = 0; a < active.length; a++) {
      int b = active[a];
      double t = time(b, C[i]);
      if (t != last) {
        p = flow.stateRate(t).times(t);
        q = flow.denoisedRate(t).times(t);
        last = t;
      }
      for (int j = 0; j < block; j += width) {
        int own = b * block + j;
        int packed = a * block + j;
        if (p instanceof Multiplier.Scalar s && q instanceof Multiplier.Scalar r) {
          for (int m = 0; m < width; m++) {
            k[i][own + m] = s.value() * state[own + m] + r.value() * clean[packed + m];
          }
        } else {
          for (int m = 0; m < width; m++) {
            k[i][own + m] = p.at(m) * state[own + m] + q.at(m) * clean[packed + m];
          }
        }
      }
    }
  }

  /** {@code D} of the active samples, packed, in {@link #clean}. */
  private void denoise(double[] state, double part, int step) {
    double[] packed = new double[active.length * block];
    for (int a = 0; a < active.length; a++) {
      System.arraycopy(state, active[a] * block, packed, a * block, block);
      timeArray.putScalar(a, time(active[a], part));
    }
    double[] at = frame.values(packed, values);
    requireFinite(at, "the value", part, step);
    FunctionBatch.write(at, stateArray);
    INDArray result = denoiser.denoise(stateArray, timeArray);
    FunctionBatch.of(grid, stateArray).requireSameShape(FunctionBatch.of(grid, result));
    double[] out = frame.input(clean);
    FunctionBatch.read(result, out);
    if (result.closeable() && result != stateArray) {
      result.close();
    }
    requireFinite(out, "a denoised value", part, step);
    frame.adoptInput(clean);
  }

  private void requireFinite(double[] state, String name, double part, int step) {
    int n = channels * grid.size();
    for (int j = 0; j < active.length * n; j++) {
      if (!Double.isFinite(state[j])) {
        int sample = active[j / n];
        throw Chain.notFinite(step, time(sample, part), sample, name, state[j]);
      }
    }
  }

  private void gather(int[] samples) {
    active = samples;
    if (samples.length > 0) {
      arrange(samples.length);
    }
  }

  /** Frame and arrays for a number of samples. */
  private void arrange(int samples) {
    frame = Frame.of(sde, samples * channels);
    long[] part = shape.clone();
    part[0] = samples;
    stateArray = Nd4j.createUninitialized(type, part, 'c');
    timeArray = Nd4j.createUninitialized(DataType.DOUBLE, samples);
  }

  /** The states of all samples. */
  INDArray states() {
    arrange((int) shape[0]);
    FunctionBatch.write(frame.values(x, values), stateArray);
    return stateArray;
  }

  /** The denoised states of all samples, which have arrived. */
  INDArray denoised() {
    int batch = (int) shape[0];
    arrange(batch);
    active = IntStream.range(0, batch).toArray();
    Arrays.fill(clock, Math.log(to));
    denoise(x, 0, 0);
    FunctionBatch.write(frame.values(clean, values), stateArray);
    return stateArray;
  }
}
