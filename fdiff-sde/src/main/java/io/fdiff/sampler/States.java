package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The batches of one chain and their linear combinations, in the form that costs least: the arrays
 * of ND4J themselves where multipliers are numbers, coefficients in the basis of the noise where
 * they differ from mode to mode. Every batch has one array, allocated at first use.
 *
 * <p>Numbers are of the type of the states. Combinations of FLOAT states use the factors in double
 * precision, as sums of two floats where it matters, and round to float. A number of a batch
 * depends on the same number, or the same function, of the others alone. Not thread-safe.
 */
abstract class States {

  /** Below this many values the threads cost more than they bring. */
  static final int PARALLEL_VALUES = 1 << 16;

  final CovarianceOperator covariance;
  final INDArray shown;
  final int batch;
  final int channels;
  boolean finite;

  States(CovarianceOperator covariance, INDArray terminal) {
    FunctionBatch functions = FunctionBatch.of(covariance.grid(), terminal);
    this.covariance = covariance;
    this.batch = functions.batch();
    this.channels = functions.channels();
    this.shown = terminal.dup('c');
    this.finite = Finite.firstBad(shown) < 0;
  }

  /** The cheapest form for the multipliers of a process, with the terminal states. */
  static States of(SDE sde, INDArray terminal) {
    double t = sde.horizon();
    Marginal marginal = sde.marginal(t);
    boolean scalar =
        scalar(marginal.mean())
            && scalar(marginal.variance())
            && scalar(sde.driftRate(t))
            && scalar(sde.diffusion(t));
    return scalar || sde.noise().spectral().isEmpty()
        ? new ValueStates(sde.noise(), terminal)
        : new ModeStates(sde.noise(), sde.noise().spectral().orElseThrow(), terminal);
  }

  static boolean scalar(Multiplier multiplier) {
    return multiplier instanceof Multiplier.Scalar;
  }

  /** The values of a state, as the denoiser sees them; must not be modified. */
  abstract INDArray values(Slot slot);

  /** Takes the result of a denoiser, of the shape of the states. */
  abstract void denoised(INDArray result);

  /** The values that {@link #denoised} took. */
  abstract INDArray denoisedValues();

  /** Exchanges the denoised batch and the one that is kept. */
  abstract void keep();

  /** Draws {@code ξ ~ N(0, R)}. */
  abstract void draw(NoiseSource source);

  /**
   * {@code out ← Σ_j m_j v_j} of at least two terms; {@code out} may be the first of them.
   *
   * @param show whether a denoiser or a listener will see it next: its values are then made, and
   *     {@link #finite} says whether all of them are
   */
  abstract void combine(Slot out, boolean show, Multiplier[] m, Slot[] v);

  /** {@code x ← x + h v + s ξ} of the state, {@code h} and {@code s} of each sample; shown. */
  abstract void kick(double[] h, Slot v, double[] s);

  /** The norm of {@code L²} of every sample. */
  abstract double[] norms(Slot slot);

  /** Whether all values of the last batch that was shown are finite. */
  final boolean finite() {
    return finite;
  }

  /** A result of a denoiser that is not needed any more. */
  final void release(@Nullable INDArray old) {
    if (old != null && old != shown && old.closeable()) {
      old.close();
    }
  }

  /** A batch in plain C order, of the type of the states: the array itself if it is so. */
  final INDArray plain(INDArray result) {
    boolean plain =
        result != shown
            && result.dataType() == shown.dataType()
            && result.ordering() == 'c'
            && result.offset() == 0
            && !result.isView()
            && result.data().length() == result.length();
    if (plain) {
      return result;
    }
    INDArray copy = Nd4j.createUninitialized(shown.dataType(), shown.shape(), 'c').assign(result);
    release(result);
    return copy;
  }

  /** Numbers {@code 0 … tasks − 1}, in parallel if the work is worth it. */
  static IntStream tasks(int tasks, long values) {
    IntStream range = IntStream.range(0, tasks);
    return tasks > 1 && values >= PARALLEL_VALUES ? range.parallel() : range;
  }
}
