package io.fdiff.covariance;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import io.fdiff.transform.CosineTransform;
import io.fdiff.transform.FourierTransform;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Spectral operators on every kind of grid against the contracts. */
class SpectralCovarianceTest {

  /** {@code (1 + |k|²)^{−1}} up to a frequency, 0 above: no grid of the tests cuts it off. */
  private static Spectrum bandLimited(int limit) {
    return (frequency, laplacian) -> {
      double squared = 0;
      for (int f : frequency) {
        if (f > limit) {
          return 0;
        }
        squared += f * f;
      }
      return 1 / (1 + squared);
    };
  }

  @Nested
  class BandLimitedOnPeriodicGrid extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          FourierTransform.of(RegularGrid.unit(Layout.PERIODIC, 12)), bandLimited(5));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.PERIODIC, 24);
    }
  }

  @Nested
  class BandLimitedOnCells extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(CosineTransform.of(RegularGrid.unit(8)), bandLimited(6));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(24);
    }
  }

  @Nested
  class BandLimitedOnNodes extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          CosineTransform.of(RegularGrid.unit(Layout.NODE, 9)), bandLimited(7));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.NODE, 17);
    }
  }

  @Nested
  class BandLimitedOnNonSquareBox extends TraceClassContract {
    private final List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));

    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          FourierTransform.of(RegularGrid.of(box, Layout.CELL, 6, 4)), bandLimited(1));
    }

    @Override
    Grid other() {
      return RegularGrid.of(box, Layout.CELL, 6, 12);
    }
  }

  @Nested
  class FromPeriodicToNodes extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          FourierTransform.of(RegularGrid.unit(Layout.PERIODIC, 8)), bandLimited(3));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.NODE, 9);
    }
  }

  @Nested
  class Bessel extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          FourierTransform.of(RegularGrid.unit(16)), Spectrum.bessel(5, 1.5, 2));
    }
  }

  @Nested
  class BesselOnCosinesOfBox extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      List<Interval> box = List.of(new Interval(-1, 2), new Interval(0, 0.5));
      return SpectralCovariance.of(
          CosineTransform.of(RegularGrid.of(box, Layout.CELL, 5, 7)), Spectrum.bessel(3, 1.2, 1));
    }
  }

  @Nested
  class FullRankOnNodes extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          CosineTransform.of(RegularGrid.unit(Layout.NODE, 5, 4)), Spectrum.bessel(3, 1.2, 1));
    }
  }

  @Nested
  class OfFewModes extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          Basis.FOURIER.on(RegularGrid.unit(12), 4), Spectrum.bessel(5, 1, 1));
    }
  }

  /** The quadrature does not see the basis as orthonormal; the law is that of the kernel. */
  @Nested
  class OnScatteredPoints extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      Grid grid = PointSet.of(Interval.UNIT, 0.02, 0.1, 0.25, 0.31, 0.5, 0.62, 0.8, 0.9, 0.97);
      return SpectralCovariance.of(CosineTransform.of(grid), Spectrum.bessel(5, 1, 1));
    }
  }

  @Nested
  class BandLimitedOnScatteredPoints extends TraceClassContract {
    @Override
    CovarianceOperator create() {
      Grid grid = PointSet.of(Interval.UNIT, 0, 0.1, 0.2, 0.35, 0.5, 0.62, 0.8, 0.9, 0.97);
      return SpectralCovariance.of(CosineTransform.of(grid), bandLimited(2));
    }

    @Override
    Grid other() {
      return RegularGrid.unit(Layout.NODE, 11);
    }
  }

  @Nested
  class CosinesOnPeriodicGrid extends CovarianceOperatorContract {
    @Override
    CovarianceOperator create() {
      return SpectralCovariance.of(
          CosineTransform.of(RegularGrid.unit(Layout.PERIODIC, 12)), bandLimited(4));
    }
  }
}
