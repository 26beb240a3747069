package io.fdiff.likelihood;

import io.fdiff.denoise.Denoiser;
import io.fdiff.flow.OdeIntegrator;
import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.ProbabilityFlow;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The probability flow on some modes with its divergence. A state holds {@code channels × modes}
 * whitened coefficients, the sum of {@code ∫div_γF}, its parts mode by mode, and one sum a probe.
 */
final class FlowRates implements OdeIntegrator.Field {

  private final ProbabilityFlow flow;
  private final Denoiser denoiser;
  private final CommonModes modes;
  private final int[] order;
  private final int channels;
  private final Divergence divergence;
  private final double step;
  private final int probes;
  private final int copies;

  FlowRates(
      SDE sde,
      Denoiser denoiser,
      CommonModes modes,
      int[] order,
      int channels,
      Divergence divergence) {
    this.flow = new ProbabilityFlow(sde);
    this.denoiser = denoiser;
    this.modes = modes;
    this.order = order;
    this.channels = channels;
    this.divergence = divergence;
    if (divergence instanceof Divergence.Hutchinson hutchinson) {
      this.step = hutchinson.step();
      this.probes = hutchinson.probes();
      this.copies = 1 + 2 * probes;
    } else if (divergence instanceof Divergence.Differences differences) {
      this.step = differences.step();
      this.probes = 0;
      this.copies = 1 + 2 * coefficients();
    } else {
      this.step = 0;
      this.probes = 0;
      this.copies = 1;
    }
  }

  private int coefficients() {
    return channels * order.length;
  }

  int dimension() {
    return coefficients() + 1 + order.length + probes;
  }

  int probes() {
    return probes;
  }

  @Override
  public void rates(int[] samples, double[] times, double[] states, double[] rates) {
    Arrays.fill(rates, 0);
    double[][] signs = new double[samples.length][];
    for (int a = 0; a < samples.length; a++) {
      signs[a] = signs(samples[a]);
    }
    double[] denoised = denoise(times, states, signs);
    for (int a = 0; a < samples.length; a++) {
      Multiplier state = flow.stateRate(times[a]);
      Multiplier clean = flow.denoisedRate(times[a]);
      int at = a * dimension();
      int total = at + coefficients();
      int n = order.length;
      for (int j = 0; j < coefficients(); j++) {
        int k = order[j % n];
        double p = state.at(k);
        double q = clean.at(k);
        double w = states[at + j];
        double rate = p * w + q * denoised[index(a, 0, j)];
        rates[at + j] = rate;
        // Mode by mode: the two halves diverge in sum.
        double fixed = p - w * rate;
        double slope = 0;
        if (divergence instanceof Divergence.Exact exact) {
          slope = exact.slope().at(k, times[a]);
        } else if (probes == 0) {
          slope = difference(denoised, a, j, j);
        }
        for (int i = 0; i < probes; i++) {
          double along = signs[a][i * coefficients() + j] * difference(denoised, a, i, j);
          slope += along / probes;
          rates[total + 1 + n + i] += fixed + q * along;
        }
        rates[total] += fixed + q * slope;
        rates[total + 1 + j % n] += fixed + q * slope;
      }
    }
  }

  /** The derivative of coefficient j along direction i. */
  private double difference(double[] denoised, int a, int i, int j) {
    double forth = denoised[index(a, 1 + 2 * i, j)];
    double back = denoised[index(a, 2 + 2 * i, j)];
    return (forth - back) / (2 * step);
  }

  private int index(int a, int copy, int j) {
    return (a * copies + copy) * coefficients() + j;
  }

  /** Signs {@code probes × coefficients} of a sample, the same at all times. */
  private double[] signs(int sample) {
    double[] signs = new double[probes * coefficients()];
    if (divergence instanceof Divergence.Hutchinson hutchinson) {
      int[] shape = {order.length};
      for (int i = 0; i < probes; i++) {
        hutchinson
            .noise()
            .withStep(i)
            .normals(sample, 1, channels, shape, signs, i * coefficients());
      }
      for (int j = 0; j < signs.length; j++) {
        signs[j] = signs[j] < 0 ? -1 : 1;
      }
    }
    return signs;
  }

  /** Whitened coefficients of the denoised states and of their neighbours. */
  private double[] denoise(double[] times, double[] states, double[][] signs) {
    int n = order.length;
    int size = modes.size();
    int functions = times.length * copies;
    double[] c = new double[functions * channels * size];
    double[] at = new double[functions];
    for (int a = 0; a < times.length; a++) {
      for (int copy = 0; copy < copies; copy++) {
        int function = a * copies + copy;
        at[function] = times[a];
        int direction = (copy - 1) / 2;
        double h = copy == 0 ? 0 : copy % 2 == 1 ? step : -step;
        for (int j = 0; j < coefficients(); j++) {
          double along =
              probes > 0 ? signs[a][direction * coefficients() + j] : direction == j ? 1 : 0;
          double w = states[a * dimension() + j] + h * along;
          int k = order[j % n];
          c[(function * channels + j / n) * size + k] = w * Math.sqrt(modes.noise(k));
        }
      }
    }
    int rows = functions * channels;
    double[] values = new double[rows * modes.grid().size()];
    modes.inverse(c, values, rows);
    INDArray x = FunctionBatch.array(modes.grid(), DataType.DOUBLE, channels, values);
    INDArray d = denoiser.denoise(x, Nd4j.createFromArray(at));
    FunctionBatch.of(modes.grid(), x).requireSameShape(FunctionBatch.of(modes.grid(), d));
    FunctionBatch.read(d, values);
    modes.forward(values, c, rows);
    double[] out = new double[functions * coefficients()];
    for (int function = 0; function < functions; function++) {
      for (int j = 0; j < coefficients(); j++) {
        int k = order[j % n];
        out[function * coefficients() + j] =
            c[(function * channels + j / n) * size + k] / Math.sqrt(modes.noise(k));
      }
    }
    return out;
  }
}
