package io.fdiff.nn.engine;

import java.nio.Buffer;
import java.util.List;
import java.util.function.Function;

/**
 * Sums {@code [outer, rows, columns]} over rows; a task is one outer index.
 *
 * @param <A> array of the element type
 * @param <B> buffer of the element type
 */
final class ColumnSumKernel<A, B extends Buffer> implements KernelSet.Kernel {

  private static final int BLOCK = 4096;

  private final Layout in;
  private final Layout out;
  private final B source;
  private final B target;
  private final List<RowKernel.Worker<A, B>> workers;
  private final Workers threads;

  ColumnSumKernel(
      Node.ColumnSum sum,
      Function<Storage, B> buffers,
      List<RowKernel.Worker<A, B>> workers,
      Workers threads) {
    this.in = sum.in().layout();
    this.out = sum.out().layout();
    this.source = buffers.apply(sum.in().storage());
    this.target = buffers.apply(sum.out().storage());
    this.workers = workers;
    this.threads = threads;
  }

  @Override
  public void run() {
    threads.run(in.size(0), this::task);
  }

  private void task(int outer, int worker) {
    Lanes<A, B> lanes = workers.get(worker).lanes;
    int rows = in.size(1);
    int columns = in.size(2);
    int block = Math.max(1, Math.min(rows, BLOCK / columns));
    A rowsOfBlock = workers.get(worker).register(0, block * columns);
    A sum = workers.get(worker).register(1, columns);
    lanes.clear(sum, columns);
    for (int from = 0; from < rows; from += block) {
      int count = Math.min(block, rows - from);
      for (int row = 0; row < count; row++) {
        int at = in.offset() + outer * in.stride(0) + (from + row) * in.stride(1);
        if (columns == 1 || in.stride(2) == 1) {
          lanes.read(source, at, rowsOfBlock, row * columns, columns);
        } else {
          lanes.repeat(source, at, rowsOfBlock, row * columns, columns);
        }
      }
      lanes.addRows(rowsOfBlock, sum, count, columns);
    }
    lanes.write(sum, 0, target, out.offset() + outer * out.stride(0), columns);
  }
}
