package io.fdiff.transform;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.HilbertSpace;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code H¹} by differences between neighbouring points, in one to three dimensions: {@code ⟨x, y⟩
 * = Σ_c [ Σ_i w_i x_i y_i + Σ_{i~j} c_ij (x_i − x_j)(y_i − y_j) ]}, {@code c_ij} the measure of
 * what the cells of two neighbours share over the distance of the points. No boundary condition is
 * imposed: no flux leaves the domain. Constants have the norm of {@code L²}.
 *
 * <ul>
 *   <li>Interval, points in any order: {@code c = 1/(p_{i+1} − p_i)}. The second sum is the exact
 *       {@code ∫ x′ y′} of the functions that are linear between the points and constant beyond the
 *       outer ones. Riesz map: a tridiagonal system, {@code O(N)}.
 *   <li>Regular grids of cells or nodes, any number of axes: neighbours along an axis, {@code c}
 *       the weights of the other axes over the step. On nodes the derivatives of affine functions
 *       are integrated exactly; on {@code n} cells an axis the outer half cells count as constant,
 *       and {@code ∫ (∂_a x)²} of an affine function comes out as {@code 1 − 1/n_a} of itself.
 *       Smooth norms converge at second order on nodes, on cells where the slope across the
 *       boundary is 0, at first order elsewhere. Riesz map: two cosine transforms, which are its
 *       eigenvectors.
 *   <li>Scattered points of two or three dimensions: neighbours across the facets of the Voronoi
 *       cells, {@link PointSet#facets()}, two-point fluxes (Eymard, Gallouët and Herbin 2000). In
 *       the plane and away from the boundary these are the linear finite elements of the Delaunay
 *       triangulation. Affine functions come out exactly but for the cells that touch the boundary
 *       without a point on it; norms of smooth functions converge, at second order in the plane
 *       where points lie on the boundary as densely as inside. Riesz map: conjugate gradients to a
 *       relative residual of {@code 10⁻¹³}, steps of {@code O(N)}, their number growing as the
 *       largest over the least spacing.
 * </ul>
 *
 * <p>{@link SobolevSpace} has the derivatives of a spectral basis instead, exact for band-limited
 * functions. Immutable and thread-safe.
 */
public final class DifferenceSobolevSpace implements HilbertSpace {

  /** Spread of points across a line or plane, of that of the box, that may be round-off. */
  private static final double FLAT = 1e-12;

  private final Grid grid;
  private final double[] weights;
  private final DifferenceForm differences;

  private DifferenceSobolevSpace(Grid grid, DifferenceForm differences) {
    this.grid = grid;
    this.weights = grid.weights();
    this.differences = differences;
  }

  /**
   * The space on a grid.
   *
   * @param grid a regular grid of cells or nodes in any dimension, or different points in one to
   *     three dimensions, which in more than one span the plane or space
   * @return the space
   * @throws IllegalArgumentException if the grid is a regular one whose functions are periodic or 0
   *     at ends that are no points ({@code PERIODIC}, {@code INTERIOR}); if scattered points have
   *     more than 3 axes, lie on a line of a plane or in a plane of space, or as {@link
   *     PointSet#facets()}
   */
  public static DifferenceSobolevSpace of(Grid grid) {
    if (grid instanceof RegularGrid regular
        && (regular.layout() == RegularGrid.Layout.PERIODIC
            || regular.layout() == RegularGrid.Layout.INTERIOR)) {
      throw new IllegalArgumentException(
          grid
              + " implies a boundary condition that differences do not see: use SobolevSpace with"
              + " Basis.FOURIER or Basis.SINE");
    }
    if (grid.dimension() == 1) {
      return new DifferenceSobolevSpace(grid, new IntervalDifferences(grid));
    }
    if (grid instanceof RegularGrid regular) {
      return new DifferenceSobolevSpace(grid, new GridDifferences(regular));
    }
    PointSet points = (PointSet) grid;
    if (points.dimension() > 3) {
      throw new IllegalArgumentException(
          points
              + " has "
              + points.dimension()
              + " axes: facets of cells are known in at most 3 dimensions; use a regular grid or a"
              + " CameronMartinSpace");
    }
    requireSpread(points);
    return new DifferenceSobolevSpace(points, new FacetDifferences(points));
  }

  /** Derivatives across a line or plane that holds all points are in no difference. */
  private static void requireSpread(PointSet points) {
    int n = points.size();
    int d = points.dimension();
    double[][] p = new double[n][d];
    for (int a = 0; a < d; a++) {
      Interval side = points.domain().get(a);
      double mean = 0;
      for (int i = 0; i < n; i++) {
        p[i][a] = side.toUnit(points.coordinate(i, a));
        mean += p[i][a] / n;
      }
      for (int i = 0; i < n; i++) {
        p[i][a] -= mean;
      }
    }
    double[] spread =
        new SingularValueDecomposition(new Array2DRowRealMatrix(p, false)).getSingularValues();
    double least = n > d ? spread[d - 1] / Math.sqrt(n) : 0;
    if (!(least > FLAT)) {
      throw new IllegalArgumentException(
          points
              + " lie on one "
              + (d == 2 ? "line" : "plane")
              + " (spread across it "
              + least
              + " of the box): derivatives across it are in no difference; give points that span"
              + " the domain, or a domain of fewer axes");
    }
  }

  @Override
  public Grid grid() {
    return grid;
  }

  @Override
  public INDArray inner(INDArray x, INDArray y) {
    FunctionBatch bx = FunctionBatch.of(grid, x);
    FunctionBatch by = FunctionBatch.of(grid, y);
    bx.requireSameShape(by);
    double[] a = bx.toDoubles();
    double[] b = x == y ? a : by.toDoubles();
    double[] result = new double[bx.batch()];
    int n = weights.length;
    for (int row = 0; row < bx.rows(); row++) {
      double sum = differences.of(a, b, row * n);
      for (int i = 0, at = row * n; i < n; i++, at++) {
        sum += weights[i] * a[at] * b[at];
      }
      result[row / bx.channels()] += sum;
    }
    return Nd4j.createFromArray(result);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ArithmeticException if conjugate gradients on scattered points do not reach their
   *     residual, with the remedy
   */
  @Override
  public INDArray riesz(INDArray gradient) {
    return FunctionBatch.of(grid, gradient).map(differences::solve);
  }
}
