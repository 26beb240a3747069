package io.fdiff.examples;

import io.fdiff.covariance.EmpiricalCovariance;
import io.fdiff.data.AffineNormalizer;
import io.fdiff.data.CurveTable;
import io.fdiff.data.CurvesCsv;
import io.fdiff.data.FunctionDataset;
import io.fdiff.denoise.Denoiser;
import io.fdiff.nn.LeadingModes;
import io.fdiff.nn.Network;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.train.DenoisingObjective;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.EulerMaruyama;
import io.fdiff.sampler.StepListener;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Driftless;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The diffusion around the network, estimated from a table of curves: how values are scaled, the
 * mean function and the spectrum of the scaled curves, the driftless process with that spectrum,
 * and the law its reverse starts from.
 */
final class CurveModel {

  /** At {@code T = 100} a hundredth of the data variance is left in every mode. */
  static final double HORIZON = 100;

  /** Where sampling stops and denoises: noise with a thousandth of the variance of the data. */
  static final double LAST_TIME = 1e-3;

  /** Steps of Euler–Maruyama; twice as many halve an error of 4 % in the variance. */
  static final int STEPS = 100;

  /** The network learns the modes whose variance is at least this fraction of the largest. */
  private static final double LEARNED = 1e-3;

  private static final int BATCH = 256;
  private static final double FLOOR = 1e-6;
  private static final double FLOOR_DECAY = 1;

  private static final long PRIOR_MEAN = 11;
  private static final long PRIOR_NOISE = 12;

  private final double[] arguments;
  private final AffineNormalizer normalizer;
  private final EmpiricalCovariance estimate;
  private final EmpiricalCovariance covariance;

  /**
   * What a checkpoint keeps of the model.
   *
   * @param arguments argument values of the curves
   * @param shift subtracted from the data
   * @param scale divides the shifted data
   * @param basis basis of mean and spectrum
   * @param mean coefficients of the mean function of the scaled data
   * @param spectrum eigenvalues by frequency of the scaled data
   */
  record Description(
      List<Double> arguments,
      double shift,
      double scale,
      Basis basis,
      List<Double> mean,
      List<Double> spectrum) {}

  private CurveModel(
      double[] arguments, AffineNormalizer normalizer, EmpiricalCovariance estimate) {
    this.arguments = arguments;
    this.normalizer = normalizer;
    this.estimate = estimate;
    this.covariance = estimate.withFloor(FLOOR, FLOOR_DECAY);
  }

  /** Estimates the model. */
  static CurveModel fit(CurveTable table) {
    FunctionDataset data = table.dataset();
    AffineNormalizer normalizer = AffineNormalizer.standard(data);
    SpectralTransform transform = Basis.COSINE.on(data.grid());
    return new CurveModel(
        table.arguments(),
        normalizer,
        EmpiricalCovariance.centred(transform, normalizer.normalize(data.values())));
  }

  /**
   * The model that a checkpoint describes.
   *
   * @throws IllegalArgumentException if its parts do not fit each other
   */
  static CurveModel from(Description d) {
    double[] arguments = array(d.arguments);
    SpectralTransform transform = d.basis.on(CurvesCsv.grid(arguments));
    return new CurveModel(
        arguments,
        AffineNormalizer.of(new double[] {d.shift}, new double[] {d.scale}),
        EmpiricalCovariance.of(transform, array(d.mean), array(d.spectrum), true));
  }

  Description description() {
    return new Description(
        list(arguments),
        normalizer.shift()[0],
        normalizer.scale()[0],
        estimate.spectral().orElseThrow().transform().basis(),
        list(estimate.meanCoefficients()),
        list(estimate.frequencyEigenvalues()));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  double[] arguments() {
    return arguments.clone();
  }

  AffineNormalizer normalizer() {
    return normalizer;
  }

  EmpiricalCovariance covariance() {
    return covariance;
  }

  Grid grid() {
    return covariance.grid();
  }

  SDE sde() {
    return Driftless.of(covariance, HORIZON);
  }

  private LeadingModes learned() {
    return LeadingModes.above(covariance, LEARNED);
  }

  /** What the network is trained on. */
  DenoisingObjective objective(FunctionDataset curves) {
    return DenoisingObjective.of(
            sde(),
            normalizer.normalize(curves.values()),
            covariance::meanOn,
            Preconditioning.UNIT,
            LAST_TIME)
        .confinedTo(learned());
  }

  /** The denoiser with trained weights, on the grid of the data. */
  NeuralDenoiser denoiser(Network network, ParameterVector weights) {
    return NeuralDenoiser.of(network, weights, sde(), covariance::meanOn, Preconditioning.UNIT)
        .confinedTo(learned());
  }

  /** {@code X_T} for Gaussian data with the mean and spectrum of the curves; FLOAT. */
  private INDArray terminal(SDE sde, int count, NoiseSource noise) {
    EmpiricalCovariance here = covariance.on(sde.noise().grid());
    INDArray clean = here.gaussian().sample(noise.withStream(PRIOR_MEAN), count);
    return sde.marginal(HORIZON)
        .sample(clean, noise.withStream(PRIOR_NOISE))
        .castTo(DataType.FLOAT);
  }

  /** Steps of all batches of a number of curves. */
  static int steps(int count) {
    return (count + BATCH - 1) / BATCH * STEPS;
  }

  /**
   * Draws curves in units of the data. Curve {@code i} depends on seed and {@code i}, not on the
   * number of curves.
   *
   * @param denoiser denoiser on {@code grid}
   * @param grid any grid of the domain
   * @param count number of curves
   * @param noise where to read noise
   * @param listener hears of the steps of all batches
   * @return {@code count × points} values
   */
  double[] sample(
      Denoiser denoiser, Grid grid, int count, NoiseSource noise, StepListener listener) {
    SDE sde = sde().on(grid);
    TimeGrid times = TimeGrid.geometric(HORIZON, LAST_TIME, STEPS + 1);
    double[] values = new double[count * grid.size()];
    int total = steps(count);
    for (int first = 0; first < count; first += BATCH) {
      int size = Math.min(BATCH, count - first);
      int done = first / BATCH * STEPS;
      NoiseSource source = noise.withFirstSample(first);
      INDArray samples =
          EulerMaruyama.of(times)
              .withListener((step, steps, t) -> listener.onStep(done + step, total, t))
              .sample(sde, denoiser, terminal(sde, size, source), source);
      double[] block = FunctionBatch.of(grid, normalizer.denormalize(samples)).toDoubles();
      System.arraycopy(block, 0, values, first * grid.size(), block.length);
    }
    return values;
  }
}
