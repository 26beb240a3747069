package io.fdiff.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An equispaced tensor grid on a box, in one or more dimensions.
 *
 * <p>Values are held as {@code [n1, …, nd]} in C order. On an axis of length {@code L} with {@code
 * n} points, the {@link Layout} fixes positions (relative to the lower end) and weights:
 *
 * <ul>
 *   <li>{@code CELL}: {@code (i + ½)L/n}, weight {@code L/n} (cell centres, midpoint rule);
 *   <li>{@code NODE}: {@code iL/(n − 1)}, trapezoidal weights (both ends are points);
 *   <li>{@code PERIODIC}: {@code iL/n}, weight {@code L/n} (the upper end is the lower one);
 *   <li>{@code INTERIOR}: {@code (i + 1)L/(n + 1)}, weight {@code L/(n + 1)} (both ends are left
 *       out: functions are 0 there, and the weights sum to {@code nL/(n + 1)}).
 * </ul>
 *
 * The weights of the axes multiply. Immutable and thread-safe; equal by domain, shape and layout.
 */
public final class RegularGrid implements Grid {

  /** Where the points of an axis lie. */
  public enum Layout {
    /** Cell centres {@code (i + ½)/n}. */
    CELL,
    /** Nodes {@code i/(n − 1)}, both ends included. */
    NODE,
    /** Nodes {@code i/n} of a periodic axis. */
    PERIODIC,
    /** Nodes {@code (i + 1)/(n + 1)} between ends at which functions are 0. */
    INTERIOR
  }

  private final List<Interval> domain;
  private final int[] shape;
  private final Layout layout;
  private final int size;

  private RegularGrid(List<Interval> domain, Layout layout, int[] shape, int size) {
    this.domain = domain;
    this.layout = layout;
    this.shape = shape;
    this.size = size;
  }

  /**
   * A grid on a box.
   *
   * @param domain one interval an axis
   * @param layout positions of the points, the same on every axis
   * @param shape points per axis, each at least 2
   * @return the grid
   * @throws IllegalArgumentException if there is no axis, if the number of intervals differs from
   *     the number of axes, or if an axis has fewer than 2 points or the grid more than {@link
   *     Integer#MAX_VALUE}, if points of an axis coincide to round-off, or the measure of the box
   *     overflows or underflows
   */
  public static RegularGrid of(List<Interval> domain, Layout layout, int... shape) {
    Objects.requireNonNull(layout, "layout");
    List<Interval> box = List.copyOf(domain);
    if (shape.length == 0 || box.size() != shape.length) {
      throw new IllegalArgumentException(
          "grid shape "
              + Arrays.toString(shape)
              + " on a domain of "
              + box.size()
              + " intervals: give one number of points for each interval, at least one");
    }
    long size = 1;
    for (int n : shape) {
      if (n < 2) {
        throw new IllegalArgumentException(
            "grid shape "
                + Arrays.toString(shape)
                + ": a function needs at least 2 points on every axis");
      }
      size *= n;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "grid shape " + Arrays.toString(shape) + " has more than 2^31 − 1 points");
      }
    }
    for (int a = 0; a < shape.length; a++) {
      Interval side = box.get(a);
      double largest = Math.max(Math.abs(side.lower()), Math.abs(side.upper()));
      // Half a spacing, from an end to the first cell centre, must move a coordinate.
      if (!(side.length() / shape[a] > 4 * Math.ulp(largest))) {
        throw new IllegalArgumentException(
            shape[a]
                + " points on "
                + side
                + " lie closer than the coordinates can tell: shift the origin or use fewer");
      }
    }
    return new RegularGrid(Box.of(box), layout, shape.clone(), (int) size);
  }

  /**
   * Cell centres of the unit box.
   *
   * @param shape points per axis, each at least 2
   * @return the grid with layout {@code CELL} on {@code [0, 1]^d}
   * @throws IllegalArgumentException if an axis has fewer than 2 points
   */
  public static RegularGrid unit(int... shape) {
    return unit(Layout.CELL, shape);
  }

  /**
   * A grid on the unit box.
   *
   * @param layout positions of the points
   * @param shape points per axis, each at least 2
   * @return the grid on {@code [0, 1]^d}
   * @throws IllegalArgumentException if an axis has fewer than 2 points
   */
  public static RegularGrid unit(Layout layout, int... shape) {
    List<Interval> box = new ArrayList<>();
    for (int ignored : shape) {
      box.add(Interval.UNIT);
    }
    return of(box, layout, shape);
  }

  /**
   * The positions of the points.
   *
   * @return the layout of every axis
   */
  public Layout layout() {
    return layout;
  }

  /**
   * The same domain and layout with another number of points.
   *
   * @param newShape points per axis, each at least 2
   * @return the new grid
   * @throws IllegalArgumentException as {@link #of}
   */
  public RegularGrid withShape(int... newShape) {
    return of(domain, layout, newShape);
  }

  @Override
  public List<Interval> domain() {
    return domain;
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public double coordinate(int point, int axis) {
    Objects.checkIndex(point, size);
    Objects.checkIndex(axis, shape.length);
    int i = indexOnAxis(point, axis);
    int n = shape[axis];
    Interval side = domain.get(axis);
    double u =
        switch (layout) {
          case CELL -> (i + 0.5) / n;
          case NODE -> (double) i / (n - 1);
          case PERIODIC -> (double) i / n;
          case INTERIOR -> (i + 1.0) / (n + 1);
        };
    return side.lower() + u * side.length();
  }

  @Override
  public double weight(int point) {
    Objects.checkIndex(point, size);
    double w = 1;
    for (int a = 0; a < shape.length; a++) {
      int n = shape[a];
      double length = domain.get(a).length();
      if (layout == Layout.NODE) {
        int i = indexOnAxis(point, a);
        w *= length / (n - 1) * (i == 0 || i == n - 1 ? 0.5 : 1);
      } else {
        w *= length / (layout == Layout.INTERIOR ? n + 1 : n);
      }
    }
    return w;
  }

  private int indexOnAxis(int point, int axis) {
    int stride = 1;
    for (int a = axis + 1; a < shape.length; a++) {
      stride *= shape[a];
    }
    return point / stride % shape[axis];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegularGrid that
        && domain.equals(that.domain)
        && layout == that.layout
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return Objects.hash(domain, layout, Arrays.hashCode(shape));
  }

  @Override
  public String toString() {
    return "RegularGrid[" + layout + " " + Arrays.toString(shape) + " on " + domain + "]";
  }
}
