package io.fdiff.nn.engine;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Strided copies; a task is a run of indices of the outermost axis of one part. */
final class AssemblyKernel implements KernelSet.Kernel {

  private static final int TASK = 1 << 15;
  private static final float[] ZEROS = new float[1 << 12];

  private record Task(Copy copy, int from, int to) {}

  /** Collapsed axes of a source and a target, the innermost last. */
  private record Copy(Cells cells, List<int[]> axes, int source, int target) {

    void run(int from, int to) {
      int[] outer = axes.get(0);
      for (int i = from; i < to; i++) {
        descend(1, source + i * outer[1], target + i * outer[2]);
      }
    }

    private void descend(int depth, int s, int t) {
      if (depth >= axes.size()) {
        cells.single(s, t);
        return;
      }
      int[] axis = axes.get(depth);
      if (depth == axes.size() - 1) {
        if (axis[1] == 1 && axis[2] == 1) {
          cells.run(s, t, axis[0]);
        } else {
          cells.strided(s, axis[1], t, axis[2], axis[0]);
        }
        return;
      }
      for (int i = 0; i < axis[0]; i++) {
        descend(depth + 1, s + i * axis[1], t + i * axis[2]);
      }
    }
  }

  /** Moves elements between two buffers of one type. */
  private interface Cells {
    void single(int from, int to);

    void run(int from, int to, int count);

    void strided(int from, int step, int to, int toStep, int count);

    void clear(int from, int count);
  }

  private record Floats(FloatBuffer source, FloatBuffer target) implements Cells {
    @Override
    public void single(int from, int to) {
      target.put(to, source.get(from));
    }

    @Override
    public void run(int from, int to, int count) {
      target.put(to, source, from, count);
    }

    @Override
    public void strided(int from, int step, int to, int toStep, int count) {
      for (int i = 0; i < count; i++) {
        target.put(to + i * toStep, source.get(from + i * step));
      }
    }

    @Override
    public void clear(int from, int count) {
      for (int done = 0; done < count; done += ZEROS.length) {
        target.put(from + done, ZEROS, 0, Math.min(ZEROS.length, count - done));
      }
    }
  }

  private record Doubles(DoubleBuffer source, DoubleBuffer target) implements Cells {
    @Override
    public void single(int from, int to) {
      target.put(to, source.get(from));
    }

    @Override
    public void run(int from, int to, int count) {
      target.put(to, source, from, count);
    }

    @Override
    public void strided(int from, int step, int to, int toStep, int count) {
      for (int i = 0; i < count; i++) {
        target.put(to + i * toStep, source.get(from + i * step));
      }
    }

    @Override
    public void clear(int from, int count) {
      for (int i = from; i < from + count; i++) {
        target.put(i, 0);
      }
    }
  }

  private final List<Task> tasks = new ArrayList<>();
  private final Workers threads;
  private final Cells cells;
  private final int clearFrom;
  private final int clearCount;

  /**
   * Binds the copies.
   *
   * @param buffers the buffer of a storage
   */
  AssemblyKernel(
      Node.Assembly assembly, Function<Storage, ? extends Buffer> buffers, Workers threads) {
    this.threads = threads;
    Storage target = assembly.out().storage();
    Buffer to = buffers.apply(target);
    this.cells = cells(to, to);
    this.clearFrom = assembly.out().layout().offset();
    this.clearCount = assembly.cleared() ? assembly.out().length() : 0;
    for (int i = 0; i < assembly.parts().size(); i++) {
      Tensor part = assembly.parts().get(i);
      Tensor place = assembly.places().get(i);
      if (Placement.isPlaced(part, place)) {
        continue;
      }
      List<int[]> axes = axes(part.layout(), place.layout());
      Copy copy =
          new Copy(
              cells(buffers.apply(part.storage()), to),
              axes,
              part.layout().offset(),
              place.layout().offset());
      int outer = axes.get(0)[0];
      int run = Math.max(1, (int) ((long) TASK * outer / Math.max(1, part.length())));
      for (int from = 0; from < outer; from += run) {
        tasks.add(new Task(copy, from, Math.min(outer, from + run)));
      }
    }
  }

  private static Cells cells(Buffer source, Buffer target) {
    return target instanceof FloatBuffer floats
        ? new Floats((FloatBuffer) source, floats)
        : new Doubles((DoubleBuffer) source, (DoubleBuffer) target);
  }

  /** Size, source stride and target stride of each axis, adjacent ones merged; at least one. */
  private static List<int[]> axes(Layout source, Layout target) {
    List<int[]> axes = new ArrayList<>();
    for (int axis = 0; axis < source.rank(); axis++) {
      int[] next = {source.size(axis), source.stride(axis), target.stride(axis)};
      if (next[0] == 1) {
        continue;
      }
      int[] last = axes.isEmpty() ? null : axes.get(axes.size() - 1);
      if (last != null && last[1] == next[0] * next[1] && last[2] == next[0] * next[2]) {
        last[0] *= next[0];
        last[1] = next[1];
        last[2] = next[2];
      } else {
        axes.add(next);
      }
    }
    if (axes.size() == 1 && axes.get(0)[1] == 1 && axes.get(0)[2] == 1) {
      axes.add(0, new int[] {1, 0, 0});
    }
    if (axes.isEmpty()) {
      axes.add(new int[] {1, 0, 0});
    }
    return axes;
  }

  @Override
  public void run() {
    if (clearCount > 0) {
      cells.clear(clearFrom, clearCount);
    }
    threads.run(
        tasks.size(),
        (task, worker) -> {
          Task part = tasks.get(task);
          part.copy().run(part.from(), part.to());
        });
  }
}
