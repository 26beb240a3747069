package io.fdiff.nn.engine;

import java.nio.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a row program. Blocks are dealt out as a fixed number of tasks; column sums are added up
 * within each task and then over the tasks in their order, so that results do not depend on
 * threads.
 *
 * @param <A> array of the element type
 * @param <B> buffer of the element type
 */
final class RowKernel<A, B extends Buffer> implements KernelSet.Kernel {

  private static final int MOST_TASKS = 64;

  /** Loops and registers of one worker. */
  static final class Worker<A, B extends Buffer> {
    final Lanes<A, B> lanes;
    private final List<A> registers = new ArrayList<>();

    Worker(Lanes<A, B> lanes) {
      this.lanes = lanes;
    }

    /** A register of at least that length. */
    A register(int index, int length) {
      while (registers.size() <= index) {
        registers.add(lanes.register(length));
      }
      A register = registers.get(index);
      if (lanes.length(register) < length) {
        register = lanes.register(length);
        registers.set(index, register);
      }
      return register;
    }
  }

  /** Memory of a sum. */
  private record Bound<B>(B buffer, int start) {}

  private final RowProgram program;
  private final List<Worker<A, B>> workers;
  private final Workers threads;
  private final List<RowProgram.Instruction> once;
  private final List<RowProgram.Instruction> each;
  private final List<@Nullable B> onceMemory;
  private final List<@Nullable B> eachMemory;
  private final List<Bound<B>> sums;
  private final int width;
  private final int blocks;
  private final int tasks;

  /** A sum of each task, those of a task together. */
  private final List<A> partials;

  RowKernel(
      RowProgram program,
      Function<Storage, B> buffers,
      List<Worker<A, B>> workers,
      Workers threads) {
    this.program = program;
    this.workers = workers;
    this.threads = threads;
    this.once = program.once();
    this.each = program.each();
    this.onceMemory = bind(once, buffers);
    this.eachMemory = bind(each, buffers);
    this.sums = new ArrayList<>();
    program
        .sums()
        .forEach(sum -> sums.add(new Bound<>(buffers.apply(sum.storage()), sum.layout().offset())));
    this.width = program.blockRows() * program.columns();
    this.blocks = (program.rows() + program.blockRows() - 1) / program.blockRows();
    this.tasks = Math.min(blocks, MOST_TASKS);
    this.partials = new ArrayList<>();
    for (int i = 0; i < tasks * sums.size(); i++) {
      partials.add(workers.get(0).lanes.register(program.sumLength(i % sums.size())));
    }
  }

  private static <B> List<@Nullable B> bind(
      List<RowProgram.Instruction> instructions, Function<Storage, B> buffers) {
    List<@Nullable B> memory = new ArrayList<>();
    for (RowProgram.Instruction instruction : instructions) {
      Storage storage = null;
      if (instruction instanceof RowProgram.Load load) {
        storage = load.from();
      } else if (instruction instanceof RowProgram.Store store) {
        storage = store.to();
      }
      memory.add(storage == null ? null : buffers.apply(storage));
    }
    return memory;
  }

  @Override
  public void run() {
    threads.run(tasks, this::task);
    Lanes<A, B> lanes = workers.get(0).lanes;
    for (int i = 0; i < sums.size(); i++) {
      A sum = partials.get(i);
      int length = program.sumLength(i);
      for (int task = 1; task < tasks; task++) {
        A partial = partials.get(task * sums.size() + i);
        lanes.compute(Operation.ADD, 0, sum, partial, sum, length);
      }
      lanes.write(sum, 0, sums.get(i).buffer(), sums.get(i).start(), length);
    }
  }

  private void task(int task, int index) {
    Worker<A, B> worker = workers.get(index);
    for (int i = 0; i < sums.size(); i++) {
      worker.lanes.clear(partials.get(task * sums.size() + i), program.sumLength(i));
    }
    int from = (int) ((long) blocks * task / tasks);
    int to = (int) ((long) blocks * (task + 1) / tasks);
    int first = Math.min(program.rows(), program.blockRows());
    execute(worker, task, once, onceMemory, 0, first);
    for (int block = from; block < to; block++) {
      int row = block * program.blockRows();
      int rows = Math.min(program.blockRows(), program.rows() - row);
      execute(worker, task, each, eachMemory, row, rows);
    }
  }

  private A wide(Worker<A, B> worker, int register) {
    return worker.register(program.narrow() + register, width);
  }

  private A narrow(Worker<A, B> worker, int register) {
    return worker.register(register, program.blockRows());
  }

  private A at(Worker<A, B> worker, int register, boolean isWide) {
    return isWide ? wide(worker, register) : narrow(worker, register);
  }

  private void execute(
      Worker<A, B> worker,
      int task,
      List<RowProgram.Instruction> instructions,
      List<@Nullable B> memory,
      int row,
      int rows) {
    Lanes<A, B> lanes = worker.lanes;
    int columns = program.columns();
    for (int i = 0; i < instructions.size(); i++) {
      RowProgram.Instruction instruction = instructions.get(i);
      if (instruction instanceof RowProgram.Compute compute) {
        boolean isWide = compute.isWide();
        lanes.compute(
            compute.operation(),
            compute.constant(),
            at(worker, compute.left(), isWide),
            at(worker, compute.right(), isWide),
            at(worker, compute.to(), isWide),
            isWide ? rows * columns : rows);
      } else if (instruction instanceof RowProgram.Load load) {
        A to = at(worker, load.to(), load.isWide());
        load(lanes, to, load, Objects.requireNonNull(memory.get(i)), row, rows);
      } else if (instruction instanceof RowProgram.Store store) {
        A from = at(worker, store.from(), store.isWide());
        store(lanes, from, store, Objects.requireNonNull(memory.get(i)), row, rows);
      } else if (instruction instanceof RowProgram.Spread spread) {
        lanes.spread(narrow(worker, spread.from()), wide(worker, spread.to()), rows, columns);
      } else if (instruction instanceof RowProgram.FoldRows fold) {
        lanes.fold(
            fold.fold(), wide(worker, fold.from()), narrow(worker, fold.to()), rows, columns);
      } else if (instruction instanceof RowProgram.AddRows add) {
        lanes.addRows(
            at(worker, add.from(), add.isWide()),
            partials.get(task * sums.size() + add.sum()),
            rows,
            add.isWide() ? columns : 1);
      }
    }
  }

  private void load(Lanes<A, B> lanes, A to, RowProgram.Load load, B memory, int row, int rows) {
    Access access = load.access();
    int length = load.isWide() ? program.columns() : 1;
    if (access.isDense(length)) {
      lanes.read(memory, access.row(row), to, 0, rows * length);
    } else if (access.isConstant() && length == 1) {
      lanes.repeat(memory, access.offset(), to, 0, rows);
    } else {
      for (int r = 0; r < rows; r++) {
        lanes.read(memory, access.row(row + r), to, r * length, length);
      }
    }
  }

  private void store(
      Lanes<A, B> lanes, A from, RowProgram.Store store, B memory, int row, int rows) {
    Access access = store.access();
    int length = store.isWide() ? program.columns() : 1;
    if (access.isDense(length)) {
      lanes.write(from, 0, memory, access.row(row), rows * length);
    } else {
      for (int r = 0; r < rows; r++) {
        lanes.write(from, r * length, memory, access.row(row + r), length);
      }
    }
  }
}
