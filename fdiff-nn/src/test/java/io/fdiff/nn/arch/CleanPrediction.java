package io.fdiff.nn.arch;

import io.fdiff.denoise.Denoiser;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.LevelFeatures;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.NetworkFunction;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.ScalarLevel;
import io.fdiff.nn.train.Objective;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Prediction of the clean function of one channel, {@code E Σ_i (w_i/|D|) (F(x_t/s)(p_i) −
 * x_0(p_i))²}, {@code s² = τ² + ς²}, with times log-uniform on {@code [t_min, T]} and data drawn
 * with replacement. Its minimum is {@code E Tr Cov(X_0 | X_t)/|D|}.
 */
final class CleanPrediction implements Objective {

  private final SDE sde;
  private final double smallestTime;
  private final double[] data;

  CleanPrediction(SDE sde, double smallestTime, INDArray data) {
    this.sde = sde;
    this.smallestTime = smallestTime;
    this.data = FunctionBatch.of(sde.noise().grid(), data).toDoubles();
  }

  @Override
  public Grid grid() {
    return sde.noise().grid();
  }

  @Override
  public SDVariable loss(GraphContext context, SDVariable output) {
    SDVariable target = context.input("target", -1, -1, 1);
    SDVariable weights = context.input("weights", -1, -1, 1);
    return context.graph().math().square(output.sub(target)).mul(weights).sum();
  }

  /** Times, clean and noisy functions {@code [size, points]} of one batch. */
  private static final class Draw {
    private final double[] times;
    private final double[] clean;
    private final double[] noisy;

    Draw(double[] times, double[] clean, double[] noisy) {
      this.times = times;
      this.clean = clean;
      this.noisy = noisy;
    }
  }

  private Draw draw(int size, NoiseSource noise) {
    int points = grid().size();
    double[] times = new double[size];
    double[] clean = new double[size * points];
    INDArray xi = sde.noise().sample(noise.withStream(1), size);
    double[] noisy = FunctionBatch.of(grid(), xi).toDoubles();
    double u = noise.withStream(2).uniform(0).nextDouble();
    double range = Math.log(sde.horizon() / smallestTime);
    for (int i = 0; i < size; i++) {
      double fraction = (u + (double) i / size) % 1;
      times[i] = Math.min(sde.horizon(), smallestTime * Math.exp(range * fraction));
      ScalarLevel level = ScalarLevel.of(sde, times[i]);
      int function = noise.withStream(3).uniform(i).nextInt(data.length / points);
      for (int p = 0; p < points; p++) {
        int at = i * points + p;
        clean[at] = data[function * points + p];
        noisy[at] = level.tau() * clean[at] + level.sigma() * noisy[at];
      }
    }
    return new Draw(times, clean, noisy);
  }

  private Map<String, INDArray> inputs(
      NetworkConfig config, DataType type, double[] times, double[] noisy) {
    int points = grid().size();
    int size = times.length;
    double[] values = new double[size * points];
    LevelFeatures features = new LevelFeatures(config.levelFeatures());
    double[] levels = new double[size * features.count()];
    for (int i = 0; i < size; i++) {
      ScalarLevel level = ScalarLevel.of(sde, times[i]);
      features.write(level.logRatio(), levels, i * features.count());
      for (int p = 0; p < points; p++) {
        values[p * size + i] = noisy[i * points + p] / Math.hypot(level.tau(), level.sigma());
      }
    }
    Map<String, INDArray> arrays = new HashMap<>();
    arrays.put(GraphContext.VALUES, array(type, values, points, size, 1));
    arrays.put(GraphContext.LEVEL, array(type, levels, size, features.count()));
    return arrays;
  }

  static INDArray array(DataType type, double[] values, long... shape) {
    INDArray array = Nd4j.createUninitialized(type, shape);
    FunctionBatch.write(values, array);
    return array;
  }

  @Override
  public Map<String, INDArray> batch(
      NetworkConfig config, DataType type, int size, NoiseSource noise) {
    int points = grid().size();
    Draw draw = draw(size, noise);
    double[] targets = new double[size * points];
    double[] weights = new double[size * points];
    for (int i = 0; i < size; i++) {
      for (int p = 0; p < points; p++) {
        targets[p * size + i] = draw.clean[i * points + p];
        weights[p * size + i] = grid().weight(p) / (grid().measure() * size);
      }
    }
    Map<String, INDArray> arrays = inputs(config, type, draw.times, draw.noisy);
    arrays.put("target", array(type, targets, points, size, 1));
    arrays.put("weights", array(type, weights, points, size, 1));
    return arrays;
  }

  /** What a network makes of noisy functions {@code [size, points]}. */
  private double[] predicted(
      ParameterVector theta, Network network, double[] times, double[] noisy) {
    int points = grid().size();
    int size = times.length;
    double[] values = new double[size * points];
    Map<String, INDArray> all = new HashMap<>(network.gridInputs(grid(), theta.type()));
    all.putAll(inputs(network.config(), theta.type(), times, noisy));
    try (NetworkFunction function = NetworkFunction.of(network, theta, grid())) {
      function.evaluate(all, out -> FunctionBatch.read(out, values));
    }
    double[] rows = new double[values.length];
    for (int i = 0; i < size; i++) {
      for (int p = 0; p < points; p++) {
        rows[i * points + p] = values[p * size + i];
      }
    }
    return rows;
  }

  private static double[] denoised(Denoiser denoiser, Grid grid, double[] times, double[] noisy) {
    INDArray x = FunctionBatch.array(grid, DataType.DOUBLE, 1, noisy);
    return FunctionBatch.of(grid, denoiser.denoise(x, Nd4j.createFromArray(times))).toDoubles();
  }

  private double meanSquare(double[] a, double[] b) {
    double[] w = grid().weights();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += w[i % w.length] * (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum * w.length / (a.length * grid().measure());
  }

  /** Loss of a denoiser over {@code size} draws. */
  double loss(Denoiser denoiser, int size, NoiseSource noise) {
    Draw draw = draw(size, noise);
    return meanSquare(denoised(denoiser, grid(), draw.times, draw.noisy), draw.clean);
  }

  /** Loss of a network over the same draws. */
  double loss(Network network, ParameterVector theta, int size, NoiseSource noise) {
    Draw draw = draw(size, noise);
    return meanSquare(predicted(theta, network, draw.times, draw.noisy), draw.clean);
  }

  /** {@code (E‖F − D‖²/E‖D‖²)^{1/2}} over draws at one time. */
  double relativeError(
      Network network, ParameterVector theta, Denoiser exact, double time, int size) {
    Draw draw = draw(size, NoiseSource.of(99));
    ScalarLevel level = ScalarLevel.of(sde, time);
    double[] times = new double[size];
    double[] noisy = new double[draw.noisy.length];
    int points = grid().size();
    for (int i = 0; i < noisy.length; i++) {
      times[i / points] = time;
      ScalarLevel drawn = ScalarLevel.of(sde, draw.times[i / points]);
      double xi = (draw.noisy[i] - drawn.tau() * draw.clean[i]) / drawn.sigma();
      noisy[i] = level.tau() * draw.clean[i] + level.sigma() * xi;
    }
    double[] right = denoised(exact, grid(), times, noisy);
    double[] found = predicted(theta, network, times, noisy);
    return Math.sqrt(meanSquare(found, right) / meanSquare(right, new double[right.length]));
  }
}
