package io.fdiff.sampler;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Prior;
import io.fdiff.sde.SDE;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Samples in batches, for more of them than fit in memory: sample {@code i} is drawn from prior and
 * noise of its own index, so it is the same whatever the size of the batches and whoever draws its
 * neighbours, bit for bit as far as the denoiser is (exact denoisers are). Immutable and
 * thread-safe.
 *
 * @param sde forward process
 * @param denoiser {@code E[X₀ | X_t]} of that process
 * @param prior law of the terminal states
 * @param sampler its times begin where the states of the prior live, at the horizon
 * @param channels number of channels of a function, positive
 * @param batchSize number of functions in a batch, positive
 */
public record SampleBatches(
    SDE sde, Denoiser denoiser, Prior prior, Sampler sampler, int channels, int batchSize) {

  private static final long PRIOR = 0;
  private static final long STEPS = 1;

  /**
   * Some consecutive samples.
   *
   * @param first index of the first of them
   * @param samples {@code [batch, channels, n1, …, nd]}, DOUBLE
   */
  public record Batch(long first, INDArray samples) {}

  /**
   * Checks the arguments.
   *
   * @param sde forward process
   * @param denoiser {@code E[X₀ | X_t]} of that process
   * @param prior law of the terminal states
   * @param sampler its times begin where the states of the prior live, at the horizon
   * @param channels number of channels of a function, positive
   * @param batchSize number of functions in a batch, positive
   * @throws NullPointerException if an argument is null
   * @throws IllegalArgumentException if a number is not positive
   */
  public SampleBatches {
    Objects.requireNonNull(sde, "sde");
    Objects.requireNonNull(denoiser, "denoiser");
    Objects.requireNonNull(prior, "prior");
    Objects.requireNonNull(sampler, "sampler");
    if (channels < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          channels + " channels in batches of " + batchSize + ": both must be at least 1");
    }
  }

  /**
   * Draws samples, one batch at a time; a batch is drawn when the stream asks for it.
   *
   * @param noise where to read noise; its streams 0 (prior) and 1 (steps) are used
   * @param first index of the first sample, at least 0
   * @param count number of samples, at least 0
   * @return a sequential stream of the batches in order; the last may be smaller
   * @throws IllegalArgumentException if {@code first} or {@code count} is negative
   */
  public Stream<Batch> stream(NoiseSource noise, long first, long count) {
    Objects.requireNonNull(noise, "noise");
    if (first < 0 || count < 0) {
      throw new IllegalArgumentException(
          count + " samples from number " + first + ": neither may be negative");
    }
    long batches = count / batchSize + (count % batchSize == 0 ? 0 : 1);
    return LongStream.range(0, batches)
        .mapToObj(
            i -> {
              long done = i * batchSize;
              return draw(noise, first + done, (int) Math.min(batchSize, count - done));
            });
  }

  private Batch draw(NoiseSource noise, long first, int size) {
    NoiseSource source = noise.withFirstSample(first);
    INDArray terminal = prior.sample(source.withStream(PRIOR), size, channels);
    return new Batch(first, sampler.sample(sde, denoiser, terminal, source.withStream(STEPS)));
  }

  /**
   * Draws samples and hands each batch to a consumer before the next is drawn.
   *
   * @param noise where to read noise, as for {@link #stream}
   * @param first index of the first sample, at least 0
   * @param count number of samples, at least 0
   * @param consumer takes the batches in order
   * @throws IllegalArgumentException if {@code first} or {@code count} is negative
   */
  public void forEach(NoiseSource noise, long first, long count, Consumer<Batch> consumer) {
    stream(noise, first, count).forEachOrdered(consumer);
  }
}
