package io.fdiff.measure;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.transform.Resampling;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Gaussian measure {@code N(m, C)} on functions, held on a grid. Immutable and thread-safe.
 *
 * <p>Channels are independent with the same covariance and their own mean: divergences add up over
 * channels, affinities multiply.
 *
 * <p>Two measures are compared on the modes of their grid. Where both covariances are spectral in
 * one orthonormal transform, that costs one transform and sums over modes; eigenvalues are then
 * exact, and a coefficient of a mean below {@code 1e-15} of its norm is round-off and counts as 0.
 * Else it takes the matrices {@code W^{1/2} K W^{1/2}}, {@code O(N³)} time and {@code O(N²)} memory
 * a call; eigenvalues up to {@code 1e-14·max λ} are outside the range, as is a function with more
 * than {@code 1e-10} of its norm there. Whether a divergence converges as the grid is refined is
 * for {@link Equivalence} to tell.
 */
public final class GaussianMeasure {

  private final INDArray mean;
  private final CovarianceOperator covariance;
  private final Coordinates coordinates;

  private GaussianMeasure(INDArray mean, CovarianceOperator covariance, Coordinates coordinates) {
    this.mean = mean;
    this.covariance = covariance;
    this.coordinates = coordinates;
  }

  /** The whitening coordinates of one covariance, found once for all measures that share it. */
  private static final class Coordinates {
    private final CovarianceOperator covariance;
    private volatile @Nullable Whitening whitening;

    Coordinates(CovarianceOperator covariance) {
      this.covariance = covariance;
    }

    Whitening get() {
      Whitening cached = whitening;
      if (cached == null) {
        synchronized (this) {
          cached = whitening;
          if (cached == null) {
            cached = Whitening.of(covariance);
            whitening = cached;
          }
        }
      }
      return cached;
    }
  }

  /**
   * The measure with a given mean.
   *
   * @param mean {@code [1, channels, n1, …, nd]} on the grid of the covariance, finite; copied
   * @param covariance covariance operator {@code C}
   * @return the measure
   * @throws IllegalArgumentException if the mean does not fit the grid, holds more than one
   *     function, or is not finite
   */
  public static GaussianMeasure of(INDArray mean, CovarianceOperator covariance) {
    return of(mean, covariance, new Coordinates(covariance));
  }

