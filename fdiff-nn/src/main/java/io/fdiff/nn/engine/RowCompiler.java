package io.fdiff.nn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the program of a group of row nodes. */
final class RowCompiler {

  /** Numbers of a wide register: a program's registers should stay in the caches of a core. */
  private static final int BLOCK = 2048;

  /** A value before registers are shared: its number, and its place in the two register files. */
  private record Value(int id, boolean isWide) {}

  private record Source(Storage storage, Access access, boolean isWide) {}

  /** An instruction on values. */
  private record Draft(
      RowProgram.@Nullable Instruction instruction, List<Value> reads, @Nullable Value writes) {}

  private final Group group;
  private final Predicate<Tensor> isRead;
  private final List<Draft> once = new ArrayList<>();
  private final List<Draft> each = new ArrayList<>();
  private final Map<Tensor, Value> values = new LinkedHashMap<>();
  private final Map<Source, Value> loads = new HashMap<>();
  private final Map<Value, Value> spreads = new HashMap<>();
  private final Set<Value> constant = new HashSet<>();
  private final List<Tensor> sums = new ArrayList<>();
  private int count;

  private RowCompiler(Group group, Predicate<Tensor> isRead) {
    this.group = group;
    this.isRead = isRead;
  }

  /**
   * The program.
   *
   * @param group a group of row nodes
   * @param isRead whether anything outside of the group reads a base
   */
  static RowProgram compile(Group group, Predicate<Tensor> isRead) {
    return new RowCompiler(group, isRead).compile();
  }

  private Value value(boolean isWide) {
    return new Value(count++, isWide);
  }

  private RowProgram compile() {
    for (Node node : group.members()) {
      if (node instanceof Node.Pointwise pointwise) {
        pointwise(pointwise);
      } else if (node instanceof Node.RowFold fold) {
        Value from = operand(node, fold.in(), true);
        Value to = value(false);
        each.add(new Draft(new RowProgram.FoldRows(fold.fold(), 0, 0), List.of(from), to));
        result(node, fold.out(), to);
      } else if (node instanceof Node.ColumnSum sum) {
        boolean isWide = !group.isNarrow(node);
        Value from = operand(node, sum.in(), isWide);
        each.add(new Draft(new RowProgram.AddRows(0, isWide, sums.size()), List.of(from), null));
        sums.add(sum.out());
      }
    }
    return allocate();
  }

  private void pointwise(Node.Pointwise node) {
    boolean isWide = !group.isNarrow(node);
    List<Value> operands = new ArrayList<>();
    for (Tensor input : node.inputs()) {
      operands.add(operand(node, input, isWide));
    }
    Value to = value(isWide);
    each.add(
        new Draft(
            new RowProgram.Compute(node.operation(), node.constant(), 0, 0, 0, isWide),
            operands,
            to));
    result(node, node.out(), to);
  }

  private void result(Node node, Tensor out, Value value) {
    values.put(out, value);
    if (isRead.test(out)) {
      each.add(
          new Draft(
              new RowProgram.Store(0, value.isWide(), out.storage(), group.access(node, out)),
              List.of(value),
              null));
    }
  }

  private Value operand(Node node, Tensor input, boolean isWide) {
    Value value = values.get(input.base());
    if (value == null) {
      value = load(input.storage(), group.access(node, input), isWide);
    }
    return isWide && !value.isWide() ? spread(value) : value;
  }

  private Value load(Storage storage, Access access, boolean isWide) {
    boolean wideLoad = isWide && (access.columnStride() == 1 || group.columns() == 1);
    return loads.computeIfAbsent(
        new Source(storage, access, wideLoad),
        source -> {
          Value to = value(wideLoad);
          Draft draft = new Draft(new RowProgram.Load(storage, access, wideLoad, 0), List.of(), to);
          if (access.isConstant()) {
            constant.add(to);
            once.add(draft);
          } else {
            each.add(draft);
          }
          return to;
        });
  }

  private Value spread(Value narrow) {
    Value known = spreads.get(narrow);
    if (known == null) {
      known = value(true);
      Draft draft = new Draft(new RowProgram.Spread(0, 0), List.of(narrow), known);
      if (constant.contains(narrow)) {
        constant.add(known);
        once.add(draft);
      } else {
        each.add(draft);
      }
      spreads.put(narrow, known);
    }
    return known;
  }

