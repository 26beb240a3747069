package io.fdiff.examples;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fdiff.data.FunctionDataset;
import io.fdiff.metrics.DataFloor;
import io.fdiff.metrics.FunctionalErrors;
import io.fdiff.metrics.MaximumMeanDiscrepancy;
import io.fdiff.metrics.TwoSampleTest;
import io.fdiff.noise.NoiseSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The contents of {@code metrics.json}; names there are in snake case.
 *
 * @param model samples on the grid of the data against the reference curves
 * @param modelFine samples on the finer grid, at the points of the data
 * @param fpca samples of the Gaussian measure with the principal components of the data
 * @param dataFloor one half of the reference curves against the other, mean of random splits
 * @param mixtureShares share of samples in each component, for the built-in mixture
 * @param train training
 * @param sample sampling, both grids
 * @param curves number of training curves, reference curves and samples
 * @param seed seed of everything
 * @param version version of fdiff
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Report(
    Scores model,
    Scores modelFine,
    Scores fpca,
    Scores dataFloor,
    @Nullable List<Double> mixtureShares,
    Phase train,
    Phase sample,
    Curves curves,
    long seed,
    String version) {

  private static final long PERMUTATIONS = 21;

  /**
   * How far a set of curves is from the reference.
   *
   * @param meanMse see {@link FunctionalErrors}
   * @param varianceRelError see {@link FunctionalErrors}
   * @param autocorrelationMse see {@link FunctionalErrors}
   * @param mmd2 unbiased MMD² with the median bandwidth
   * @param mmdP its permutation p-value
   */
  record Scores(
      double meanMse,
      double varianceRelError,
      double autocorrelationMse,
      double mmd2,
      double mmdP) {

    static Scores of(FunctionDataset curves, FunctionDataset reference, NoiseSource noise) {
      FunctionalErrors errors = FunctionalErrors.between(curves, reference);
      TwoSampleTest test =
          MaximumMeanDiscrepancy.between(curves, reference).test(noise.withStream(PERMUTATIONS));
      return new Scores(
          errors.meanMse(),
          errors.varianceRelError(),
          errors.autocorrelationMse(),
          test.mmd2(),
          test.pValue());
    }

    static Scores floor(FunctionDataset reference, NoiseSource noise) {
      DataFloor floor = DataFloor.of(reference, noise.withStream(PERMUTATIONS));
      return new Scores(
          floor.meanMse(),
          floor.varianceRelError(),
          floor.autocorrelationMse(),
          floor.mmd2(),
          floor.mmdP());
    }
  }

  /**
   * Time spent.
   *
   * @param seconds wall-clock time
   * @param steps steps of the optimiser or the sampler
   */
  record Phase(double seconds, long steps) {}

  /**
   * Numbers of curves.
   *
   * @param training curves the model was trained on
   * @param reference curves that the scores compare with
   * @param samples curves sampled on each grid
   */
  record Curves(int training, int reference, int samples) {}

  /** The mapper of this file. */
  static ObjectMapper mapper() {
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build();
  }

  /** A table for the terminal. */
  String table() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            "%-12s %12s %12s %12s %12s %8s%n",
            "", "mean mse", "variance", "autocorr", "mmd2", "p"));
    row(out, "model", model);
    row(out, "model, fine", modelFine);
    row(out, "fpca", fpca);
    row(out, "data floor", dataFloor);
    return out.toString();
  }

  private static void row(StringBuilder out, String name, Scores s) {
    out.append(
        String.format(
            Locale.ROOT,
            "%-12s %12.3g %12.3g %12.3g %12.3g %8.3f%n",
            name,
            s.meanMse,
            s.varianceRelError,
            s.autocorrelationMse,
            s.mmd2,
            s.mmdP));
  }
}
