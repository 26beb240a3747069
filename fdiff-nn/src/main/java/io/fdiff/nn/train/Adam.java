package io.fdiff.nn.train;

import io.fdiff.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Adam and AdamW on flat arrays: scaling of the gradient, decay, step and weight average in one
 * pass.
 *
 * <p>The order of operations is that of PyTorch's {@code AdamW}: {@code θ ← (1 − rate·λ) θ}, then
 * {@code m ← β₁m + (1 − β₁)g}, {@code v ← β₂v + (1 − β₂)g²}, then {@code θ ← θ − (rate/(1 −
 * β₁ⁿ))·m/(√v/√(1 − β₂ⁿ) + ε)}. Clipping differs: the factor is {@code c/‖g‖} where PyTorch has
 * {@code c/(‖g‖ + 10⁻⁶)}.
 *
 * <p>The vector is cut into blocks at fixed places, and every sum over blocks is taken in their
 * order, so that the bits do not depend on the number of threads. Immutable and thread-safe.
 */
final class Adam {

  /** Five arrays of a block lie in the second-level cache. */
  private static final int BLOCK = 1 << 14;

  /** Below this length the start of other threads costs more than they save. */
  private static final int PARALLEL = 1 << 17;

  /** The square of a larger gradient overflows in FLOAT. */
  private static final double LARGEST = Math.sqrt(Float.MAX_VALUE);

  private record Block(int from, int to, boolean decayed) {}

  private final AdamConfig config;
  private final Block[] blocks;
  private final boolean parallel;

  private Adam(AdamConfig config, List<Block> blocks) {
    this.config = config;
    this.blocks = blocks.toArray(Block[]::new);
    this.parallel = !blocks.isEmpty() && blocks.get(blocks.size() - 1).to() >= PARALLEL;
  }

  /**
   * The optimiser of a parameter vector.
   *
   * @param config its numbers
   * @param parameters the parameters in the order of the vector
   */
  static Adam of(AdamConfig config, List<Parameter> parameters) {
    List<Block> blocks = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < parameters.size(); ) {
      boolean decayed = parameters.get(i).decayed();
      int to = from;
      for (; i < parameters.size() && parameters.get(i).decayed() == decayed; i++) {
        to += parameters.get(i).size();
      }
      for (; from < to; from = Math.min(to, from + BLOCK)) {
        blocks.add(new Block(from, Math.min(to, from + BLOCK), decayed));
      }
    }
    return new Adam(config, blocks);
  }

  private void each(IntConsumer work) {
    IntStream indices = IntStream.range(0, blocks.length);
    (parallel ? indices.parallel() : indices).forEach(work);
  }

  /** The Euclidean norm, summed in double precision in a fixed order. */
  double norm(float[] gradient) {
    double[] squares = new double[blocks.length];
    each(b -> squares[b] = square(gradient, blocks[b].from(), blocks[b].to()));
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return Math.sqrt(sum);
  }

  private static double square(float[] x, int from, int to) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      s0 += (double) x[i] * x[i];
      s1 += (double) x[i + 1] * x[i + 1];
      s2 += (double) x[i + 2] * x[i + 2];
      s3 += (double) x[i + 3] * x[i + 3];
    }
    for (; i < to; i++) {
      s0 += (double) x[i] * x[i];
    }
    return s0 + s1 + s2 + s3;
  }

  /**
   * The factor that brings a gradient down to the clip norm.
   *
   * @param norm norm of the gradient
   * @return at most 1; NaN if the norm is not finite or its square no FLOAT even after clipping
   */
  double clipping(double norm) {
    double factor = norm > config.clipNorm() ? config.clipNorm() / norm : 1;
    return norm < Double.POSITIVE_INFINITY && norm * factor < LARGEST ? factor : Double.NaN;
  }

  /**
   * One step.
   *
   * @param state weights, average and moments; its step counts the steps done. Modified, but for
   *     the step and the running loss.
   * @param gradient {@code ∂loss/∂θ}. Not modified.
   * @param gradientScale factor of the gradient
   * @param rate learning rate
   * @param averageDecay {@code d} of the average
   */
  void step(
      TrainingState state,
      float[] gradient,
      double gradientScale,
      double rate,
      double averageDecay) {
    double n = state.step() + 1.0;
    Factors factors =
        new Factors(
            (float) gradientScale,
            (float) config.beta1(),
            (float) (1 - config.beta1()),
            (float) config.beta2(),
            (float) (1 - config.beta2()),
            (float) (rate / (1 - Math.pow(config.beta1(), n))),
            (float) (1 / Math.sqrt(1 - Math.pow(config.beta2(), n))),
            (float) config.epsilon(),
            (float) averageDecay,
            (float) (1 - averageDecay));
    float shrink = (float) (1 - rate * config.weightDecay());
    each(b -> update(state, gradient, factors, blocks[b].decayed() ? shrink : 1f, blocks[b]));
  }

  private record Factors(
      float scale,
      float b1,
      float c1,
      float b2,
      float c2,
      float size,
      float correction,
      float epsilon,
      float keep,
      float take) {}

  private static void update(
      TrainingState state, float[] gradient, Factors f, float shrink, Block block) {
    float[] weights = state.weights();
    float[] average = state.average();
    float[] m = state.m();
    float[] v = state.v();
    float scale = f.scale;
    float b1 = f.b1;
    float c1 = f.c1;
    float b2 = f.b2;
    float c2 = f.c2;
    float size = f.size;
    float correction = f.correction;
    float epsilon = f.epsilon;
    float keep = f.keep;
    float take = f.take;
    for (int i = block.from(); i < block.to(); i++) {
      float g = scale * gradient[i];
      float mi = b1 * m[i] + c1 * g;
      float vi = b2 * v[i] + c2 * g * g;
      m[i] = mi;
      v[i] = vi;
      float w = shrink * weights[i] - size * mi / ((float) Math.sqrt(vi) * correction + epsilon);
      weights[i] = w;
      average[i] = keep * average[i] + take * w;
    }
  }
}