  /** Registers in order of definition; constants keep theirs. */
  private RowProgram allocate() {
    Map<Value, Integer> lastUse = new HashMap<>();
    for (int at = 0; at < each.size(); at++) {
      for (Value read : each.get(at).reads()) {
        lastUse.put(read, at);
      }
    }
    Map<Value, Integer> registers = new HashMap<>();
    int[] sizes = new int[2];
    List<Deque<Integer>> free = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    List<RowProgram.Instruction> first = new ArrayList<>();
    for (Draft draft : once) {
      Value to = Objects.requireNonNull(draft.writes());
      registers.put(to, sizes[to.isWide() ? 1 : 0]++);
      first.add(bind(draft, registers));
    }
    List<RowProgram.Instruction> block = new ArrayList<>();
    for (int at = 0; at < each.size(); at++) {
      Draft draft = each.get(at);
      boolean overwrites = draft.instruction() instanceof RowProgram.Compute;
      if (overwrites) {
        release(draft, at, lastUse, registers, free);
      }
      Value to = draft.writes();
      if (to != null) {
        int file = to.isWide() ? 1 : 0;
        Integer register = free.get(file).pollLast();
        registers.put(to, register == null ? sizes[file]++ : register);
      }
      block.add(bind(draft, registers));
      if (!overwrites) {
        release(draft, at, lastUse, registers, free);
      }
      if (to != null && !lastUse.containsKey(to)) {
        free.get(to.isWide() ? 1 : 0).addLast(Objects.requireNonNull(registers.get(to)));
      }
    }
    int blockRows = Math.max(1, Math.min(group.rows(), BLOCK / group.columns()));
    return new RowProgram(
        group.members().get(0).outputs().get(0).type(),
        group.rows(),
        group.columns(),
        blockRows,
        sizes[1],
        sizes[0],
        List.copyOf(first),
        List.copyOf(block),
        List.copyOf(sums),
        label());
  }

  private void release(
      Draft draft,
      int at,
      Map<Value, Integer> lastUse,
      Map<Value, Integer> registers,
      List<Deque<Integer>> free) {
    for (Value read : Set.copyOf(draft.reads())) {
      if (!constant.contains(read) && Objects.requireNonNull(lastUse.get(read)) == at) {
        free.get(read.isWide() ? 1 : 0).addLast(Objects.requireNonNull(registers.get(read)));
      }
    }
  }

  private static RowProgram.Instruction bind(Draft draft, Map<Value, Integer> registers) {
    int left = draft.reads().isEmpty() ? 0 : register(draft.reads().get(0), registers);
    int right = draft.reads().size() < 2 ? left : register(draft.reads().get(1), registers);
    int to = draft.writes() == null ? 0 : register(draft.writes(), registers);
    RowProgram.Instruction instruction = Objects.requireNonNull(draft.instruction());
    if (instruction instanceof RowProgram.Load load) {
      return new RowProgram.Load(load.from(), load.access(), load.isWide(), to);
    } else if (instruction instanceof RowProgram.Store store) {
      return new RowProgram.Store(left, store.isWide(), store.to(), store.access());
    } else if (instruction instanceof RowProgram.Spread) {
      return new RowProgram.Spread(left, to);
    } else if (instruction instanceof RowProgram.Compute compute) {
      return new RowProgram.Compute(
          compute.operation(), compute.constant(), left, right, to, compute.isWide());
    } else if (instruction instanceof RowProgram.FoldRows fold) {
      return new RowProgram.FoldRows(fold.fold(), left, to);
    }
    RowProgram.AddRows add = (RowProgram.AddRows) instruction;
    return new RowProgram.AddRows(left, add.isWide(), add.sum());
  }

  private static int register(Value value, Map<Value, Integer> registers) {
    return Objects.requireNonNull(registers.get(value));
  }

  private String label() {
    StringBuilder text = new StringBuilder("rows [");
    text.append(group.rows()).append(", ").append(group.columns()).append("]");
    String last = "";
    int repeated = 0;
    int shown = 0;
    for (Node node : group.members()) {
      if (shown >= 8) {
        break;
      }
      if (node.label().equals(last)) {
        repeated++;
      } else {
        text.append(' ').append(node.label());
        last = node.label();
        shown++;
      }
    }
    int more = group.members().size() - shown - repeated;
    return more > 0 ? text.append(" +").append(more).toString() : text.toString();
  }
}
