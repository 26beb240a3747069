package io.fdiff.transform;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Every family on every kind of grid against the contracts. */
class SpectralTransformTest {

  private static final Interval LONG = new Interval(-1, 2);
  private static final Interval SHORT = new Interval(0.25, 0.75);

  private static Grid periodic(int... n) {
    return RegularGrid.unit(Layout.PERIODIC, n);
  }

  /** One point for each mode: the top Fourier mode of an even axis alternates. */
  abstract static class FullFourier extends OrthonormalTransformContract {
    @Override
    boolean alternating(int axis, int index) {
      int n = transform().modeShape()[axis];
      return n % 2 == 0 && index == n - 1;
    }
  }

  @Nested
  class FourierOnPeriodic15 extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(periodic(15));
    }
  }

  @Nested
  class FourierOnPeriodic16 extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(periodic(16));
    }
  }

  @Nested
  class FourierOnCells15 extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(15));
    }
  }

  @Nested
  class FourierOnCells16 extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(16));
    }
  }

  @Nested
  class FourierOnTheSmallestGrids extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(2, 3));
    }
  }

  @Nested
  class FourierOnNonSquareBox extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.PERIODIC, 6, 15));
    }
  }

  @Nested
  class FourierOnCellsOfNonSquareBox extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.CELL, 16, 7));
    }
  }

  @Nested
  class FourierInThreeDimensions extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(4, 3, 6));
    }
  }

  @Nested
  class CosineOnCells15 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.unit(15));
    }
  }

  @Nested
  class CosineOnCells16 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.unit(16));
    }
  }

  @Nested
  class CosineOnTheSmallestGrids extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.unit(3, 2));
    }
  }

  @Nested
  class CosineOnNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.CELL, 16, 9));
    }
  }

  @Nested
  class CosineInThreeDimensions extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.unit(3, 5, 4));
    }
  }

  /** Both ends are points: the top cosine alternates. */
  abstract static class CosineOnNodes extends OrthonormalTransformContract {
    @Override
    boolean alternating(int axis, int index) {
      return index == transform().modeShape()[axis] - 1;
    }
  }

  @Nested
  class CosineOnNodes16 extends CosineOnNodes {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.of(List.of(LONG), Layout.NODE, 16));
    }
  }

  @Nested
  class CosineOnNodes17 extends CosineOnNodes {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.unit(Layout.NODE, 17));
    }
  }

  @Nested
  class CosineOnTheSmallestNodes extends CosineOnNodes {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.unit(Layout.NODE, 2, 3));
    }
  }

  @Nested
  class CosineOnNodesOfNonSquareBox extends CosineOnNodes {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.NODE, 6, 9));
    }
  }

  @Nested
  class FourierOnNodes16 extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(Layout.NODE, 16));
    }
  }

  @Nested
  class FourierOnNodes17 extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(Layout.NODE, 17));
    }
  }

  @Nested
  class FourierOnNodesOfNonSquareBox extends FullFourier {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.NODE, 5, 7));
    }
  }

  /** The top sine of cell centres is sin πnu with factor 1. */
  abstract static class SineOnCells extends OrthonormalTransformContract {
    @Override
    boolean alternating(int axis, int index) {
      return index == transform().modeShape()[axis] - 1;
    }
  }

  @Nested
  class SineOnCells15 extends SineOnCells {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.unit(15));
    }
  }

  @Nested
  class SineOnCells16 extends SineOnCells {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.unit(16));
    }
  }

  @Nested
  class SineOnTheSmallestGrids extends SineOnCells {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.unit(2, 3));
    }
  }

  @Nested
  class SineOnCellsOfNonSquareBox extends SineOnCells {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.CELL, 8, 5));
    }
  }

  @Nested
  class SineInThreeDimensions extends SineOnCells {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.of(List.of(LONG, SHORT, LONG), Layout.CELL, 3, 5, 4));
    }
  }

  @Nested
  class SineOnInterior15 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.unit(Layout.INTERIOR, 15));
    }
  }

  @Nested
  class SineOnInterior16 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.of(List.of(LONG), Layout.INTERIOR, 16));
    }
  }

  @Nested
  class SineOnInteriorOfNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.INTERIOR, 9, 6));
    }
  }

  @Nested
  class SineOnInteriorInThreeDimensions extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.unit(Layout.INTERIOR, 4, 2, 5));
    }
  }

  @Nested
  class SineOnNodesOfNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.NODE, 5, 8));
    }
  }

  @Nested
  class SineOnPeriodicPoints extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(RegularGrid.of(List.of(LONG), Layout.PERIODIC, 16));
    }
  }

  @Nested
  class QuarterSineOnCells15 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.unit(15));
    }
  }

  @Nested
  class QuarterSineOnCells16 extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.of(List.of(LONG), Layout.CELL, 16));
    }
  }

  @Nested
  class QuarterSineOnTheSmallestGrids extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.unit(2, 3));
    }
  }

  @Nested
  class QuarterSineOnNonSquareBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.CELL, 8, 5));
    }
  }

  @Nested
  class QuarterSineInThreeDimensions extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.unit(3, 4, 5));
    }
  }

  @Nested
  class QuarterSineOnNodes extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.of(List.of(LONG, SHORT), Layout.NODE, 6, 5));
    }
  }

  @Nested
  class QuarterSineOnInteriorByLeastSquares extends SpectralTransformContract {
    @Override
    SpectralTransform create() {
      return QuarterSineTransform.of(RegularGrid.unit(Layout.INTERIOR, 7, 6));
    }
  }

  @Nested
  class FourierOnInteriorByLeastSquares extends SpectralTransformContract {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(RegularGrid.unit(Layout.INTERIOR, 15));
    }
  }

  @Nested
  class SineOnScatteredPoints extends SpectralTransformContract {
    @Override
    SpectralTransform create() {
      return SineTransform.of(PointSet.of(LONG, -0.9, -0.7, -0.3, 0, 0.1, 0.5, 0.9, 1.2, 1.4, 1.8));
    }
  }

  @Nested
  class FewFourierModesOnPeriodicGrid extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return Basis.FOURIER.on(periodic(16), 4);
    }
  }

  @Nested
  class FewCosinesOnCellsOfBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return Basis.COSINE.on(RegularGrid.unit(8, 6), 3, 5);
    }
  }

  @Nested
  class FewCosinesOnNodesOfBox extends OrthonormalTransformContract {
    @Override
    SpectralTransform create() {
      return Basis.COSINE.on(RegularGrid.unit(Layout.NODE, 8, 6), 3, 5);
    }
  }

  /** All modes, one by one: the corner mode alternates on both axes. */
  @Nested
  class AllCosinesOnNodesByLeastSquares extends CosineOnNodes {
    @Override
    SpectralTransform create() {
      return Basis.COSINE.on(RegularGrid.unit(Layout.NODE, 4, 5), 4, 5);
    }
  }

  @Nested
  class CosineOnPeriodicGridByLeastSquares extends SpectralTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(periodic(16));
    }
  }

  @Nested
  class CosineOnScatteredPoints extends SpectralTransformContract {
    @Override
    SpectralTransform create() {
      return CosineTransform.of(
          PointSet.of(LONG, -0.9, -0.7, -0.3, 0, 0.1, 0.5, 0.9, 1.2, 1.4, 1.8));
    }
  }

  @Nested
  class FourierOnScatteredPoints extends SpectralTransformContract {
    @Override
    SpectralTransform create() {
      return FourierTransform.of(
          PointSet.of(LONG, -0.9, -0.7, -0.3, 0, 0.1, 0.5, 0.9, 1.2, 1.4, 1.8));
    }
  }
}
