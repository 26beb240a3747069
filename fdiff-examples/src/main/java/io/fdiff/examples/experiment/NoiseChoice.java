package io.fdiff.examples.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.covariance.EmpiricalCovariance;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.transform.Basis;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;

/** The covariance of the noise, diagonal in the basis of the data. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(NoiseChoice.OfData.class),
  @JsonSubTypes.Type(NoiseChoice.Matern.class),
  @JsonSubTypes.Type(NoiseChoice.White.class)
})
public sealed interface NoiseChoice {

  /**
   * The covariance on the grid of an estimate.
   *
   * @param data mean and spectrum of the normalised data on some grid
   * @return the operator on that grid
   */
  CovarianceOperator on(EmpiricalCovariance data);

  /**
   * The spectrum of the data (thesis, eq. 4.28), not below a floor.
   *
   * @param floor smallest eigenvalue as a fraction of the largest
   * @param decay exponent by which the floor falls with the frequency; above half the dimension, so
   *     that the noise stays trace class
   */
  @JsonTypeName("data")
  record OfData(double floor, double decay) implements NoiseChoice {
    @Override
    public CovarianceOperator on(EmpiricalCovariance data) {
      return data.withFloor(floor, decay);
    }
  }

  /**
   * Matérn noise; smoothness ½ is the exponential kernel of Kerrigan et al. (2023).
   *
   * @param smoothness {@code ν}
   * @param variance variance of a value, up to effects of the boundary
   * @param lengthScale {@code ℓ}
   */
  @JsonTypeName("matern")
  record Matern(double smoothness, double variance, double lengthScale) implements NoiseChoice {
    @Override
    public CovarianceOperator on(EmpiricalCovariance data) {
      SpectralTransform transform = transform(data);
      return SpectralCovariance.of(
          transform,
          Spectrum.matern(smoothness, variance, lengthScale, transform.grid().dimension()));
    }
  }

  /**
   * White noise cut off at the modes of a reference grid of the unit box, where a value has
   * variance 1, so that it is one operator on all grids.
   *
   * @param points points of the reference grid along each axis, at least 2
   */
  @JsonTypeName("white")
  record White(int points) implements NoiseChoice {
    /**
     * Checks the number.
     *
     * @param points points of the reference grid along each axis, at least 2
     */
    public White {
      if (points < 2) {
        throw new IllegalArgumentException(
            "white noise of " + points + " points per axis: give at least 2");
      }
    }

    @Override
    public CovarianceOperator on(EmpiricalCovariance data) {
      SpectralTransform transform = transform(data);
      int dimension = transform.grid().dimension();
      int[] highest = new int[dimension];
      Arrays.fill(highest, transform.basis() == Basis.FOURIER ? (points - 1) / 2 : points - 1);
      double level = Math.pow(points, -dimension);
      Spectrum constant = (frequency, laplacian) -> level;
      return SpectralCovariance.of(transform, constant.times(Spectrum.bandLimit(highest)));
    }
  }

  private static SpectralTransform transform(EmpiricalCovariance data) {
    return data.spectral()
        .orElseThrow(
            () -> new IllegalStateException("an empirical covariance has no spectral form"))
        .transform();
  }
}
