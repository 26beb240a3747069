package io.fdiff.sde;

import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The law that terminal states are drawn from: {@code N(0, V_T R)} without data, or {@code N(M_T m,
 * M_T² Γ + V_T R)} with the mean and covariance of the data, exact for Gaussian data and right in
 * the first two moments for all. Immutable and thread-safe.
 *
 * <p>Diffused training functions are not offered as a start: sampling from them is not sampling.
 */
public final class Prior {

  private static final Logger LOG = LoggerFactory.getLogger(Prior.class);
  private static final long NOISE = 1;
  private static final long DATA = 2;

  private final Marginal marginal;
  private final @Nullable GaussianMeasure data;

  private Prior(Marginal marginal, @Nullable GaussianMeasure data) {
    this.marginal = marginal;
    this.data = data;
  }

  /**
   * {@code N(0, V_T R)}, unchecked.
   *
   * @param sde forward process
   * @return the data-free prior at the horizon
   */
  public static Prior dataFree(SDE sde) {
    return new Prior(sde.marginal(sde.horizon()), null);
  }

  /**
   * {@code N(0, V_T R)}, checked against the moments of the data: where they are not forgotten, the
   * {@link TerminalLaw} is logged at WARN.
   *
   * @param sde forward process
   * @param data mean and covariance of the data
   * @return the data-free prior at the horizon
   * @throws IllegalArgumentException as {@link TerminalLaw#of}
   */
  public static Prior dataFree(SDE sde, GaussianMeasure data) {
    TerminalLaw law = TerminalLaw.of(sde, data);
    if (!law.forgotten()) {
      LOG.warn(
          "{}: the process does not forget the data, and a prior without them starts samplers from"
              + " the wrong law; use Prior.momentMatched or a longer horizon",
          law);
    }
    return dataFree(sde);
  }

  /**
   * {@code N(M_T m, M_T² Γ + V_T R)}.
   *
   * @param sde forward process
   * @param data mean and covariance of the data
   * @return the moment-matched prior at the horizon
   * @throws IllegalArgumentException if the data are on another grid
   */
  public static Prior momentMatched(SDE sde, GaussianMeasure data) {
    Objects.requireNonNull(data, "data");
    if (!sde.noise().grid().equals(data.grid())) {
      throw new IllegalArgumentException(
          "data on "
              + data.grid()
              + " and noise on "
              + sde.noise().grid()
              + ": bring both to one grid");
    }
    return new Prior(sde.marginal(sde.horizon()), data);
  }

  /**
   * Draws terminal states; those of one channel share noise with all grids of the domain as far as
   * the noise operator does.
   *
   * @param source where to read noise; its streams 1 (noise) and 2 (data) are used
   * @param batch number of functions, positive
   * @param channels number of channels, positive; that of the data where they have more than one
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if a number is not positive or the data have other channels
   */
  public INDArray sample(NoiseSource source, int batch, int channels) {
    INDArray out = FunctionBatch.zeros(marginal.noise().grid(), DataType.DOUBLE, batch, channels);
    if (data != null) {
      INDArray mean = data.mean();
      if (mean.size(1) != 1 && mean.size(1) != channels) {
        throw new IllegalArgumentException(
            channels + " channels, data with " + mean.size(1) + ": they must agree");
      }
      data.covariance().sample(source.withStream(DATA), out);
      out.addi(mean);
    }
    return marginal.sample(out, source.withStream(NOISE));
  }
}
