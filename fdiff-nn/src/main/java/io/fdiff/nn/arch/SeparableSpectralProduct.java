package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Transforms axis by axis on a regular grid: one product an axis, whose left factors are small.
 *
 * <p>A Fourier analysis is complex: real and imaginary part are two blocks of rows. The first axis
 * has the frequencies {@code 0 … M_1}, which are enough for real functions, the others {@code −M_a
 * … M_a}. In that order the frequencies below 0, which are conjugate to others, are the first ones
 * of all. Their coefficients are set to 0, so that the weights that they are multiplied by do not
 * matter; every other frequency but 0 counts twice in the real part of the synthesis.
 *
 * <p>The stages of an axis multiply blocks: one for each frequency of the axes before. Where the
 * last stage masks coefficients its blocks differ.
 */
final class SeparableSpectralProduct implements SpectralProduct {

  private static final String ANALYSIS = "analysis";
  private static final String TURNED = "analysisTurned";
  private static final String SYNTHESIS = "synthesis";

  private final RegularGrid grid;
  private final int[] shape;
  private final int[] counts;
  private final AxisTransform[] axes;
  private final int parts;

  SeparableSpectralProduct(Basis basis, List<Integer> modes, RegularGrid grid) {
    this.grid = grid;
    this.shape = grid.shape();
    this.counts = counts(basis, modes);
    this.parts = basis == Basis.FOURIER ? 2 : 1;
    this.axes = new AxisTransform[shape.length];
    for (int a = 0; a < shape.length; a++) {
      axes[a] = new AxisTransform(basis, grid, a, modes.get(a));
    }
  }

  /** The coefficients that are computed of each axis. */
  private static int[] counts(Basis basis, List<Integer> modes) {
    int[] counts = SpectralProduct.functions(basis, modes);
    if (basis == Basis.FOURIER) {
      counts[0] = modes.get(0) + 1;
    }
    return counts;
  }

  /** Multiplications a function. */
  static double products(Basis basis, List<Integer> modes, int[] shape) {
    int[] counts = counts(basis, modes);
    int parts = basis == Basis.FOURIER ? 2 : 1;
    double sum = 0;
    for (int a = 0; a < shape.length; a++) {
      double product = (double) parts * counts[a] * shape[a] * (a == 0 ? 1 : parts);
      for (int other = 0; other < shape.length; other++) {
        product *= other == a ? 1 : other < a ? counts[other] : shape[other];
      }
      // Analysis and synthesis; the last analysis also gives the turned coefficients.
      sum += a == shape.length - 1 ? product * (1 + parts) : 2 * product;
    }
    return sum;
  }

  private int before(int axis) {
    int product = 1;
    for (int a = 0; a < axis; a++) {
      product *= counts[a];
    }
    return product;
  }

  /** The number of frequencies below 0, which come first. */
  private int redundant() {
    return parts == 1 ? 0 : (before(shape.length) / counts[0] - 1) / 2;
  }

  @Override
  public SDVariable apply(
      GraphContext context, SDVariable u, SDVariable weights, SDVariable shift) {
    SameDiff graph = context.graph();
    int last = shape.length - 1;
    int width = (int) weights.getShape()[1];
    SDVariable stage = matrix(context, ANALYSIS, 0).mmul(u.reshape(shape[0], -1));
    for (int a = 1; a < last; a++) {
      stage = matrix(context, ANALYSIS, a).mmul(blocks(stage, a, parts * shape[a]));
    }
    int all = before(shape.length);
    SDVariable block = blocks(stage, last, parts * shape[last]);
    SDVariable coefficients = matrix(context, ANALYSIS, last).mmul(block).reshape(all, -1, width);
    SDVariable product;
    if (parts == 1) {
      product = coefficients.mmul(weights);
    } else {
      SDVariable turned = matrix(context, TURNED, last).mmul(block).reshape(all, -1, width);
      product = coefficients.mmul(real(graph, weights)).add(turned.mmul(imaginary(graph, weights)));
    }
    for (int a = last; a > 0; a--) {
      product = matrix(context, SYNTHESIS, a).mmul(blocks(product, a, parts * counts[a]));
    }
    SDVariable values = matrix(context, SYNTHESIS, 0).mmul(product.reshape(parts * counts[0], -1));
    return values.reshape(grid.size(), -1).add(OperatorFrame.spread(context, shift));
  }

