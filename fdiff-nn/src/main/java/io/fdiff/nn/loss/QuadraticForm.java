package io.fdiff.nn.loss;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.nn.GraphContext;
import io.fdiff.sde.Multiplier;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.SpectralTransform;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A squared norm on a grid, {@code Σ_r g_r (A d)_r²}: the values themselves with the weights of the
 * quadrature, spectral coefficients, or values whitened by a dense matrix.
 *
 * <p>In a graph {@code A} is one constant matrix or, where it is cheaper, one matrix an axis with a
 * permutation between them. Forward and backward pass cost {@code 4 RN} operations a function for
 * {@code R} rows and {@code N} points, or {@code 4N Σ_a n_a}: 4 and 0.26 million for an image of 32
 * × 32 with all its modes. Immutable and thread-safe.
 */
public final class QuadraticForm {

  private static final String MATRIX = "norm";

  /** Rows of {@code out × in}, along one axis of the array. */
  private record Stage(List<double[]> rows) {
    int outputs() {
      return rows.size();
    }

    int inputs() {
      return rows.get(0).length;
    }
  }

  private final List<Stage> stages;
  private final double[] weights;
  private final @Nullable SpectralTransform transform;
  private final int @Nullable [] modes;

  private QuadraticForm(
      List<Stage> stages,
      double[] weights,
      @Nullable SpectralTransform transform,
      int @Nullable [] modes) {
    this.stages = stages;
    this.weights = weights;
    this.transform = transform;
    this.modes = modes;
  }

  static QuadraticForm pointwise(Grid grid) {
    return new QuadraticForm(List.of(), grid.weights(), null, null);
  }

