package io.fdiff.flow;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The velocity {@code u(x, t) = E[dX_t/dt | X_t = x]} of a path, exact or learned: the right-hand
 * side of the equation {@code dZ/dt = u(Z, t)} that carries noise at time 0 to data at time 1.
 *
 * <p>Law: sample {@code b} of the result depends on sample {@code b} of the arguments alone. Times
 * differ within a batch.
 */
@FunctionalInterface
public interface VelocityField {

  /**
   * The velocities of a batch.
   *
   * @param x states {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @param t times {@code [batch]}, each in {@code [0, 1]}. Not modified.
   * @return {@code u(x, t)}, a fresh array of the shape and type of {@code x}
   * @throws IllegalArgumentException if shapes do not fit or a time is not in {@code [0, 1]}
   */
  INDArray velocity(INDArray x, INDArray t);
}
