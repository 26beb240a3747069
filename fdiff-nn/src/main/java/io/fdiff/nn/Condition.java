package io.fdiff.nn;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values of what a network is told besides state and noise level ({@link Conditioning}): classes,
 * context functions, measurements, each for {@code n} samples; one sample serves any batch.
 *
 * <p>Context functions and measurements enter as they are: scale them to unit size like the data.
 * Immutable and thread-safe; arrays are copied in their own type.
 */
public final class Condition {

  private final int size;
  private final int @Nullable [] labels;
  private final @Nullable RealBlock context;
  private final long @Nullable [] contextShape;
  private final @Nullable RealBlock measurements;
  private final int measurementCount;

  private Condition(
      int size,
      int @Nullable [] labels,
      @Nullable RealBlock context,
      long @Nullable [] contextShape,
      @Nullable RealBlock measurements,
      int measurementCount) {
    this.size = size;
    this.labels = labels;
    this.context = context;
    this.contextShape = contextShape;
    this.measurements = measurements;
    this.measurementCount = measurementCount;
  }

  /**
   * Classes.
   *
   * @param labels one label in {@code [0, classes)} for each sample, at least one; copied
   * @return the condition
   * @throws IllegalArgumentException if there is no label or one is negative
   */
  public static Condition ofClasses(int... labels) {
    if (labels.length == 0) {
      throw new IllegalArgumentException("no labels: give one for each sample, or one for all");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " of sample " + i + " is negative: classes count from 0");
      }
    }
    return new Condition(labels.length, labels.clone(), null, null, null, 0);
  }

  /**
   * Context functions.
   *
   * @param functions {@code [samples, contextChannels, n1, …, nd]} on the grid of the states, FLOAT
   *     or DOUBLE; copied
   * @return the condition
   * @throws IllegalArgumentException if the rank is below 3 or a value is not finite
   */
  public static Condition ofFunctions(INDArray functions) {
    if (functions.rank() < 3) {
      throw new IllegalArgumentException(
          "context of shape "
              + Arrays.toString(functions.shape())
              + ": expected [samples, contextChannels, n1, …, nd]");
    }
    RealBlock values = finite(functions, "context");
    return new Condition(
        Math.toIntExact(functions.size(0)), null, values, functions.shape(), null, 0);
  }

  /**
   * Measurements.
   *
   * @param values {@code [samples, measurements]}, FLOAT or DOUBLE; copied
   * @return the condition
   * @throws IllegalArgumentException if the rank is not 2 or a value is not finite
   */
  public static Condition ofMeasurements(INDArray values) {
    if (values.rank() != 2) {
      throw new IllegalArgumentException(
          "measurements of shape "
              + Arrays.toString(values.shape())
              + ": expected [samples, measurements]");
    }
    return new Condition(
        Math.toIntExact(values.size(0)),
        null,
        null,
        null,
        finite(values, "measurements"),
        Math.toIntExact(values.size(1)));
  }

  private static RealBlock finite(INDArray array, String what) {
    RealBlock block = RealBlock.of(array);
    int length = Math.toIntExact(array.length());
    int sample = Math.max(1, length / Math.toIntExact(array.size(0)));
    for (int i = 0; i < length; i++) {
      if (!Double.isFinite(block.get(i))) {
        throw new IllegalArgumentException(
            what
                + " of sample "
                + i / sample
                + " contain "
                + block.get(i)
                + ": fill or drop missing values");
      }
    }
    return block;
  }

  /**
   * This condition together with one of other kinds.
   *
   * @param other for as many samples, of kinds that this one does not have
   * @return both
   * @throws IllegalArgumentException if the numbers of samples differ or a kind is given twice
   */
  public Condition and(Condition other) {
    if (other.size != size) {
      throw new IllegalArgumentException(
          "conditions for " + size + " and " + other.size + " samples: they must agree");
    }
    if ((labels != null && other.labels != null)
        || (context != null && other.context != null)
        || (measurements != null && other.measurements != null)) {
      throw new IllegalArgumentException(
          "a kind of condition is given twice: join context channels and measurements in one"
              + " array");
    }
    return new Condition(
        size,
        labels != null ? labels : other.labels,
        context != null ? context : other.context,
        contextShape != null ? contextShape : other.contextShape,
        measurements != null ? measurements : other.measurements,
        measurements != null ? measurementCount : other.measurementCount);
  }

  /**
   * The number of samples.
   *
   * @return samples, at least 1
   */
  public int size() {
    return size;
  }

  /**
   * The conditions of some of the samples.
   *
   * @param samples their indices, at least one; an index may stand several times. Not modified.
   * @return one condition for each index
   * @throws IllegalArgumentException if there is no index or one is not in {@code [0, size())}
   */
  public Condition select(int... samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples selected: give at least one index");
    }
    for (int sample : samples) {
      if (sample < 0 || sample >= size) {
        throw new IllegalArgumentException(
            "sample " + sample + " of " + size + " conditions: indices are in [0, " + size + ")");
      }
    }
    int n = samples.length;
    int[] known = labels;
    int[] chosen = known == null ? null : Arrays.stream(samples).map(i -> known[i]).toArray();
    RealBlock functions = null;
    long[] shape = null;
    if (context != null && contextShape != null) {
      shape = contextShape.clone();
      shape[0] = 1;
      functions =
          context.rows(
              samples, Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact)));
      shape[0] = n;
    }
    RealBlock values = measurements == null ? null : measurements.rows(samples, measurementCount);
    return new Condition(n, chosen, functions, shape, values, measurementCount);
  }

  /**
   * Checks that a network can be told this condition.
   *
   * @param conditioning what the network is built for
   * @param grid the grid of its states
   * @throws IllegalArgumentException if a kind is missing or too much, a label is not below the
   *     number of classes, or a shape does not fit
   */
  public void requireFits(Conditioning conditioning, Grid grid) {
    requireKind("classes", conditioning.classes() > 0, labels != null);
    requireKind("context functions", conditioning.contextChannels() > 0, context != null);
    requireKind("measurements", conditioning.measurements() > 0, measurements != null);
    if (labels != null) {
      for (int i = 0; i < size; i++) {
        if (labels[i] >= conditioning.classes()) {
          throw new IllegalArgumentException(
              "label "
                  + labels[i]
                  + " of sample "
                  + i
                  + ": the network knows the classes 0 to "
                  + (conditioning.classes() - 1));
        }
      }
    }
    if (contextShape != null) {
      long[] expected = FunctionBatch.shape(grid, size, conditioning.contextChannels());
      if (!Arrays.equals(expected, contextShape)) {
        throw new IllegalArgumentException(
            "context of shape "
                + Arrays.toString(contextShape)
                + ": the network on "
                + grid
                + " takes "
                + Arrays.toString(expected));
      }
    }
    if (measurements != null && measurementCount != conditioning.measurements()) {
      throw new IllegalArgumentException(
          measurementCount
              + " measurements a sample: the network takes "
              + conditioning.measurements());
    }
  }

  private static void requireKind(String kind, boolean built, boolean given) {
    if (built != given) {
      throw new IllegalArgumentException(
          given
              ? "condition on "
                  + kind
                  + " for a network that is not built for them: give its configuration a"
                  + " Conditioning"
              : "network is built for "
                  + kind
                  + " and the condition has none: give all kinds, or withhold the condition");
    }
  }

  /**
   * Writes the features of one sample: presence, one-hot class, measurements.
   *
   * @param conditioning what the network is built for; it fits
   * @param sample index of the sample; 0 if there is one for all
   * @param out Modified: {@link Conditioning#features} values from {@code offset}
   * @param offset first index to write
   */
  public void writeFeatures(Conditioning conditioning, int sample, double[] out, int offset) {
    int from = size == 1 ? 0 : sample;
    Arrays.fill(out, offset, offset + conditioning.features(), 0);
    out[offset] = 1;
    if (labels != null) {
      out[offset + 1 + labels[from]] = 1;
    }
    if (measurements != null) {
      for (int j = 0; j < measurementCount; j++) {
        out[offset + 1 + conditioning.classes() + j] =
            measurements.get(from * measurementCount + j);
      }
    }
  }

  /**
   * Reads the context functions of one sample.
   *
   * @param sample index of the sample; 0 if there is one for all
   * @param out Modified: {@code contextChannels × points} values, C order
   * @throws IllegalStateException if there are no context functions
   */
  public void readContext(int sample, double[] out) {
    if (context == null) {
      throw new IllegalStateException("condition without context functions");
    }
    int from = (size == 1 ? 0 : sample) * out.length;
    for (int i = 0; i < out.length; i++) {
      out[i] = context.get(from + i);
    }
  }
}
