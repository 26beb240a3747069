package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ReverseSDE;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state of a batch on its way from noise to data, and the moves it can make. All buffers are
 * allocated once; a scalar move is one pass over the state.
 */
final class Chain {

  private static final long PREDICTOR = 1;
  private static final long CORRECTOR = 2;

  private final SDE sde;
  private final ReverseSDE reverse;
  private final Denoiser denoiser;
  private final CovarianceOperator covariance;
  private final NoiseSource predictorNoise;
  private final NoiseSource correctorNoise;
  private final int batch;
  private final int rowsPerSample;
  private final INDArray stateArray;
  private final INDArray timeArray;
  private final INDArray noiseArray;
  private final double[] x;
  private final double[] denoised;
  private final double[] xi;
  private final double[] scratch;
  private final double[] weights;
  private final Multiplier.Scratch memory = new Multiplier.Scratch();

  Chain(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise, TimeGrid times) {
    if (!(times.time(0) <= sde.horizon())) {
      throw new IllegalArgumentException(
          "first time "
              + times.time(0)
              + " is beyond the horizon "
              + sde.horizon()
              + " of the process: end the time grid at T");
    }
    this.sde = sde;
    this.reverse = new ReverseSDE(sde);
    this.denoiser = denoiser;
    this.covariance = sde.noise();
    this.predictorNoise = noise.withStream(PREDICTOR);
    this.correctorNoise = noise.withStream(CORRECTOR);
    FunctionBatch start = FunctionBatch.of(covariance.grid(), terminal);
    this.batch = start.batch();
    this.rowsPerSample = start.channels();
    this.x = start.toDoubles();
    this.denoised = new double[x.length];
    this.xi = new double[x.length];
    this.scratch = new double[x.length];
    this.weights = covariance.grid().weights();
    this.stateArray = Nd4j.createUninitialized(terminal.dataType(), terminal.shape(), 'c');
    // Not in the type of the states: the float next to T may lie beyond it.
    this.timeArray = Nd4j.createUninitialized(DataType.DOUBLE, batch);
    this.noiseArray = Nd4j.createUninitialized(DataType.DOUBLE, terminal.shape(), 'c');
  }

  /** Euler–Maruyama: {@code x ← x + h(P x + Q D) + √h G ξ}. */
  void eulerMaruyama(int step, double t, double s) {
    denoise(step, t);
    covariance.sample(predictorNoise.withStep(step), noiseArray);
    FunctionBatch.read(noiseArray, xi);
    double h = t - s;
    Multiplier state = reverse.stateRate(t).times(h).map(rate -> 1 + rate);
    Multiplier clean = reverse.denoisedRate(t).times(h);
    move(state, clean, reverse.noiseRate(t).times(Math.sqrt(h)));
  }

  private void move(Multiplier state, Multiplier clean, Multiplier noise) {
    if (state instanceof Multiplier.Scalar a
        && clean instanceof Multiplier.Scalar b
        && noise instanceof Multiplier.Scalar c) {
      for (int i = 0; i < x.length; i++) {
        x[i] = a.value() * x[i] + b.value() * denoised[i] + c.value() * xi[i];
      }
      return;
    }
    Arrays.fill(scratch, 0);
    int rows = batch * rowsPerSample;
    noise.accumulate(xi, scratch, rows, memory);
    Multiplier.accumulate(state, x, clean, denoised, scratch, rows, memory);
    System.arraycopy(scratch, 0, x, 0, x.length);
  }

  /** Preconditioned Langevin at time t: {@code x ← x + hS + √(2h) ξ}, {@code h} of each sample. */
  void langevin(int step, int correction, double t, LangevinStep size) {
    denoise(step, t);
    // Steps and corrections share the step word of the address.
    covariance.sample(correctorNoise.withStream(correction).withStep(step), noiseArray);
    FunctionBatch.read(noiseArray, xi);
    Marginal marginal = sde.marginal(t);
    Multiplier state = marginal.variance().map(v -> -1 / v);
    Multiplier clean = marginal.mean().combine(marginal.variance(), (m, v) -> m / v);
    Arrays.fill(scratch, 0);
    Multiplier.accumulate(state, x, clean, denoised, scratch, batch * rowsPerSample, memory);
    int n = weights.length;
    int block = rowsPerSample * n;
    double deviation = Math.sqrt(rowsPerSample * covariance.trace());
    for (int b = 0; b < batch; b++) {
      double squared = 0;
      for (int i = b * block; i < (b + 1) * block; i++) {
        squared += weights[i % n] * scratch[i] * scratch[i];
      }
      double h = size.length(deviation, Math.sqrt(squared), smallest(marginal.variance()));
      double spread = Math.sqrt(2 * h);
      for (int i = b * block; i < (b + 1) * block; i++) {
        x[i] += h * scratch[i] + spread * xi[i];
      }
    }
  }

  private double smallest(Multiplier variance) {
    if (variance instanceof Multiplier.Scalar scalar) {
      return scalar.value();
    }
    double[] least = {Double.POSITIVE_INFINITY};
    variance.map(
        v -> {
          least[0] = Math.min(least[0], v);
          return v;
        });
    return least[0];
  }

  /** The denoised state at time t. */
  INDArray finish(int step, double t) {
    denoise(step, t);
    FunctionBatch.write(denoised, stateArray);
    return stateArray;
  }

  private void denoise(int step, double t) {
    requireFinite(x, "the value", step, t);
    FunctionBatch.write(x, stateArray);
    timeArray.assign(t);
    INDArray result = denoiser.denoise(stateArray, timeArray);
    FunctionBatch.of(covariance.grid(), stateArray)
        .requireSameShape(FunctionBatch.of(covariance.grid(), result));
    FunctionBatch.read(result, denoised);
    if (result.closeable() && result != stateArray) {
      result.close();
    }
    requireFinite(denoised, "a denoised value", step, t);
  }

  private void requireFinite(double[] values, String name, int step, double t) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new ArithmeticException(
            "step "
                + step
                + ", t = "
                + t
                + ": sample "
                + i / (rowsPerSample * weights.length)
                + " contains "
                + name
                + " "
                + values[i]
                + "; use smaller steps or check the denoiser");
      }
    }
  }
}
