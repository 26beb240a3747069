package io.fdiff.flow;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;

/**
 * How the noise functions of a batch meet its data functions. Couplings change neither margin in
 * expectation; those of least cost make straighter flows (Tong et al. 2024), at the price that a
 * pair depends on its batch.
 */
@FunctionalInterface
public interface Coupling {

  /**
   * The data function for each noise function.
   *
   * @param cost squared distances {@code [n][n]}, noise by data. Not modified.
   * @param noise where to read uniforms, one for each sample
   * @return a fresh array {@code [n]} of indices of data
   */
  int[] partners(double[][] cost, NoiseSource noise);

  /**
   * Whether the costs are looked at; otherwise they need not be computed.
   *
   * @return false for the independent coupling
   */
  default boolean needsCost() {
    return true;
  }

  /**
   * Pairs as they come: noise b with datum b. The only coupling whose pairs do not depend on their
   * batch.
   *
   * @return the independent coupling
   */
  static Coupling independent() {
    return new Coupling() {
      @Override
      public int[] partners(double[][] cost, NoiseSource noise) {
        int[] same = new int[cost.length];
        Arrays.setAll(same, b -> b);
        return same;
      }

      @Override
      public boolean needsCost() {
        return false;
      }
    };
  }

  /**
   * The permutation of least squared distance, {@link Transport#assignment}.
   *
   * @return the optimal coupling of a minibatch
   */
  static Coupling optimal() {
    return (cost, noise) -> Transport.assignment(cost);
  }

  /**
   * A draw from the entropic plan, {@link Transport#plan}: for each noise function a datum by the
   * probabilities of its row, so that a datum may come twice.
   *
   * @param share {@code ε} as a share of the mean cost, positive; 0.01 to 0.1 are customary
   * @return the entropic coupling of a minibatch
   * @throws IllegalArgumentException if {@code share} is not positive and finite
   */
  static Coupling entropic(double share) {
    if (!(share > 0 && share < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "regularisation "
              + share
              + " of the mean cost is not positive and finite; use optimal() for 0");
    }
    return (cost, noise) -> {
      double mean =
          Arrays.stream(cost).flatMapToDouble(Arrays::stream).average().orElse(Double.NaN);
      double[][] plan = Transport.plan(cost, mean > 0 ? share * mean : share);
      int[] partners = new int[plan.length];
      for (int i = 0; i < plan.length; i++) {
        double rest = noise.uniform(i).nextDouble() * Arrays.stream(plan[i]).sum();
        int j = 0;
        while (j < plan.length - 1 && rest >= plan[i][j]) {
          rest -= plan[i][j++];
        }
        partners[i] = j;
      }
      return partners;
    };
  }
}
