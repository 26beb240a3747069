package io.fdiff.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One trainable tensor of a network.
 *
 * @param name unique in its network; also its name in weight files
 * @param shape lengths of its axes, C order
 * @param initial the law of its initial values
 */
public record Parameter(String name, List<Integer> shape, Initializer initial) {

  /**
   * Checks the arguments.
   *
   * @param name unique in its network; also its name in weight files
   * @param shape lengths of its axes, C order
   * @param initial the law of its initial values
   * @throws IllegalArgumentException if the shape is empty or an axis is not positive
   */
  public Parameter {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(initial, "initial");
    shape = List.copyOf(shape);
    if (shape.isEmpty() || shape.stream().anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException(
          "parameter " + name + " of shape " + shape + ": give at least one axis, each at least 1");
    }
  }

  /**
   * A parameter from its parts.
   *
   * @param name unique name
   * @param initial the law of its initial values
   * @param shape lengths of its axes
   * @return the parameter
   * @throws IllegalArgumentException if the shape is empty or an axis is not positive
   */
  public static Parameter of(String name, Initializer initial, int... shape) {
    return new Parameter(name, Arrays.stream(shape).boxed().toList(), initial);
  }

  /**
   * The number of values.
   *
   * @return the product of the shape
   */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * The shape for array factories.
   *
   * @return a fresh array
   */
  public long[] dimensions() {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }
}
