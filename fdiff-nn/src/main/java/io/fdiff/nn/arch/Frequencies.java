package io.fdiff.nn.arch;

import java.util.ArrayList;
import java.util.List;

/**
 * Integer frequencies {@code |k_a| ≤ M_a} of a box, one of each pair {@code ±k}: 0 first, then
 * those whose first component other than 0 is positive, in lexicographic order.
 */
final class Frequencies {

  private Frequencies() {}

  /** {@code 0 … M} on one axis; {@code (Π(2M_a + 1) + 1)/2} vectors in general. */
  static List<int[]> half(List<Integer> modes) {
    List<int[]> all = new ArrayList<>();
    int[] k = new int[modes.size()];
    while (true) {
      all.add(k.clone());
      int axis = k.length - 1;
      while (axis > 0 && k[axis] == modes.get(axis)) {
        k[axis] = -modes.get(axis);
        axis--;
      }
      // From 0 upwards in lexicographic order, no vector below 0 is met.
      if (k[axis] == modes.get(axis)) {
        return all;
      }
      k[axis]++;
    }
  }

  /** How many components are not 0. */
  static int support(int[] k) {
    int count = 0;
    for (int component : k) {
      count += component == 0 ? 0 : 1;
    }
    return count;
  }
}
