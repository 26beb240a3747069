package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fdiff.space.FunctionBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares runs of the engine with those of SameDiff's own session. */
final class Reference {

  private Reference() {}

  static double[] values(INDArray array) {
    double[] values = new double[(int) array.length()];
    FunctionBatch.read(array.isView() || array.ordering() != 'c' ? array.dup('c') : array, values);
    return values;
  }

  static Map<String, double[]> stock(
      SameDiff graph, List<String> outputs, Map<String, INDArray> inputs) {
    Map<String, double[]> results = new LinkedHashMap<>();
    try (StockSession session = new StockSession(graph)) {
      session.run(outputs, inputs).forEach((name, array) -> results.put(name, values(array)));
    }
    return results;
  }

  static Map<String, double[]> engine(
      SameDiff graph, List<String> outputs, Map<String, INDArray> inputs, int threads) {
    Map<String, double[]> results = new LinkedHashMap<>();
    try (GraphSession session = new GraphSession(graph, outputs, Map.of(), new Workers(threads))) {
      // Twice: the second time on memory that has been used before.
      for (int round = 0; round < 2; round++) {
        session.run(
            inputs,
            found -> {
              found.forEach((name, array) -> results.put(name, values(array)));
              return true;
            });
      }
    }
    return results;
  }

  /** Double to 1e-10, float to 1e-5 (the first output) and 1e-4 of the largest value. */
  static void assertEqual(
      String what, DataType type, Map<String, double[]> found, Map<String, double[]> expected) {
    assertThat(found.keySet()).as(what).containsExactlyInAnyOrderElementsOf(expected.keySet());
    boolean first = true;
    for (String name : found.keySet()) {
      double tolerance = type == DataType.DOUBLE ? 1e-10 : first ? 1e-5 : 1e-4;
      first = false;
      double[] a = found.get(name);
      double[] b = expected.get(name);
      assertThat(a).as("%s %s", what, name).hasSameSizeAs(b);
      double scale = 1e-30;
      double worst = 0;
      for (int i = 0; i < a.length; i++) {
        scale = Math.max(scale, Math.abs(b[i]));
        double error = Math.abs(a[i] - b[i]);
        worst = error <= worst ? worst : error;
      }
      assertThat(worst / scale).as("%s %s %s", what, type, name).isLessThan(tolerance);
    }
  }
}
