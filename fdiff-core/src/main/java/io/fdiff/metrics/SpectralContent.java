package io.fdiff.metrics;

import io.fdiff.space.FunctionBatch;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Energy per mode of a batch of functions, {@code s_k = (1/n) Σ_b Σ_c |⟨x_bc, e_k⟩|²}.
 *
 * <p>Coefficients belong to the continuous inner product, so a mode has the same energy on every
 * grid that resolves it: functions sampled on a fine grid by a model trained on a coarse one show
 * an artefact of the coarse grid as energy at or above its Nyquist frequency. The mean function is
 * not taken off. Where the modes are an orthonormal basis of the grid, {@code Σ_k s_k = (1/n) Σ_b
 * ‖x_b‖²}. Immutable and thread-safe.
 */
public final class SpectralContent {

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
}
