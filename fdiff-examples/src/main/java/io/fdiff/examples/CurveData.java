package io.fdiff.examples;

import io.fdiff.data.CurveTable;
import io.fdiff.data.CurvesCsv;
import io.fdiff.data.FunctionDataset;
import io.fdiff.data.GaussianProcessMixture;
import io.fdiff.measure.GaussianMixture;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.L2Space;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Curves to learn from, and curves to compare samples with.
 *
 * @param name what they are
 * @param training the curves the model is trained on
 * @param reference curves of the same law; those of the file itself, or others of the mixture
 * @param mixture the law of the built-in curves, null for a file
 */
record CurveData(
    String name,
    CurveTable training,
    FunctionDataset reference,
    @Nullable GaussianMixture mixture) {

  private static final int POINTS = 64;
  private static final int CURVES = 1000;
  private static final long TRAINING = 31;
  private static final long REFERENCE = 32;

  /** Curves of a file, which are their own reference. */
  static CurveData read(Path file) throws IOException {
    CurveTable table = CurvesCsv.read(file);
    return new CurveData(file.toString(), table, table.dataset(), null);
  }

  /** 1,000 curves of the mixture of Kerrigan, Ley and Smyth (2023), and 1,000 others to compare. */
  static CurveData mixture(long seed) {
    RegularGrid grid = RegularGrid.unit(POINTS);
    GaussianMixture mixture = GaussianProcessMixture.kerrigan(grid).mixture();
    NoiseSource noise = NoiseSource.of(seed);
    FunctionDataset training = FunctionDataset.of(grid, draw(mixture, noise.withStream(TRAINING)));
    FunctionDataset reference =
        FunctionDataset.of(grid, draw(mixture, noise.withStream(REFERENCE)));
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      labels.add(Double.toString((i + 0.5) / POINTS));
    }
    List<String> ids = IntStream.rangeClosed(1, CURVES).mapToObj(Integer::toString).toList();
    return new CurveData(
        "mixture of two Gaussian processes",
        new CurveTable(training, labels, ids),
        reference,
        mixture);
  }

  private static INDArray draw(GaussianMixture mixture, NoiseSource noise) {
    return mixture.sample(noise, CURVES).values();
  }

  /** The share of curves nearest to the mean of each component; empty for a file. */
  @Nullable List<Double> mixtureShares(FunctionDataset curves) {
    if (mixture == null) {
      return null;
    }
    L2Space space = new L2Space(curves.grid());
    int components = mixture.components().size();
    double[][] distance = new double[components][];
    for (int j = 0; j < components; j++) {
      INDArray mean = mixture.components().get(j).mean();
      distance[j] = space.norm(curves.values().sub(mean)).toDoubleVector();
    }
    double[] shares = new double[components];
    for (int i = 0; i < curves.size(); i++) {
      int nearest = 0;
      for (int j = 1; j < components; j++) {
        nearest = distance[j][i] < distance[nearest][i] ? j : nearest;
      }
      shares[nearest] += 1.0 / curves.size();
    }
    List<Double> list = new ArrayList<>();
    for (double share : shares) {
      list.add(Math.round(share * 1e6) / 1e6);
    }
    return list;
  }
}
