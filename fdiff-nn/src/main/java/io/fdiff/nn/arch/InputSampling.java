package io.fdiff.nn.arch;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.arch.ModulatedInrConfig.Sampling;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.RegularGrid.Layout;
import io.fdiff.transform.Basis;
import io.fdiff.transform.Resampling;
import io.fdiff.transform.Resampling.Extension;
import io.fdiff.transform.SpectralTransform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Carries functions to the grid of an encoder by constant matrices: one for each axis of a regular
 * grid, one for all of scattered points.
 */
final class InputSampling {

  private static final String MATRIX = "sampling";

  /** Functions that are carried at a time when a matrix is computed. */
  private static final int IMPULSES = 256;

  private final Grid source;
  private final RegularGrid target;
  private final ModulatedInrConfig config;

  private InputSampling(Grid source, RegularGrid target, ModulatedInrConfig config) {
    this.source = source;
    this.target = target;
    this.config = config;
  }

  /**
   * The sampling from a grid to that of the encoder on the same domain.
   *
   * @throws IllegalArgumentException if the grid has another number of axes than the encoder
   */
  static InputSampling of(Grid source, ModulatedInrConfig config) {
    List<Integer> tokens = config.encoder().tokens();
    if (source.dimension() != tokens.size()) {
      throw new IllegalArgumentException(
          "grid of dimension "
              + source.dimension()
              + ": the encoder's tokens "
              + tokens
              + " are for dimension "
              + tokens.size()
              + "; configure tokens for each axis of the grid");
    }
    return new InputSampling(
        source, grid(source.domain(), config, config.encoder().trainedShape()), config);
  }

  private static RegularGrid grid(List<Interval> domain, ModulatedInrConfig config, int... shape) {
    Layout layout = config.sampling() == Sampling.FOURIER ? Layout.PERIODIC : Layout.CELL;
    return RegularGrid.of(domain, layout, shape);
  }

  /** The encoder's grid. */
  RegularGrid target() {
    return target;
  }

  private boolean isIdentity() {
    return source.equals(target);
  }

  /**
   * The functions on the encoder's grid.
   *
   * @return {@code [targetPoints, batch, inputChannels]}
   */
  SDVariable apply(GraphContext context) {
    SDVariable values = context.values();
    if (isIdentity()) {
      return values;
    }
    int channels = config.inputChannels();
    int all = target.size();
    if (source instanceof PointSet) {
      SDVariable matrix = context.input(MATRIX, all, source.size());
      return matrix.mmul(values.reshape(source.size(), -1)).reshape(all, -1, channels);
    }
    int axes = source.dimension();
    // Each product maps the first axis; then that one becomes the last axis of points.
    int[] rotation = new int[axes + 1];
    for (int a = 0; a < axes; a++) {
      rotation[a] = (a + 1) % axes;
    }
    rotation[axes] = axes;
    int[] shape = source.shape();
    SDVariable x = values;
    for (int a = 0; a < axes; a++) {
      int points = target.shape()[a];
      x = context.input(MATRIX + a, points, shape[0]).mmul(x.reshape(shape[0], -1));
      shape[0] = points;
      if (axes > 1) {
        long[] open = new long[axes + 1];
        int[] next = new int[axes];
        for (int b = 0; b < axes; b++) {
          open[b] = shape[b];
          next[b] = shape[rotation[b]];
        }
        open[axes] = -1;
        x = x.reshape(open).permute(rotation);
        shape = next;
      }
    }
    return x.reshape(all, -1, channels);
  }

  /**
   * The matrices.
   *
   * @throws IllegalArgumentException if functions on the source cannot be carried
   */
  Map<String, INDArray> inputs(DataType type) {
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    if (isIdentity()) {
      return inputs;
    }
    if (!(source instanceof RegularGrid regular)) {
      inputs.put(MATRIX, matrix(source, target, type));
      return inputs;
    }
    for (int a = 0; a < source.dimension(); a++) {
      List<Interval> side = List.of(source.domain().get(a));
      inputs.put(
          MATRIX + a,
          matrix(
              RegularGrid.of(side, regular.layout(), regular.shape()[a]),
              grid(side, config, target.shape()[a]),
              type));
    }
    return inputs;
  }

  /** {@code [to.size(), from.size()]}: what becomes of a unit value at each point. */
  private INDArray matrix(Grid from, RegularGrid to, DataType type) {
    int points = from.size();
    double[] matrix = new double[to.size() * points];
    for (int first = 0; first < points; first += IMPULSES) {
      int count = Math.min(IMPULSES, points - first);
      double[] impulses = new double[count * points];
      for (int i = 0; i < count; i++) {
        impulses[i * points + first + i] = 1;
      }
      double[] carried = new double[count * to.size()];
      FunctionBatch.read(
          carry(FunctionBatch.array(from, DataType.DOUBLE, 1, impulses), from, to), carried);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < to.size(); j++) {
          matrix[j * points + first + i] = carried[i * to.size() + j];
        }
      }
    }
    INDArray array = Nd4j.createUninitialized(type, to.size(), points);
    FunctionBatch.write(matrix, array);
    return array;
  }

  private INDArray carry(INDArray x, Grid from, RegularGrid to) {
    return switch (config.sampling()) {
      case LINEAR -> Resampling.linear(x, from, to, Extension.LINEAR);
      case COSINE -> spectral(x, Basis.COSINE, from, to);
      case FOURIER -> spectral(x, Basis.FOURIER, from, to);
    };
  }

  private static INDArray spectral(INDArray x, Basis basis, Grid from, RegularGrid to) {
    SpectralTransform here =
        from instanceof RegularGrid ? basis.on(from) : basis.on(from, to.shape());
    return Resampling.spectral(x, here, basis.on(to));
  }
}
