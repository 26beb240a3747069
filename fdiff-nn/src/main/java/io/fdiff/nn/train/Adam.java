package io.fdiff.nn.train;

/**
 * Adam (Kingma and Ba 2015) with bias correction, {@code β₁ = 0.9}, {@code β₂ = 0.999}, {@code ε =
 * 10⁻⁸} added to {@code √(v/(1 − β₂ⁿ))} as in PyTorch; clipping, step and weight average in one
 * pass over flat arrays.
 */
final class Adam {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final float[] m;
  private final float[] v;

  Adam(float[] m, float[] v) {
    this.m = m;
    this.v = v;
  }

  float[] m() {
    return m;
  }

  float[] v() {
    return v;
  }

  /**
   * One step.
   *
   * @param weights {@code θ}. Modified.
   * @param average its moving average. Modified.
   * @param gradient {@code ∂loss/∂θ}. Not modified.
   * @param gradientScale factor of the gradient, for clipping
   * @param step steps done before
   * @param rate learning rate
   * @param averageDecay {@code d} of the average
   */
  void step(
      float[] weights,
      float[] average,
      float[] gradient,
      double gradientScale,
      long step,
      double rate,
      double averageDecay) {
    float scale = (float) gradientScale;
    float b1 = (float) BETA1;
    float b2 = (float) BETA2;
    float c1 = (float) (1 - BETA1);
    float c2 = (float) (1 - BETA2);
    float size = (float) (rate / (1 - Math.pow(BETA1, step + 1.0)));
    float correction = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, step + 1.0)));
    float epsilon = (float) EPSILON;
    float keep = (float) averageDecay;
    float take = (float) (1 - averageDecay);
    for (int i = 0; i < weights.length; i++) {
      float g = scale * gradient[i];
      float mi = b1 * m[i] + c1 * g;
      float vi = b2 * v[i] + c2 * g * g;
      m[i] = mi;
      v[i] = vi;
      float w = weights[i] - size * mi / ((float) Math.sqrt(vi) * correction + epsilon);
      weights[i] = w;
      average[i] = keep * average[i] + take * w;
    }
  }

  /** The Euclidean norm, summed in double precision in a fixed order. */
  static double norm(float[] gradient) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < gradient.length; i += 4) {
      s0 += (double) gradient[i] * gradient[i];
      s1 += (double) gradient[i + 1] * gradient[i + 1];
      s2 += (double) gradient[i + 2] * gradient[i + 2];
      s3 += (double) gradient[i + 3] * gradient[i + 3];
    }
    for (; i < gradient.length; i++) {
      s0 += (double) gradient[i] * gradient[i];
    }
    return Math.sqrt(s0 + s1 + s2 + s3);
  }
}
