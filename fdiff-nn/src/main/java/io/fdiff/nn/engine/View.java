package io.fdiff.nn.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another look at the elements of an array, without a copy. */
sealed interface View {

  /** The layout of the view, or null if strides cannot express it. */
  @Nullable Layout of(Layout source);

  /**
   * The layout of the source if the view has the given one, or null if strides cannot express it.
   *
   * @param shape shape of the source
   */
  @Nullable Layout sourceOf(Layout view, int... shape);

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  record Reshape(List<Integer> shape) implements View {
    @Override
    public @Nullable Layout of(Layout source) {
      return source.reshape(ints(shape));
    }

    @Override
    public @Nullable Layout sourceOf(Layout view, int... sourceShape) {
      return view.reshape(sourceShape);
    }
  }

  record Permute(List<Integer> axes) implements View {
    @Override
    public Layout of(Layout source) {
      return source.permute(ints(axes));
    }

    @Override
    public Layout sourceOf(Layout view, int... sourceShape) {
      int[] inverse = new int[axes.size()];
      for (int i = 0; i < inverse.length; i++) {
        inverse[axes.get(i)] = i;
      }
      return view.permute(inverse);
    }
  }

  record Narrow(int axis, int from, int step, int count) implements View {
    @Override
    public Layout of(Layout source) {
      return source.narrow(axis, from, step, count);
    }

    @Override
    public @Nullable Layout sourceOf(Layout view, int... sourceShape) {
      return null;
    }
  }

  record Broadcast(List<Integer> shape) implements View {
    @Override
    public Layout of(Layout source) {
      return source.broadcast(ints(shape));
    }

    @Override
    public @Nullable Layout sourceOf(Layout view, int... sourceShape) {
      return null;
    }
  }
}
