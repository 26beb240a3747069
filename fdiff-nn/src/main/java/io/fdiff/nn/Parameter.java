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
 * @param decayed whether weight decay pulls it to 0: matrices of linear maps, not biases, norms,
 *     embeddings and positions
 */
public record Parameter(String name, List<Integer> shape, Initializer initial, boolean decayed) {

  /**
   * Checks the arguments.
   *
   * @param name unique in its network; also its name in weight files
   * @param shape lengths of its axes, C order
   * @param initial the law of its initial values
   * @param decayed whether weight decay pulls it to 0: matrices of linear maps, not biases, norms,
   *     embeddings and positions
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
   * The weights of a linear map, which weight decay pulls to 0.
   *
   * @param name unique name
   * @param initial the law of its initial values
   * @param shape lengths of its axes
   * @return the parameter
   * @throws IllegalArgumentException if the shape is empty or an axis is not positive
   */
  public static Parameter of(String name, Initializer initial, int... shape) {
    return new Parameter(name, Arrays.stream(shape).boxed().toList(), initial, true);
  }

  /**
   * A bias, scale, embedding or position, which weight decay leaves alone.
   *
   * @param name unique name
   * @param initial the law of its initial values
   * @param shape lengths of its axes
   * @return the parameter
   * @throws IllegalArgumentException if the shape is empty or an axis is not positive
   */
  public static Parameter undecayed(String name, Initializer initial, int... shape) {
    return new Parameter(name, Arrays.stream(shape).boxed().toList(), initial, false);
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