  static QuadraticForm dense(CovarianceOperator covariance) {
    Grid grid = covariance.grid();
    int n = grid.size();
    double[] columns = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      columns[i * n + i] = 1;
    }
    FunctionBatch.read(
        covariance.applyInverseSqrt(FunctionBatch.array(grid, DataType.DOUBLE, 1, columns)),
        columns);
    return new QuadraticForm(List.of(transposed(columns, n, n, null)), grid.weights(), null, null);
  }

  /** The rows of a matrix given by its columns; all, or those asked for. */
  private static Stage transposed(
      double[] columns, int inputs, int outputs, int @Nullable [] kept) {
    int count = kept == null ? outputs : kept.length;
    double[][] rows = new double[count][inputs];
    for (int r = 0; r < count; r++) {
      int from = kept == null ? r : kept[r];
      for (int i = 0; i < inputs; i++) {
        rows[r][i] = columns[i * outputs + from];
      }
    }
    return new Stage(List.of(rows));
  }

  /** {@code Σ_k g_k d_k²}; modes of weight 0 are left out where that saves work. */
  static QuadraticForm spectral(SpectralTransform transform, double[] g) {
    for (int k = 0; k < g.length; k++) {
      if (!(g[k] >= 0 && g[k] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight "
                + g[k]
                + " of frequency "
                + Arrays.toString(transform.frequency(k))
                + " is negative or not finite: a norm needs weights that are not");
      }
    }
    int[] kept = IntStream.range(0, g.length).filter(k -> g[k] > 0).toArray();
    if (kept.length == 0) {
      throw new IllegalArgumentException("all weights are 0 on " + transform.grid());
    }
    int axes = transform.grid().dimension();
    int[] ends = new int[axes];
    for (int k : kept) {
      int[] index = transform.index(k);
      for (int a = 0; a < axes; a++) {
        ends[a] = Math.max(ends[a], index[a] + 1);
      }
    }
    boolean separable =
        axes > 1 && transform.grid() instanceof RegularGrid && transform.orthonormal();
    return separable && Arrays.stream(transform.grid().shape()).sum() < kept.length
        ? byAxes(transform, g, ends)
        : byModes(transform, g, kept);
  }

  private static QuadraticForm byModes(SpectralTransform transform, double[] g, int[] kept) {
    int n = transform.grid().size();
    double[] units = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      units[i * n + i] = 1;
    }
    double[] columns = new double[Math.multiplyExact(n, transform.modes())];
    transform.forward(units, columns, n);
    double[] weights = Arrays.stream(kept).mapToDouble(k -> g[k]).toArray();
    return new QuadraticForm(
        List.of(transposed(columns, n, transform.modes(), kept)), weights, transform, kept);
  }

  /** One stage an axis; the last axis comes out first. */
  private static QuadraticForm byAxes(SpectralTransform transform, double[] g, int[] ends) {
    RegularGrid grid = (RegularGrid) transform.grid();
    int axes = ends.length;
    Stage[] stages = new Stage[axes];
    int rows = 1;
    for (int a = 0; a < axes; a++) {
      RegularGrid line =
          RegularGrid.of(List.of(grid.domain().get(a)), grid.layout(), grid.shape()[a]);
      SpectralTransform along = transform.basis().on(line);
      int n = line.size();
      double[] units = new double[n * n];
      for (int i = 0; i < n; i++) {
        units[i * n + i] = 1;
      }
      double[] columns = new double[n * along.modes()];
      along.forward(units, columns, n);
      int[] first = IntStream.range(0, ends[a]).toArray();
      stages[a] = transposed(columns, n, along.modes(), first);
      rows *= ends[a];
    }
    double[] weights = new double[rows];
    int[] modes = new int[rows];
    int[] modeShape = transform.modeShape();
    for (int r = 0; r < rows; r++) {
      int rest = r;
      int mode = 0;
      int stride = 1;
      int[] index = new int[axes];
      for (int a = 0; a < axes; a++) {
        index[a] = rest % ends[a];
        rest /= ends[a];
      }
      for (int a = axes - 1; a >= 0; a--) {
        mode += index[a] * stride;
        stride *= modeShape[a];
      }
      modes[r] = mode;
      weights[r] = g[mode];
    }
    return new QuadraticForm(List.of(stages), weights, transform, modes);
  }

  /**
   * The number of rows of {@code A}.
   *
   * @return {@code R}
   */
  public int rows() {
    return weights.length;
  }

  /**
   * The weights of the squares.
   *
   * @return a fresh array {@code [rows]} of {@code g_r}
   */
  public double[] weights() {
    return weights.clone();
  }

  /**
   * Whether the rows are the points of the grid, so that the norm makes sense on some of them.
   *
   * @return true for {@code L²}
   */
  public boolean pointwise() {
    return stages.isEmpty();
  }

  /**
   * The factor of an operator on one row.
   *
   * @param operator a number, or one number for each mode
   * @param row index of the row
   * @return the factor
   * @throws IllegalArgumentException if the operator is per mode and the rows are not modes of its
   *     basis
   */
  public double factor(Multiplier operator, int row) {
    if (operator instanceof Multiplier.Scalar scalar) {
      return scalar.value();
    }
    if (modes == null) {
      throw new IllegalArgumentException(
          "weights per mode in a norm that is not diagonal in the modes: use a spectral norm");
    }
    return operator.at(modes[row]);
  }

  /**
   * This form in the modes of a basis, if it is {@code L²}; otherwise itself.
   *
   * @param other basis and grid of the modes
   * @return an equal norm of functions in the span of the modes, which can be weighted per mode
   * @throws IllegalArgumentException if this form has modes of another basis, or none
   */
  public QuadraticForm inModes(SpectralTransform other) {
    if (pointwise()) {
      double[] ones = new double[other.modes()];
      Arrays.fill(ones, 1);
      return spectral(other, ones);
    }
    if (transform == null || transform.basis() != other.basis()) {
      throw new IllegalArgumentException(
          "weights per mode of "
              + other.basis()
              + " in a norm that is not diagonal in them: use a spectral norm of that basis");
    }
    return this;
  }

  /**
   * {@code A d} in a graph.
   *
   * @param context the graph. Modified.
   * @param error {@code d}, {@code [points, batch, channels]}
   * @param channels number of channels
   * @return {@code [rows, batch, channels]}
   */
  public SDVariable coordinates(GraphContext context, SDVariable error, int channels) {
    if (pointwise()) {
      return error;
    }
    SDVariable x = error;
    // Before axis a: points of the axis, modes of the axes done, points of those to come, samples.
    int done = 1;
    for (int a = 0; a < stages.size(); a++) {
      Stage stage = stages.get(a);
      SDVariable matrix = matrix(context, a, stage);
      x = matrix.mmul(x.reshape(stage.inputs(), -1));
      done *= stage.outputs();
      if (a + 1 < stages.size()) {
        int next = stages.get(a + 1).inputs();
        int before = done / stage.outputs();
        x = x.reshape(stage.outputs(), before, next, -1).permute(2, 0, 1, 3).reshape(next, -1);
      }
    }
    return x.reshape(rows(), -1, channels);
  }

  private static SDVariable matrix(GraphContext context, int index, Stage stage) {
    return context
        .graph()
        .constant(
            MATRIX + index,
            Nd4j.createFromArray(stage.rows.toArray(double[][]::new)).castTo(context.type()));
  }
}
