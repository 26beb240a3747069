package io.fdiff.metrics;

import io.fdiff.data.FunctionDataset;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Interval;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Energy per mode of a batch of functions, {@code s_k = (1/n) Σ_b Σ_c |⟨x_bc, e_k⟩|²}.
 *
 * <p>Coefficients belong to the continuous inner product, so a mode has the same energy on every
 * grid that resolves it: functions sampled on a fine grid by a model trained on a coarse one show
 * an artefact of the coarse grid as energy at or above its Nyquist frequency. The mean function is
 * not taken off. In several dimensions {@link #radial()} is the mean energy of the modes of one
 * wavenumber {@code |κ|}. Where the modes are an orthonormal basis of the grid, {@code Σ_k s_k =
 * (1/n) Σ_b ‖x_b‖²}. Immutable and thread-safe.
 */
public final class SpectralContent {

  /** Reference energies below this share of the largest one are round-off. */
  private static final double ROUNDING = 1e-20;

  private final SpectralTransform transform;
  private final double[] energies;

  private SpectralContent(SpectralTransform transform, double[] energies) {
    this.transform = transform;
    this.energies = energies;
  }

  /**
   * The energies of a batch.
   *
   * @param transform the basis and the grid
   * @param x {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return the energies
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  public static SpectralContent of(SpectralTransform transform, INDArray x) {
    FunctionBatch batch = FunctionBatch.of(transform.grid(), x);
    int modes = transform.modes();
    double[] coefficients = new double[Math.multiplyExact(batch.rows(), modes)];
    transform.forward(batch.toDoubles(), coefficients, batch.rows());
    double[] energies = new double[modes];
    for (int at = 0; at < coefficients.length; at++) {
      energies[at % modes] += coefficients[at] * coefficients[at];
    }
    for (int k = 0; k < modes; k++) {
      energies[k] /= batch.batch();
    }
    return new SpectralContent(transform, energies);
  }

  /**
   * The energies {@code s_k} of all modes.
   *
   * @return a fresh array {@code [modes]}, order of the transform
   */
  public double[] energies() {
    return energies.clone();
  }

  /**
   * The mean energy of the modes of one frequency: cosine and sine of a Fourier basis together.
   *
   * @param frequency integer frequency, one an axis, not negative. Not modified.
   * @return the mean of {@code s_k} over the modes {@code k} of this frequency
   * @throws IllegalArgumentException if the transform has no such mode
   */
  public double at(int... frequency) {
    double sum = 0;
    int count = 0;
    for (int k = 0; k < energies.length; k++) {
      if (Arrays.equals(transform.frequency(k), frequency)) {
        sum += energies[k];
        count++;
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          "frequency "
              + Arrays.toString(frequency)
              + ": no such mode among "
              + Arrays.toString(transform.modeShape())
              + " of "
              + transform.basis()
              + " on "
              + transform.grid());
    }
    return sum / count;
  }

  /**
   * The centres {@code κ_j = jΔ} of the radial bins, {@code Δ} the smallest wavenumber step of an
   * axis: {@code 2π/L} (Fourier) or {@code π/L} (cosine) of the longest side {@code L}. Wavenumbers
   * are physical, so a bin holds the same scales along every axis of a box that is not square.
   *
   * @return a fresh array, inverse length units; one bin for each {@code j} up to the largest
   *     wavenumber of the modes
   */
  public double[] wavenumbers() {
    double step = step();
    double[] centres = new double[bins(step)];
    Arrays.setAll(centres, j -> j * step);
    return centres;
  }

  /**
   * The mean energy of the modes in each radial bin, {@code |κ_k − κ_j| ≤ Δ/2}.
   *
   * @return a fresh array, order of {@link #wavenumbers()}; NaN for a bin without a mode
   */
  public double[] radial() {
    double step = step();
    double[] sum = new double[bins(step)];
    int[] count = new int[sum.length];
    for (int k = 0; k < energies.length; k++) {
      int bin = bin(k, step);
      sum[bin] += energies[k];
      count[bin]++;
    }
    for (int j = 0; j < sum.length; j++) {
      sum[j] = count[j] > 0 ? sum[j] / count[j] : Double.NaN;
    }
    return sum;
  }

  /**
   * Mean square error of the natural logarithms of the energies, mode by mode. Modes whose
   * reference energy is below {@code 1e-20} of the largest one are round-off and left out.
   *
   * @param reference energies on the same grid and basis
   * @return the mean over the modes; infinite if a compared mode has no energy here, NaN if the
   *     reference has none at all or an energy is NaN
   * @throws IllegalArgumentException if grid, basis or modes differ
   */
  public double logMse(SpectralContent reference) {
    requireSame(reference);
    return logMse(energies, reference.energies);
  }

  /**
   * Mean square error of the natural logarithms of the radial spectra, over the bins as {@link
   * #logMse} over the modes.
   *
   * @param reference energies on the same grid and basis
   * @return the mean over the bins
   * @throws IllegalArgumentException if grid, basis or modes differ
   */
  public double radialLogMse(SpectralContent reference) {
    requireSame(reference);
    double step = step();
    int[] occupied =
        IntStream.range(0, energies.length).map(k -> bin(k, step)).distinct().sorted().toArray();
    double[] own = radial();
    double[] others = reference.radial();
    return logMse(
        Arrays.stream(occupied).mapToDouble(j -> own[j]).toArray(),
        Arrays.stream(occupied).mapToDouble(j -> others[j]).toArray());
  }

  private static double logMse(double[] x, double[] y) {
    double floor = ROUNDING * Arrays.stream(y).max().orElse(0);
    double sum = 0;
    int count = 0;
    for (int k = 0; k < y.length; k++) {
      // NaN is compared, and shows.
      if (!(y[k] <= floor)) {
        double d = Math.log(x[k] / y[k]);
        sum += d * d;
        count++;
      }
    }
    return sum / count;
  }

  /** The same energies averaged over chosen functions; {@code rows} are energies by function. */
  static SpectralContent mean(SpectralTransform transform, double[][] rows, int[] chosen) {
    double[] mean = new double[transform.modes()];
    for (int b : chosen) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += rows[b][k] / chosen.length;
      }
    }
    return new SpectralContent(transform, mean);
  }

  /** Energies by function, {@code [n][modes]}, summed over channels. */
  static double[][] energies(SpectralTransform transform, FunctionDataset data) {
    int modes = transform.modes();
    int rows = data.size() * data.channels();
    double[] c = new double[Math.multiplyExact(rows, modes)];
    transform.forward(data.toDoubles(), c, rows);
    double[][] energies = new double[data.size()][modes];
    for (int at = 0; at < c.length; at++) {
      energies[at / modes / data.channels()][at % modes] += c[at] * c[at];
    }
    return energies;
  }

  private double step() {
    double longest =
        transform.grid().domain().stream().mapToDouble(Interval::length).max().orElseThrow();
    return (transform.basis().wavenumber(1) - transform.basis().wavenumber(0)) / longest;
  }

  private int bins(double step) {
    int bins = 0;
    for (int k = 0; k < energies.length; k++) {
      bins = Math.max(bins, bin(k, step) + 1);
    }
    return bins;
  }

  private int bin(int mode, double step) {
    return (int) Math.round(Math.sqrt(transform.laplacian(mode)) / step);
  }

  private void requireSame(SpectralContent other) {
    SpectralTransform that = other.transform;
    if (!transform.grid().equals(that.grid())
        || transform.basis() != that.basis()
        || !Arrays.equals(transform.modeShape(), that.modeShape())) {
      throw new IllegalArgumentException(
          "spectra of "
              + transform.basis()
              + " on "
              + transform.grid()
              + " and of "
              + that.basis()
              + " on "
              + that.grid()
              + " have other modes; use one transform for both");
    }
  }
}
