package io.fdiff.space;

import java.util.List;

/** The checks of a box domain. */
final class Box {

  private Box() {}

  /** An unmodifiable copy of the sides of a box of one dimension or more and positive measure. */
  static List<Interval> of(List<Interval> sides) {
    List<Interval> box = List.copyOf(sides);
    if (box.isEmpty()) {
      throw new IllegalArgumentException(
          "domain of 0 intervals: give one interval for each axis, at least one");
    }
    double measure = 1;
    for (Interval side : box) {
      measure *= side.length();
    }
    if (!(measure >= Double.MIN_NORMAL && measure < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "domain "
              + box
              + " has measure "
              + measure
              + ", which a double does not hold: choose other units of length");
    }
    return box;
  }
}
