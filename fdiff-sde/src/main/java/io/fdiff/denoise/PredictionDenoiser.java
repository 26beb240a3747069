package io.fdiff.denoise;

import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A denoiser made from a model that predicts something else (noise, score, v, velocity): the
 * adapter behind which samplers do not care. Immutable and thread-safe if the model is.
 *
 * @param sde forward process of the model
 * @param model the model
 */
public record PredictionDenoiser(SDE sde, Model model) implements Denoiser {

  /** A model of any {@link Prediction}. */
  @FunctionalInterface
  public interface Model {
    /**
     * Predicts for a batch.
     *
     * @param xt states {@code [batch, channels, n1, …, nd]}. Not modified.
     * @param t forward times {@code [batch]}. Not modified.
     * @return a prediction of the shape of {@code xt}
     */
    Prediction predict(INDArray xt, INDArray t);
  }

  /**
   * Checks the arguments.
   *
   * @param sde forward process of the model
   * @param model the model
   * @throws NullPointerException if an argument is null
   */
  public PredictionDenoiser {
    Objects.requireNonNull(sde, "sde");
    Objects.requireNonNull(model, "model");
  }

  @Override
  public INDArray denoise(INDArray xt, INDArray t) {
    FunctionBatch batch = FunctionBatch.of(sde.noise().grid(), xt);
    Arguments.requireTimes(batch, t);
    Conversions[] conversions = new Conversions[batch.batch()];
    for (int b = 0; b < conversions.length; b++) {
      double time = t.getDouble(b);
      // Samplers ask for one time in a whole batch.
      conversions[b] =
          b > 0 && time == t.getDouble(b - 1L) ? conversions[b - 1] : Conversions.at(sde, time);
    }
    Prediction prediction = model.predict(xt, t);
    batch.requireSameShape(FunctionBatch.of(sde.noise().grid(), prediction.values()));
    INDArray out = Nd4j.createUninitialized(xt.dataType(), xt.shape(), 'c');
    for (int from = 0; from < conversions.length; ) {
      int to = from + 1;
      while (to < conversions.length && conversions[to] == conversions[from]) {
        to++;
      }
      INDArray part =
          conversions[from].clean(part(prediction, from, to), rows(xt, from, to)).values();
      rows(out, from, to).assign(part);
      from = to;
    }
    return out;
  }

  private static Prediction part(Prediction prediction, int from, int to) {
    INDArray rows = rows(prediction.values(), from, to);
    if (prediction instanceof Prediction.Clean) {
      return new Prediction.Clean(rows);
    } else if (prediction instanceof Prediction.Noise) {
      return new Prediction.Noise(rows);
    } else if (prediction instanceof Prediction.Score) {
      return new Prediction.Score(rows);
    } else if (prediction instanceof Prediction.Rotated) {
      return new Prediction.Rotated(rows);
    }
    return new Prediction.Velocity(rows);
  }

  private static INDArray rows(INDArray array, int from, int to) {
    return array.get(NDArrayIndex.interval(from, to));
  }
}
