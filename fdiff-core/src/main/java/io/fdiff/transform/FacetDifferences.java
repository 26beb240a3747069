package io.fdiff.transform;

import io.fdiff.space.PointSet;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.exception.MaxCountExceededException;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.ConjugateGradient;
import org.apache.commons.math3.linear.JacobiPreconditioner;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;

/**
 * Differences across the facets of Voronoi cells. The matrix is sparse; it is inverted by conjugate
 * gradients with the diagonal as preconditioner, a function at a time.
 */
final class FacetDifferences extends RealLinearOperator implements DifferenceForm {

  /** Of the residual, in the Euclidean norm and relative to the right-hand side. */
  private static final double TOLERANCE = 1e-13;

  private final double[] weights;
  private final int[] first;
  private final int[] second;
  private final double[] conductance; // facet over distance
  private final double[] diagonal;

  FacetDifferences(PointSet points) {
    this.weights = points.weights();
    List<PointSet.Facet> facets = points.facets();
    int n = facets.size();
    this.first = new int[n];
    this.second = new int[n];
    this.conductance = new double[n];
    this.diagonal = weights.clone();
    for (int f = 0; f < n; f++) {
      PointSet.Facet facet = facets.get(f);
      first[f] = facet.first();
      second[f] = facet.second();
      conductance[f] = facet.measure() / facet.distance();
      diagonal[first[f]] += conductance[f];
      diagonal[second[f]] += conductance[f];
    }
  }

  @Override
  public double of(double[] a, double[] b, int from) {
    double sum = 0;
    for (int f = 0; f < conductance.length; f++) {
      int i = from + first[f];
      int j = from + second[f];
      sum += conductance[f] * (a[j] - a[i]) * (b[j] - b[i]);
    }
    return sum;
  }

  @Override
  public int getRowDimension() {
    return weights.length;
  }

  @Override
  public int getColumnDimension() {
    return weights.length;
  }

  /** {@code (W + S) x}. */
  @Override
  public RealVector operate(RealVector x) {
    double[] v = x.toArray();
    double[] image = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      image[i] = weights[i] * v[i];
    }
    for (int f = 0; f < conductance.length; f++) {
      double flux = conductance[f] * (v[second[f]] - v[first[f]]);
      image[first[f]] -= flux;
      image[second[f]] += flux;
    }
    return new ArrayRealVector(image, false);
  }

  @Override
  public void solve(double[] in, double[] out, int rows) {
    int n = weights.length;
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              double[] g = Arrays.copyOfRange(in, row * n, (row + 1) * n);
              System.arraycopy(solve(g), 0, out, row * n, n);
            });
  }

  private double[] solve(double[] g) {
    // Squares of large or small gradients would overflow or vanish.
    double largest = 0;
    for (double value : g) {
      largest = Math.max(largest, Math.abs(value));
    }
    if (largest == 0) {
      return g;
    }
    if (!(largest < Double.POSITIVE_INFINITY)) {
      Arrays.fill(g, Double.NaN);
      return g;
    }
    int scale = Math.getExponent(largest);
    for (int i = 0; i < g.length; i++) {
      g[i] = Math.scalb(g[i], -scale);
    }
    int steps = 10 * g.length + 1000;
    try {
      double[] r =
          new ConjugateGradient(steps, TOLERANCE, false)
              .solve(this, new JacobiPreconditioner(diagonal, false), new ArrayRealVector(g, false))
              .toArray();
      for (int i = 0; i < r.length; i++) {
        r[i] = Math.scalb(r[i], scale);
      }
      return r;
    } catch (MaxCountExceededException e) {
      throw new ArithmeticException(
          "conjugate gradients on "
              + g.length
              + " points do not reach a relative residual of "
              + TOLERANCE
              + " in "
              + steps
              + " steps: merge points that are much closer than the others, or choose units in"
              + " which the domain has a size of order 1");
    }
  }
}
