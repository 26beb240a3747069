package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state of a batch on its way from noise to data, and the moves it can make. Buffers of the
 * size of the state are allocated once, the rare ones at first use. State, denoised state and noise
 * live in a {@link Frame}: values, or coefficients where multipliers differ from mode to mode, so
 * that a step without noise costs one transform each way.
 */
final class Chain {

  private static final long PREDICTOR = 1;
  private static final long CORRECTOR = 2;
  private static final long RENOISING = 3;

  private final SDE sde;
  private final Denoiser denoiser;
  private final CovarianceOperator covariance;
  private final NoiseSource noise;
  private final Frame frame;
  private final int batch;
  private final int rowsPerSample;
  private final INDArray stateArray;
  private final INDArray timeArray;
  private @Nullable INDArray noiseArray;
  private double[] x;
  private double[] denoised;
  private double[] kept;
  private final double[] values;
  private double[] xi;
  private double[] second;
  private double keptTime = Double.NaN;

  Chain(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    this.sde = sde;
    this.denoiser = denoiser;
    this.covariance = sde.noise();
    this.noise = noise;
    FunctionBatch start = FunctionBatch.of(covariance.grid(), terminal);
    this.batch = start.batch();
    this.rowsPerSample = start.channels();
    this.frame = Frame.of(sde, batch * rowsPerSample);
    this.values = start.toDoubles();
    this.x = frame.adopt(values);
    this.denoised = new double[x.length];
    this.kept = new double[0];
    this.xi = new double[0];
    this.second = new double[0];
    this.stateArray = Nd4j.createUninitialized(terminal.dataType(), terminal.shape(), 'c');
    // Not in the type of the states: the float next to T may lie beyond it.
    this.timeArray = Nd4j.createUninitialized(DataType.DOUBLE, batch);
  }

  SDE sde() {
    return sde;
  }

  double[] x() {
    return x;
  }

  /** {@code D} of the last call of {@link #denoise}. */
  double[] denoised() {
    return denoised;
  }

  /** The denoised state put aside by {@link #keepDenoised}. */
  double[] kept() {
    return kept;
  }

  /** {@code D} at the current state. */
  void denoise(int step, double t) {
    evaluate(x, step, t);
  }

  private void evaluate(double[] state, int step, double t) {
    double[] at = frame.values(state, values);
    requireFinite(at, "the value", step, t);
    FunctionBatch.write(at, stateArray);
    timeArray.assign(t);
    INDArray result = denoiser.denoise(stateArray, timeArray);
    FunctionBatch.of(covariance.grid(), stateArray)
        .requireSameShape(FunctionBatch.of(covariance.grid(), result));
    double[] out = frame.input(denoised);
    FunctionBatch.read(result, out);
    if (result.closeable() && result != stateArray) {
      result.close();
    }
    requireFinite(out, "a denoised value", step, t);
    frame.adoptInput(denoised);
  }

  /** A fresh {@code ξ ~ N(0, R)} for a step of the predictor. */
  double[] noise(int step) {
    return draw(noise.withStream(PREDICTOR).withStep(step));
  }

  private double[] draw(NoiseSource source) {
    if (noiseArray == null) {
      noiseArray = Nd4j.createUninitialized(DataType.DOUBLE, stateArray.shape(), 'c');
      xi = new double[x.length];
    }
    covariance.sample(source, noiseArray);
    FunctionBatch.read(noiseArray, frame.input(xi));
    frame.adoptInput(xi);
    return xi;
  }

  /** {@code x ← a x + b D}. */
  void move(Multiplier a, Multiplier b) {
    frame.combine(x, a, x, b, denoised);
  }

  /** {@code x ← a x + b D + c ξ} with new noise. */
  void move(Multiplier a, Multiplier b, Multiplier c, int step) {
    frame.combine(x, a, x, b, denoised, c, noise(step));
  }

  /** {@code x ← Σ_j m_j v_j}; the state may be the first term only. */
  void move(Multiplier[] factors, double[][] terms) {
    frame.combine(x, factors, terms);
  }

  /**
   * {@code D} at another state {@code Σ_j m_j v_j}, which is returned; the denoised is replaced.
   */
  double[] denoiseAt(Multiplier[] factors, double[][] terms, int step, double t) {
    if (second.length == 0) {
      second = new double[x.length];
    }
    frame.combine(second, factors, terms);
    evaluate(second, step, t);
    return second;
  }

