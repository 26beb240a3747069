package io.fdiff.nn.arch;

/**
 * Gradient steps that a network takes inside its forward pass, to fit itself to its input.
 *
 * <p>Learned rates (Meta-SGD, Li et al. 2017) start uniform on {@code (α/2, 10α)}, which for {@code
 * α = 0.01} is the {@code U(.005, .1)} of Dupont et al. (2022). They are kept in {@code (0, 1)} by
 * a logistic map, {@code 1/(1 + e^{−a})} of the parameter {@code a}, where the original clips to
 * {@code [0, 1]}: a clipped rate has no gradient and would not come back.
 *
 * <p>The loss of the steps is {@code Σ_i (w_i/|D|) ‖f(p_i) − x(p_i)‖²} with quadrature weights
 * {@code w_i}, summed over the channels, so that a rate means the same on all grids.
 *
 * @param steps number of steps, at least 1
 * @param rate {@code α} in {@code (0, 1]}, below 0.1 where rates are learned
 * @param learnedRates whether each adapted number has a learned rate of its own
 * @param firstOrder whether the gradients of the steps count as constants when the network is
 *     differentiated (first-order MAML); second order otherwise
 */
public record InnerLoop(int steps, double rate, boolean learnedRates, boolean firstOrder) {

  /**
   * Checks the numbers.
   *
   * @param steps number of steps, at least 1
   * @param rate {@code α} in {@code (0, 1]}, below 0.1 where rates are learned
   * @param learnedRates whether each adapted number has a learned rate of its own
   * @param firstOrder whether the gradients of the steps count as constants when the network is
   *     differentiated (first-order MAML); second order otherwise
   * @throws IllegalArgumentException if a number is out of range
   */
  public InnerLoop {
    if (steps < 1) {
      throw new IllegalArgumentException("inner steps " + steps + ": must be at least 1");
    }
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("inner rate " + rate + " is not in (0, 1]; 0.01 is usual");
    }
    if (learnedRates && !(rate < 0.1)) {
      throw new IllegalArgumentException(
          "inner rate "
              + rate
              + ": learned rates start on (rate/2, 10 rate), which must lie in (0, 1); give a rate"
              + " below 0.1");
    }
  }

  /**
   * Three steps of second order at the fixed rate 0.01.
   *
   * @return the default loop
   */
  public static InnerLoop defaults() {
    return new InnerLoop(3, 0.01, false, false);
  }

  /**
   * A copy with learned rates.
   *
   * @return the copy
   */
  public InnerLoop withLearnedRates() {
    return new InnerLoop(steps, rate, true, firstOrder);
  }

  /**
   * A copy whose steps count as constants.
   *
   * @return the copy
   */
  public InnerLoop ofFirstOrder() {
    return new InnerLoop(steps, rate, learnedRates, true);
  }
}
