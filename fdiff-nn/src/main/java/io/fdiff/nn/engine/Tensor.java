package io.fdiff.nn.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An array of a plan: a base, which one node computes or the caller gives, or a view of another
 * tensor. Identity is equality.
 */
final class Tensor {

  private final int[] shape;
  private final @Nullable Tensor parent;
  private final @Nullable View view;
  private @Nullable Storage storage;
  private @Nullable Layout layout;
  private @Nullable Node producer;

  /** A base, C order. */
  Tensor(Storage storage, int... shape) {
    this.shape = shape.clone();
    this.parent = null;
    this.view = null;
    this.storage = storage;
    this.layout = Layout.contiguous(shape);
  }

  private Tensor(Tensor parent, View view, Layout layout) {
    this.shape = layout.shape();
    this.parent = parent;
    this.view = view;
  }

  /** A view, or null if strides cannot express it. */
  @Nullable Tensor view(View by) {
    Layout seen = by.of(layout());
    return seen == null ? null : new Tensor(this, by, seen);
  }

  /** The same view of another base. */
  Tensor onto(Tensor base) {
    if (parent == null) {
      return base;
    }
    return Objects.requireNonNull(parent.onto(base).view(Objects.requireNonNull(view)));
  }

  boolean isBase() {
    return parent == null;
  }

  /** The tensor that owns the memory. */
  Tensor base() {
    Tensor tensor = this;
    while (tensor.parent != null) {
      tensor = tensor.parent;
    }
    return tensor;
  }

  Storage storage() {
    return Objects.requireNonNull(base().storage);
  }

  Layout layout() {
    if (parent == null) {
      return Objects.requireNonNull(layout);
    }
    return Objects.requireNonNull(Objects.requireNonNull(view).of(parent.layout()));
  }

  DataType type() {
    return storage().type();
  }

  int[] shape() {
    return shape.clone();
  }

  int rank() {
    return shape.length;
  }

  int size(int axis) {
    return shape[axis];
  }

  int length() {
    return Layout.product(shape);
  }

  boolean hasShape(int... other) {
    return Arrays.equals(shape, other);
  }

  /** What computes the base, or null if it is given. */
  @Nullable Node producer() {
    return base().producer;
  }

  void producedBy(Node node) {
    this.producer = node;
  }

  /** The layout that the base would have if this view had the given one; null if there is none. */
  @Nullable Layout baseLayout(Layout wanted) {
    Layout at = wanted;
    Tensor tensor = this;
    while (at != null && tensor.parent != null) {
      at = Objects.requireNonNull(tensor.view).sourceOf(at, tensor.parent.shape);
      tensor = tensor.parent;
    }
    return at;
  }

  /** Moves a base. */
  void place(Storage where, Layout how) {
    this.storage = where;
    this.layout = how;
  }

  @Override
  public String toString() {
    return Arrays.toString(shape);
  }
}
