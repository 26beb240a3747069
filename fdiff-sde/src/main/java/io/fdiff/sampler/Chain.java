package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state of a batch on its way from noise to data, and the moves it can make. What it needs of
 * the size of the states is allocated once, the rare batches at first use; see {@link States} for
 * how they are held.
 */
final class Chain {

  private static final long PREDICTOR = 1;
  private static final long CORRECTOR = 2;
  private static final long RENOISING = 3;

  private final SDE sde;
  private final Denoiser denoiser;
  private final NoiseSource noise;
  private final States states;
  private final INDArray timeArray;
  private final double[] times;
  private double keptTime = Double.NaN;
  private int lastStep;
  private double lastTime;

  Chain(SDE sde, Denoiser denoiser, INDArray terminal, NoiseSource noise) {
    this.sde = sde;
    this.denoiser = denoiser;
    this.noise = noise;
    this.states = States.of(sde, terminal);
    // Not in the type of the states: the float next to T may lie beyond it.
    this.timeArray = Nd4j.createUninitialized(DataType.DOUBLE, states.batch);
    this.times = new double[states.batch];
  }

  SDE sde() {
    return sde;
  }

  /** {@code D} at the current state. */
  void denoise(int step, double t) {
    evaluate(Slot.STATE, step, t);
  }

  private void evaluate(Slot state, int step, double t) {
    INDArray values = states.values(state);
    if (!states.finite()) {
      throw notFinite(step, t, "the value", values);
    }
    Arrays.fill(times, t);
    FunctionBatch.write(times, timeArray);
    INDArray result = denoiser.denoise(values, timeArray);
    FunctionBatch.of(sde.noise().grid(), values)
        .requireSameShape(FunctionBatch.of(sde.noise().grid(), result));
    states.denoised(result);
    lastStep = step;
    lastTime = t;
  }

  /** A fresh {@code ξ ~ N(0, R)} for a step of the predictor. */
  void noise(int step) {
    states.draw(noise.withStream(PREDICTOR).withStep(step));
  }

  /** {@code x ← a x + b D}. */
  void move(Multiplier a, Multiplier b) {
    move(new Multiplier[] {a, b}, Slot.STATE, Slot.DENOISED);
  }

  /** {@code x ← a x + b D + c ξ} with new noise. */
  void move(Multiplier a, Multiplier b, Multiplier c, int step) {
    noise(step);
    move(new Multiplier[] {a, b, c}, Slot.STATE, Slot.DENOISED, Slot.NOISE);
  }

  /** {@code x ← Σ_j m_j v_j}; the state may be the first term only. */
  void move(Multiplier[] factors, Slot... terms) {
    combine(Slot.STATE, factors, terms);
  }

  /** A combination after which states and results of the denoiser so far are known to be finite. */
  private void combine(Slot out, Multiplier[] factors, Slot... terms) {
    states.combine(out, true, factors, terms);
    requireDenoised();
  }

  /** What is not finite now may come from the denoiser; else the next call of it refuses. */
  private void requireDenoised() {
    if (!states.finite() && Finite.firstBad(states.denoisedValues()) >= 0) {
      throw notFinite(lastStep, lastTime, "a denoised value", states.denoisedValues());
    }
  }

  /**
   * {@code D} at another state {@code Σ_j m_j v_j}, {@link Slot#AHEAD} from now on; the denoised is
   * replaced.
   */
  void denoiseAt(int step, double t, Multiplier[] factors, Slot... terms) {
    combine(Slot.AHEAD, factors, terms);
    evaluate(Slot.AHEAD, step, t);
  }

  /** Puts the denoised state of time t aside; the next call of denoise fills another buffer. */
  void keepDenoised(double t) {
    states.keep();
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
    states.draw(noise.withStream(CORRECTOR).withStream(correction).withStep(step));
    Marginal marginal = sde.marginal(t);
    Multiplier[] score = {
      marginal.variance().map(v -> -1 / v),
      marginal.mean().combine(marginal.variance(), (m, v) -> m / v)
    };
    states.combine(Slot.AHEAD, false, score, new Slot[] {Slot.STATE, Slot.DENOISED});
    double deviation = Math.sqrt(states.channels * sde.noise().trace());
    double least = Frame.smallest(marginal.variance());
    double[] lengths = states.norms(Slot.AHEAD);
    double[] spreads = new double[lengths.length];
    for (int b = 0; b < lengths.length; b++) {
      lengths[b] = size.length(deviation, lengths[b], least);
      spreads[b] = Math.sqrt(2 * lengths[b]);
    }
    states.kick(lengths, Slot.AHEAD, spreads);
    requireDenoised();
  }

  /**
   * Back up in time, {@code x ← M x + c V^{1/2} ξ} with the forward transition from s to t.
   *
   * @param use which of the re-noisings of a step this is
   */
  void renoise(int step, long use, double s, double t, double scale) {
    Marginal forth = sde.transition(s, t);
    states.draw(noise.withStream(RENOISING).withStream(use).withStep(step));
    Multiplier[] factors = {forth.mean(), forth.deviation().times(scale)};
    states.combine(Slot.STATE, true, factors, new Slot[] {Slot.STATE, Slot.NOISE});
  }

  /** The denoised state at time t. */
  INDArray finish(int step, double t) {
    denoise(step, t);
    INDArray denoised = states.denoisedValues();
    if (Finite.firstBad(denoised) >= 0) {
      throw notFinite(step, t, "a denoised value", denoised);
    }
    return states.shown.assign(denoised);
  }

  /** The denoised state at time t with noise of its own. */
  INDArray finish(int step, double t, Multiplier deviation) {
    denoise(step, t);
    noise(step);
    move(new Multiplier[] {Multiplier.scalar(1), deviation}, Slot.DENOISED, Slot.NOISE);
    return states.values(Slot.STATE);
  }

  /** A copy of the current state. */
  INDArray snapshot() {
    return states.values(Slot.STATE).dup('c');
  }

  private ArithmeticException notFinite(int step, double t, String name, INDArray values) {
    int bad = Finite.firstBad(values);
    int sample = bad / (Math.toIntExact(values.length()) / states.batch);
    return notFinite(step, t, sample, name, values.getDouble(bad));
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