  private static GaussianMeasure of(
      INDArray mean, CovarianceOperator covariance, Coordinates coordinates) {
    FunctionBatch batch = FunctionBatch.of(covariance.grid(), mean);
    if (batch.batch() != 1) {
      throw new IllegalArgumentException(
          "mean of shape " + Arrays.toString(mean.shape()) + " holds more than one function");
    }
    for (double value : batch.toDoubles()) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("mean contains " + value + ": it must be finite");
      }
    }
    return new GaussianMeasure(mean.castTo(DataType.DOUBLE).dup('c'), covariance, coordinates);
  }

  /**
   * {@code N(0, C)} with one channel.
   *
   * @param covariance covariance operator {@code C}
   * @return the centred measure
   */
  public static GaussianMeasure centred(CovarianceOperator covariance) {
    Objects.requireNonNull(covariance, "covariance");
    return of(FunctionBatch.zeros(covariance.grid(), DataType.DOUBLE, 1, 1), covariance);
  }

  /**
   * The mean function.
   *
   * @return a copy, {@code [1, channels, n1, …, nd]}, DOUBLE
   */
  public INDArray mean() {
    return mean.dup('c');
  }

  /**
   * The covariance operator of each channel.
   *
   * @return {@code C}
   */
  public CovarianceOperator covariance() {
    return covariance;
  }

  /**
   * The grid that functions are held on.
   *
   * @return the grid
   */
  public Grid grid() {
    return covariance.grid();
  }

  /**
   * The number of channels.
   *
   * @return length of axis 1 of the mean
   */
  public int channels() {
    return (int) mean.size(1);
  }

  /**
   * Draws {@code m + X}, {@code X ~ N(0, C)}.
   *
   * @param noise where to read white noise
   * @param batch number of functions, positive
   * @return {@code [batch, channels, n1, …, nd]}, DOUBLE
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public INDArray sample(NoiseSource noise, int batch) {
    INDArray out = Nd4j.create(DataType.DOUBLE, FunctionBatch.shape(grid(), batch, channels()));
    return covariance.sample(noise, out).addi(mean);
  }

  /**
   * The measure on another grid of the domain, where the mean has a rule to follow: it is 0, or the
   * covariance is spectral, and the mean is carried by its coefficients in that basis ({@link
   * Resampling#spectral}).
   *
   * @param grid the other grid
   * @return the measure there
   * @throws IllegalArgumentException if the mean is not 0 and the covariance is not spectral, or
   *     the covariance refuses the grid
   */
  public GaussianMeasure on(Grid grid) {
    if (grid.equals(grid())) {
      return this;
    }
    CovarianceOperator there = covariance.on(grid);
    Optional<SpectralCovariance> from = covariance.spectral();
    Optional<SpectralCovariance> to = there.spectral();
    if (Arrays.stream(meanValues()).allMatch(v -> v == 0)) {
      return of(FunctionBatch.zeros(grid, DataType.DOUBLE, 1, channels()), there);
    }
    if (from.isEmpty() || to.isEmpty()) {
      throw new IllegalArgumentException(
          "mean is known on "
              + grid()
              + " only, and the covariance has no basis to carry it to "
              + grid
              + ": build the measure there with GaussianMeasure.of(mean, covariance.on(grid))");
    }
    return of(Resampling.spectral(mean, from.get().transform(), to.get().transform()), there);
  }

  /**
   * The law of {@code X + h}.
   *
   * @param h {@code [1, channels, n1, …, nd]}, finite. Not modified.
   * @return {@code N(m + h, C)}
   * @throws IllegalArgumentException if the shape does not fit or a value is not finite
   */
  public GaussianMeasure shift(INDArray h) {
    FunctionBatch.of(grid(), mean).requireSameShape(FunctionBatch.of(grid(), h));
    return of(mean.add(h.castTo(DataType.DOUBLE)), covariance, coordinates);
  }

  /** The measure of the same covariance about another mean; both share its coordinates. */
  GaussianMeasure withMean(INDArray other) {
    return of(other, covariance, coordinates);
  }

  /**
   * The law of {@code aX}.
   *
   * @param factor {@code a}, finite, not 0
   * @return {@code N(am, a²C)}
   * @throws IllegalArgumentException if the factor is 0 or not finite
   */
  public GaussianMeasure times(double factor) {
    if (!(Math.abs(factor) > 0 && Double.isFinite(factor))) {
      throw new IllegalArgumentException(
          "factor "
              + factor
              + " is 0 or not finite: the image would not be a measure of this kind");
    }
    return of(mean.mul(factor), covariance.times(factor * factor));
  }

  /**
   * The joint law of linear functionals of {@code X}, such as its values at points.
   *
   * @param observation the functionals {@code A}, on this grid
   * @return {@code N(Am, A K Aᵀ)} in each channel
   * @throws IllegalArgumentException if the observation is on another grid
   */
  public GaussianVector marginal(LinearObservation observation) {
    double[][] kat = observation.covarianceRows(covariance);
    return GaussianVector.of(
        observation.applyAll(meanValues(), channels()), observation.applyTo(kat));
  }

  /**
   * The Cameron–Martin norm {@code ‖h‖_C = (Σ_k h_k²/λ_k)^{1/2} = (hᵀK⁻¹h)^{1/2}}, summed over
   * channels.
   *
   * @param h {@code [batch, channels, n1, …, nd]} shifts. Not modified.
   * @return {@code [batch]}, DOUBLE; +∞ for a function outside the range of {@code C^{1/2}}
   * @throws IllegalArgumentException if the shape does not fit the grid
   */
  public INDArray cameronMartinNorm(INDArray h) {
    FunctionBatch batch = FunctionBatch.of(grid(), h);
    Whitening white = whitening();
    double[] values = batch.toDoubles();
    double[] norms = new double[batch.batch()];
    for (int row = 0; row < batch.rows(); row++) {
      int from = row * grid().size();
      double sum = white.inRange(values, from) ? 0 : Double.POSITIVE_INFINITY;
      for (double y : white.apply(values, from)) {
        sum += y * y;
      }
      norms[row / batch.channels()] += sum;
    }
    return Nd4j.createFromArray(Arrays.stream(norms).map(Math::sqrt).toArray());
  }

  /**
   * The density {@code d this / d other}.
   *
   * @param other the reference measure, on the same grid with as many channels
   * @return the density
   * @throws IllegalArgumentException if grids or channels differ, or the measures are singular to
   *     each other on this grid
   */
  public RadonNikodym density(GaussianMeasure other) {
    return RadonNikodym.of(this, other);
  }

  /**
   * The Kullback–Leibler divergence {@code KL(this ‖ other) = ½ Σ_k [ρ_k − 1 − ln ρ_k + Δ_k²/λ₂ₖ]},
   * {@code ρ = λ₁/λ₂} (dense: the eigenvalues of {@code C₂^{-1/2}C₁C₂^{-1/2}}), summed over
   * channels. With one covariance it is {@code ½‖Δ‖²_C}.
   *
   * @param other the second measure, on the same grid with as many channels
   * @return the divergence, at least 0; +∞ if one measure is degenerate where the other is not, or
   *     the means differ by more than the range of {@code C₂}
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double kl(GaussianMeasure other) {
    return JointModes.of(this, other).kl();
  }

  /**
   * {@code ln det₂(C₂^{-1/2} C₁ C₂^{-1/2})}, the Carleman–Fredholm determinant {@code det₂(I + M) =
   * Π (1 + m_k) e^{−m_k}}, of all channels together.
   *
   * @param other the second measure, on the same grid with as many channels
   * @return at most 0; −∞ if one covariance is degenerate where the other is not
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double logDet2(GaussianMeasure other) {
    requireSameSpace(other);
    GaussianMeasure same = of(mean, other.covariance, other.coordinates);
    return JointModes.of(this, same).logDet2();
  }

  /**
   * The Hellinger distance, {@code H² = 1 − Π_k (2√(λ₁λ₂)/(λ₁ + λ₂))^{1/2} exp(−Δ_k²/(4(λ₁ + λ₂)))}
   * over the modes of all channels.
   *
   * @param other the second measure, on the same grid with as many channels
   * @return {@code H} in {@code [0, 1]}, 1 for singular measures
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double hellinger(GaussianMeasure other) {
    return Math.sqrt(Math.max(0, JointModes.of(this, other).hellingerSquared()));
  }

  /**
   * The squared Wasserstein distance {@code ‖Δ‖² + tr(C₁ + C₂ − 2(C₁^{1/2}C₂C₁^{1/2})^{1/2})} for
   * the cost {@code ‖x − y‖²} in {@code L²}, the trace once for each channel.
   *
   * @param other the second measure, on the same grid with as many channels
   * @return {@code W₂²}, at least 0
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double w2Squared(GaussianMeasure other) {
    return new Distances(this, other).w2Squared();
  }

  /**
   * The Wasserstein distance, the root of {@link #w2Squared}.
   *
   * @param other the second measure, on the same grid with as many channels
   * @return {@code W₂}, a metric
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double w2(GaussianMeasure other) {
    return Math.sqrt(w2Squared(other));
  }

  /**
   * {@code tr(C₁^{1/2}C₂C₁^{1/2})^{1/2} = Σ √eig(C₁C₂)} of all channels, the mixed term of the
   * Fréchet distance.
   *
   * @param other the second measure, on the same grid with as many channels
   * @return the trace
   * @throws IllegalArgumentException if grids or channels differ
   */
  public double rootTrace(GaussianMeasure other) {
    return new Distances(this, other).rootTrace();
  }

  /**
   * {@code E k(X, Y)} for independent {@code X} and {@code Y} of the two measures, {@code k(x, y) =
   * exp(−‖x − y‖²/2γ²)} with the norm of all channels: {@code det(I + (C₁ + C₂)/γ²)^{-1/2}
   * exp(−½⟨(C₁ + C₂ + γ²)⁻¹Δ, Δ⟩)}, one determinant a channel.
   *
   * @param other the second measure, on the same grid with as many channels
   * @param bandwidth {@code γ}, positive and finite, in units of the {@code L²} norm
   * @return the mean, in {@code (0, 1]}
   * @throws IllegalArgumentException if grids or channels differ or the bandwidth is out of range
   */
  public double kernelMean(GaussianMeasure other, double bandwidth) {
    requireBandwidth(bandwidth);
    return new Distances(this, other).kernelMean(bandwidth);
  }

  /**
   * The squared maximum mean discrepancy {@code E k(X, X') + E k(Y, Y') − 2 E k(X, Y)} of the
   * kernel of {@link #kernelMean}. Its three terms are at most 1 and carry their round-off: a value
   * of order {@code 1e-15} is not told from 0, and may be negative.
   *
   * @param other the second measure, on the same grid with as many channels
   * @param bandwidth {@code γ}, positive and finite, in units of the {@code L²} norm
   * @return {@code MMD²}
   * @throws IllegalArgumentException if grids or channels differ or the bandwidth is out of range
   */
  public double mmd2(GaussianMeasure other, double bandwidth) {
    return kernelMean(this, bandwidth)
        + other.kernelMean(other, bandwidth)
        - 2 * kernelMean(other, bandwidth);
  }

  private static void requireBandwidth(double bandwidth) {
    if (!(bandwidth > 0 && bandwidth < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "bandwidth " + bandwidth + " is not positive and finite: give γ in units of the L² norm");
    }
  }

  /** {@code [channels × points]} values of the mean. */
  double[] meanValues() {
    return FunctionBatch.of(grid(), mean).toDoubles();
  }

  /** {@code m₁ − m₂}, {@code [channels × points]}. */
  double[] difference(GaussianMeasure other) {
    requireSameSpace(other);
    double[] a = meanValues();
    double[] b = other.meanValues();
    for (int i = 0; i < a.length; i++) {
      a[i] -= b[i];
    }
    return a;
  }

  void requireSameSpace(GaussianMeasure other) {
    if (!grid().equals(other.grid()) || channels() != other.channels()) {
      throw new IllegalArgumentException(
          "measures of "
              + channels()
              + " channels on "
              + grid()
              + " and of "
              + other.channels()
              + " on "
              + other.grid()
              + ": bring both to one grid with on(grid)");
    }
  }

  Whitening whitening() {
    return coordinates.get();
  }

  /** The coordinates where they cost nothing, of a spectral covariance; else null. */
  @Nullable Whitening diagonal() {
    return covariance.spectral().filter(c -> c.transform().orthonormal()).isPresent()
        ? whitening()
        : null;
  }
}
