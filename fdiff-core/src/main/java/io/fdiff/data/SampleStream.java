package io.fdiff.data;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.measure.GaussianMeasure;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Any number of functions drawn from a Gaussian measure, block by block: memory is that of one
 * block, whatever their number.
 *
 * <p>Function {@code b} is that of sample {@code b} of the noise source, counted from its first
 * sample, so the functions do not depend, to the last bit, on the size of the blocks; they are
 * those of {@link GaussianMeasure#sample}. The next part of a long stream is the stream of {@link
 * NoiseSource#withFirstSample}. Functions are drawn in double precision and rounded once for FLOAT.
 * Immutable and thread-safe.
 */
public final class SampleStream {

  /** Takes the blocks of a stream in order. */
  @FunctionalInterface
  public interface BlockConsumer {

    /**
     * Takes one block.
     *
     * @param block {@code [k, channels, n1, …, nd]}, valid during the call only: the next block
     *     overwrites it. May be modified.
     * @param first index of its first function in the stream
     * @throws IOException if the consumer writes it and fails; the stream then ends
     */
    void accept(INDArray block, long first) throws IOException;
  }

  private final GaussianMeasure measure;
  private final NoiseSource noise;
  private final DataType type;

  private SampleStream(GaussianMeasure measure, NoiseSource noise, DataType type) {
    this.measure = measure;
    this.noise = noise;
    this.type = type;
  }

  /**
   * The stream of {@code N(0, C)} with one channel, in DOUBLE.
   *
   * @param covariance covariance operator {@code C}
   * @param noise where to read white noise: its seed, stream, step and first sample
   * @return the stream
   */
  public static SampleStream of(CovarianceOperator covariance, NoiseSource noise) {
    return of(GaussianMeasure.centred(covariance), noise);
  }

  /**
   * The stream of a measure, in DOUBLE.
   *
   * @param measure the law; its mean has the channels of the functions
   * @param noise where to read white noise: its seed, stream, step and first sample
   * @return the stream
   */
  public static SampleStream of(GaussianMeasure measure, NoiseSource noise) {
    Objects.requireNonNull(measure, "measure");
    return new SampleStream(measure, Objects.requireNonNull(noise, "noise"), DataType.DOUBLE);
  }

  /**
   * The same functions in another data type.
   *
   * @param other FLOAT or DOUBLE
   * @return the stream
   * @throws IllegalArgumentException if the type is neither
   */
  public SampleStream withType(DataType other) {
    if (other != DataType.FLOAT && other != DataType.DOUBLE) {
      throw new IllegalArgumentException("data type " + other + ": give FLOAT or DOUBLE");
    }
    return new SampleStream(measure, noise, other);
  }

  /**
   * Draws functions block by block. All full blocks are one and the same array; a last block of
   * fewer functions is another one.
   *
   * @param total number of functions, positive
   * @param blockSize number of functions of a block, positive; the last block may hold fewer
   * @param consumer takes the blocks in order, on the calling thread
   * @throws IllegalArgumentException if a number is not positive or a block would have more than
   *     2³¹ − 1 values
   * @throws IOException if the consumer throws it
   */
  public void blocks(long total, int blockSize, BlockConsumer consumer) throws IOException {
    Objects.requireNonNull(consumer, "consumer");
    double[] mean = requireFits(total, blockSize);
    Grid grid = measure.grid();
    int channels = (int) measure.mean().size(1);
    Block block = new Block(grid, type, blockAt(0, total, blockSize), channels);
    for (long first = 0; first < total; first += block.size) {
      int size = blockAt(first, total, blockSize);
      if (size < block.size) {
        block = new Block(grid, type, size, channels);
      }
      block.fill(mean, first);
      consumer.accept(block.out, first);
    }
  }

  /** Number of functions of the block that begins at {@code first}. */
  static int blockAt(long first, long total, int blockSize) {
    return (int) Math.min(blockSize, total - first);
  }

  /** The mean, once the numbers are checked; nothing is drawn before. */
  private double[] requireFits(long total, int blockSize) {
    if (total < 1 || blockSize < 1) {
      throw new IllegalArgumentException(
          total + " functions in blocks of " + blockSize + ": give at least 1 of each");
    }
    INDArray function = measure.mean();
    long values = Math.min(blockSize, total) * function.length();
    if (values > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a block of "
              + blockSize
              + " functions has "
              + values
              + " values: an array holds at most 2^31 − 1; give smaller blocks");
    }
    double[] mean = new double[(int) function.length()];
    FunctionBatch.read(function, mean);
    return mean;
  }

  /** The memory of one block. */
  private final class Block {

    private final int size;
    private final double[] values;
    private final INDArray drawn;
    private final INDArray out;

    Block(Grid grid, DataType type, int size, int channels) {
      this.size = size;
      drawn = FunctionBatch.zeros(grid, DataType.DOUBLE, size, channels);
      out = type == DataType.DOUBLE ? drawn : FunctionBatch.zeros(grid, type, size, channels);
      values = new double[(int) drawn.length()];
    }

    void fill(double[] mean, long first) {
      measure.covariance().sample(noise.withFirstSample(noise.firstSample() + first), drawn);
      FunctionBatch.read(drawn, values);
      for (int i = 0; i < values.length; i++) {
        values[i] += mean[i % mean.length];
      }
      FunctionBatch.write(values, out);
    }
  }

  /**
   * Writes functions to a NumPy file {@code [total, channels, n1, …, nd]}, in place only when it is
   * whole.
   *
   * @param file the file, replaced if it exists
   * @param total number of functions, positive
   * @param blockSize number of functions drawn at a time, positive
   * @param progress told the number of functions written, after each block
   * @throws IllegalArgumentException as {@link #blocks}; nothing is then written
   * @throws IOException if the file cannot be written; an existing file is then left as it was
   */
  public void writeNpy(Path file, long total, int blockSize, LongConsumer progress)
      throws IOException {
    Objects.requireNonNull(progress, "progress");
    requireFits(total, blockSize);
    long[] shape = measure.mean().shape().clone();
    shape[0] = total;
    try (NpyWriter out = NpyWriter.create(file, type, shape)) {
      blocks(
          total,
          blockSize,
          (block, first) -> {
            out.write(block);
            progress.accept(first + block.size(0));
          });
    }
  }
}