  /** Puts the denoised state of time t aside; the next call of denoise fills another buffer. */
  void keepDenoised(double t) {
    double[] other = kept.length == 0 ? new double[x.length] : kept;
    kept = denoised;
    denoised = other;
    keptTime = t;
  }

  /** The time of the denoised state that was put aside; NaN where there is none. */
  double keptTime() {
    return keptTime;
  }

  /** Preconditioned Langevin at time t: {@code x ← x + hS + √(2h) ξ}, {@code h} of each sample. */
  void langevin(int step, int correction, double t, LangevinStep size) {
    denoise(step, t);
    // Steps and corrections share the step word of the address.
    draw(noise.withStream(CORRECTOR).withStream(correction).withStep(step));
    Marginal marginal = sde.marginal(t);
    Multiplier state = marginal.variance().map(v -> -1 / v);
    Multiplier clean = marginal.mean().combine(marginal.variance(), (m, v) -> m / v);
    if (second.length == 0) {
      second = new double[x.length];
    }
    frame.combine(second, state, x, clean, denoised);
    double deviation = Math.sqrt(rowsPerSample * covariance.trace());
    double least = Frame.smallest(marginal.variance());
    int block = x.length / batch;
    for (int b = 0; b < batch; b++) {
      double norm = frame.norm(second, b * rowsPerSample, rowsPerSample);
      double h = size.length(deviation, norm, least);
      double spread = Math.sqrt(2 * h);
      for (int i = b * block; i < (b + 1) * block; i++) {
        x[i] += h * second[i] + spread * xi[i];
      }
    }
  }

  /**
   * Back up in time, {@code x ← M x + c V^{1/2} ξ} with the forward transition from s to t.
   *
   * @param use which of the re-noisings of a step this is
   */
  void renoise(int step, long use, double s, double t, double scale) {
    Marginal forth = sde.transition(s, t);
    draw(noise.withStream(RENOISING).withStream(use).withStep(step));
    frame.combine(x, forth.mean(), x, forth.deviation().times(scale), xi);
  }

  /** The denoised state at time t. */
  INDArray finish(int step, double t) {
    denoise(step, t);
    return result(denoised);
  }

  /** The denoised state at time t with noise of its own. */
  INDArray finish(int step, double t, Multiplier deviation) {
    denoise(step, t);
    frame.combine(x, Multiplier.scalar(1), denoised, deviation, noise(step));
    return result(x);
  }

  private INDArray result(double[] state) {
    FunctionBatch.write(frame.values(state, values), stateArray);
    return stateArray;
  }

  /** A copy of the current state. */
  INDArray snapshot() {
    INDArray copy = Nd4j.createUninitialized(stateArray.dataType(), stateArray.shape(), 'c');
    FunctionBatch.write(frame.values(x, values), copy);
    return copy;
  }

  private void requireFinite(double[] state, String name, int step, double t) {
    int bad = firstBad(state);
    if (bad >= 0) {
      throw notFinite(step, t, bad / (rowsPerSample * covariance.grid().size()), name, state[bad]);
    }
  }

  /** The index of the first value that is not finite, −1 if there is none. */
  static int firstBad(double[] values) {
    // A carry out of an exponent of ones sets the sign bit. Four chains of operations, for one
    // would wait for itself.
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    int i = 0;
    for (; i + 3 < values.length; i += 4) {
      a |= carried(values[i]);
      b |= carried(values[i + 1]);
      c |= carried(values[i + 2]);
      d |= carried(values[i + 3]);
    }
    for (; i < values.length; i++) {
      a |= carried(values[i]);
    }
    if ((a | b | c | d) >= 0) {
      return -1;
    }
    i = 0;
    while (Double.isFinite(values[i])) {
      i++;
    }
    return i;
  }

  private static long carried(double value) {
    return (Double.doubleToRawLongBits(value) & Long.MAX_VALUE) + (1L << 52);
  }

  static ArithmeticException notFinite(int step, double t, int sample, String name, double value) {
    return new ArithmeticException(
        "step "
            + step
            + ", t = "
            + t
            + ": sample "
            + sample
            + " contains "
            + name
            + " "
            + value
            + "; use smaller steps or check the denoiser");
  }
}
