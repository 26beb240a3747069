package io.fdiff.nn.train;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.denoise.GaussianDenoiser;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.nn.Factors;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.Network;
import io.fdiff.nn.Parametrization;
import io.fdiff.nn.TinyNetwork;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.Marginal;
import io.fdiff.sde.Multiplier;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Losses of outputs that are known in closed form in place of a network's. */
final class ClosedForm {

  private ClosedForm() {}

  /** One time. */
  record At(double first) implements TimeDistribution {
    @Override
    public double last() {
      return first;
    }

    @Override
    public double quantile(double u) {
      return first;
    }

    @Override
    public double density(double t) {
      return t == first ? 1 : 0;
    }
  }

  /** Draws of centred Gaussian functions, each index another one. */
  record Fresh(SpectralCovariance law, long seed) implements TrainingData {
    @Override
    public Grid grid() {
      return law.grid();
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }

    @Override
    public void read(int index, double[] out, int offset) {
      double[] lambda = law.eigenvalues();
      double[] c = new double[lambda.length];
      NoiseSource.of(seed).normals(index, 0, new int[] {c.length}, c, 0);
      for (int k = 0; k < c.length; k++) {
        c[k] *= Math.sqrt(lambda[k]);
      }
      double[] values = new double[grid().size()];
      law.transform().inverse(c, values, 1);
      System.arraycopy(values, 0, out, offset, values.length);
    }
  }

  /** The loss of an output {@code [points, batch, 1]}. */
  static double loss(DenoisingObjective objective, Map<String, INDArray> batch, INDArray output) {
    Network network = TinyNetwork.on(objective.grid());
    GraphContext context =
        new GraphContext(
            network, TinyNetwork.parameters(network, DataType.DOUBLE), objective.grid());
    SDVariable loss = objective.loss(context, context.input("closedForm", -1, -1, 1));
    Map<String, INDArray> inputs = new HashMap<>(batch);
    inputs.put("closedForm", output);
    try (GraphSession session = new GraphSession(context.graph(), List.of(loss.name()))) {
      return session.run(inputs, outputs -> outputs.get(loss.name()).getDouble(0));
    }
  }

  /** The loss of the conditional mean of centred Gaussian data at one time. */
  static double minimum(
      DenoisingObjective base,
      Parametrization kind,
      SDE sde,
      SpectralCovariance data,
      double t,
      int size,
      long seed) {
    DenoisingObjective objective = base.predicting(kind).withTimes(new At(t));
    Map<String, INDArray> batch =
        objective.batch(
            TinyNetwork.on(sde.noise().grid()).config(),
            DataType.DOUBLE,
            size,
            NoiseSource.of(seed));
    INDArray values = batch.get(GraphContext.VALUES);
    Grid grid = sde.noise().grid();
    int n = grid.size();
    double[] input = new double[size * n];
    FunctionBatch.read(values.permute(1, 2, 0).dup('c'), input);
    Factors f = kind.on(sde).apply(t);
    double[] x = new double[input.length];
    f.in().map(c -> 1 / c).accumulate(input, x, size);
    INDArray clean =
        GaussianDenoiser.of(sde, GaussianMeasure.centred(data))
            .denoise(
                FunctionBatch.array(grid, DataType.DOUBLE, 1, x),
                Nd4j.ones(DataType.DOUBLE, size).muli(t));
    double[] y = new double[x.length];
    FunctionBatch.read(clean, y);
    Marginal marginal = sde.marginal(t);
    Multiplier sigma = marginal.deviation();
    double[] xi = new double[x.length];
    Multiplier.accumulate(
        sigma.map(s -> 1 / s),
        x,
        marginal.mean().combine(sigma, (a, s) -> -a / s),
        y,
        xi,
        size,
        new Multiplier.Scratch());
    double[] output = new double[x.length];
    Multiplier.accumulate(f.clean(), y, f.noise(), xi, output, size, new Multiplier.Scratch());
    double[] transposed = new double[output.length];
    for (int b = 0; b < size; b++) {
      for (int p = 0; p < n; p++) {
        transposed[p * size + b] = output[b * n + p];
      }
    }
    INDArray array = Nd4j.create(DataType.DOUBLE, n, size, 1);
    FunctionBatch.write(transposed, array);
    return loss(objective, batch, array);
  }
}