  /** One block of rows for each frequency of the axes before. */
  private SDVariable blocks(SDVariable stage, int axis, int rows) {
    return stage.reshape(before(axis), rows, -1);
  }

  /** {@code P_k} for all frequencies in order; those below 0 may have any. */
  private SDVariable real(SameDiff graph, SDVariable weights) {
    int redundant = redundant();
    int kept = before(shape.length) - redundant;
    return graph.concat(0, slice(graph, weights, 0, redundant), slice(graph, weights, 0, kept));
  }

  /** {@code Q_k} likewise; 0 and those below may have any. */
  private SDVariable imaginary(SameDiff graph, SDVariable weights) {
    int all = before(shape.length);
    return slice(graph, weights, (int) weights.getShape()[0] - all, all);
  }

  private static SDVariable slice(SameDiff graph, SDVariable weights, int from, int count) {
    int width = (int) weights.getShape()[1];
    return graph.slice(weights, new int[] {from, 0, 0}, count, width, width);
  }

  private SDVariable matrix(GraphContext context, String name, int axis) {
    boolean synthesis = name.equals(SYNTHESIS);
    long modal = (long) parts * counts[axis];
    long nodal = (axis == 0 ? 1L : parts) * shape[axis];
    long rows = synthesis ? nodal : modal;
    long columns = synthesis ? modal : nodal;
    return axis == 0
        ? context.input(name + axis, rows, columns)
        : context.input(name + axis, before(axis), rows, columns);
  }

  @Override
  public Map<String, INDArray> gridInputs(DataType type) {
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    int last = shape.length - 1;
    for (int a = 0; a < shape.length; a++) {
      put(inputs, ANALYSIS, type, a, false);
      put(inputs, SYNTHESIS, type, a, false);
    }
    if (parts == 2) {
      put(inputs, TURNED, type, last, true);
    }
    return inputs;
  }

  private void put(
      Map<String, INDArray> inputs, String name, DataType type, int axis, boolean turned) {
    boolean synthesis = name.equals(SYNTHESIS);
    int blocks = before(axis);
    int nodalParts = axis == 0 ? 1 : parts;
    int rows = (synthesis ? nodalParts : parts) * (synthesis ? shape[axis] : counts[axis]);
    int columns = (synthesis ? parts : nodalParts) * (synthesis ? counts[axis] : shape[axis]);
    double[] values = new double[Math.multiplyExact(blocks, Math.multiplyExact(rows, columns))];
    for (int block = 0; block < blocks; block++) {
      for (int k = 0; k < counts[axis]; k++) {
        double factor = axis == shape.length - 1 ? factor(block * counts[axis] + k, turned) : 1;
        for (int n = 0; n < shape[axis]; n++) {
          for (int p = 0; p < parts; p++) {
            for (int q = 0; q < nodalParts; q++) {
              int modal = k * parts + p;
              int nodal = q * shape[axis] + n;
              int row = synthesis ? nodal : modal;
              int column = synthesis ? modal : nodal;
              values[(block * rows + row) * columns + column] =
                  synthesis
                      ? axes[axis].synthesis(k, n, p, q) * Math.signum(factor)
                      : factor * axes[axis].analysis(k, n, p, q, turned);
            }
          }
        }
      }
    }
    INDArray array =
        axis == 0
            ? OperatorFrame.array(type, values, rows, columns)
            : OperatorFrame.array(type, values, blocks, rows, columns);
    inputs.put(name + axis, array);
  }

  /** 1 for a coefficient that is kept, 2 if its conjugate is not; 0 for those left out. */
  private double factor(int flat, boolean turned) {
    if (parts == 1) {
      return 1;
    }
    int order = Integer.compare(flat, redundant());
    return order > 0 ? 2 : order == 0 && !turned ? 1 : 0;
  }
}
