package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph laid out for inputs of fixed shapes: steps in order, on memory that is planned once.
 *
 * <p>The graph becomes nodes ({@link Lowering}), cheap ones are computed again where that is better
 * than to keep them ({@link Recomputation}), sums with products become products that add ({@link
 * Accumulation}), results go where they are wanted ({@link Placement}), nodes become groups ({@link
 * Fusion}), row groups become programs ({@link RowCompiler}), memory is laid out ({@link
 * MemoryPlan}) and each step is bound to it by the {@link KernelSet}.
 */
final class Plan implements AutoCloseable {

  /** One step before it is bound to memory. */
  private static final class Draft implements MemoryPlan.Step {
    final Group group;
    final @Nullable RowProgram program;
    final Set<Storage> reads = identitySet();
    final Set<Storage> writes = identitySet();

    Draft(Group group, Predicate<Tensor> isRead) {
      this.group = group;
      if (group.isRowGroup()) {
        RowProgram rows = RowCompiler.compile(group, isRead);
        program = rows;
        reads.addAll(rows.reads());
        for (RowProgram.Instruction instruction : rows.each()) {
          if (instruction instanceof RowProgram.Store store) {
            writes.add(store.to());
          }
        }
        rows.sums().forEach(sum -> writes.add(sum.storage()));
      } else {
        program = null;
        Node node = group.members().get(0);
        node.inputs().forEach(input -> reads.add(input.storage()));
        node.outputs().forEach(output -> writes.add(output.storage()));
      }
    }

    @Override
    public Set<Storage> reads() {
      return reads;
    }

    @Override
    public Set<Storage> writes() {
      return writes;
    }

    @Override
    public boolean canOverlay(Storage result, Storage operand) {
      return program != null
          ? program.canOverlay(result, operand)
          : group.members().get(0) instanceof Node.Product product
              && product.canOverlay(result, operand);
    }

    KernelSet.Kernel bind(KernelSet kernels, Arena arena) {
      if (program != null) {
        return kernels.rows(program, arena);
      }
      Node node = group.members().get(0);
      if (node instanceof Node.Product product) {
        return kernels.product(product, arena);
      } else if (node instanceof Node.Assembly assembly) {
        return kernels.assembly(assembly, arena);
      } else if (node instanceof Node.ColumnSum sum) {
        return kernels.columnSum(sum, arena);
      }
      return kernels.nd4j((Node.Native) node, arena);
    }

    /** Whether there is anything to do. */
    boolean isEmpty() {
      if (group.members().get(0) instanceof Node.Assembly assembly && !assembly.cleared()) {
        for (int i = 0; i < assembly.parts().size(); i++) {
          if (!Placement.isPlaced(assembly.parts().get(i), assembly.places().get(i))) {
            return false;
          }
        }
        return true;
      }
      return false;
    }

    String label() {
      return program != null ? program.label() : group.members().get(0).label();
    }
  }

  private record Step(String label, KernelSet.Kernel kernel) {}

  private final KernelSet kernels;
  private final Arena arena;
  private final List<Step> steps = new ArrayList<>();
  private final List<KernelSet.Kernel> products = new ArrayList<>();
  private double productOperations;
  private final Map<String, INDArray> inputs = new LinkedHashMap<>();
  private final Map<String, INDArray> outputs = new LinkedHashMap<>();
  private final List<INDArray> folded;
  private final Set<String> foreign;

  /**
   * Lays the graph out.
   *
   * @param graph a graph without control flow
   * @param wanted names of the outputs
   * @param given one array for each placeholder that is needed; the shapes of the plan
   * @param kernels how steps are computed
   */
  Plan(
      SameDiff graph,
      List<String> wanted,
      Map<String, INDArray> destinations,
      Map<String, INDArray> given,
      KernelSet kernels) {
    this.kernels = kernels;
    try (Lowering lowering = new Lowering(graph, wanted, destinations, given)) {
      List<Node> nodes =
          Recomputation.apply(lowering.nodes(), Set.copyOf(lowering.outputs().values()));
      nodes = Accumulation.apply(nodes, Set.copyOf(lowering.outputs().values()));
      Placement.apply(nodes);
      List<Group> groups = Fusion.of(nodes);
      Map<Tensor, Set<Group>> readers = readers(groups);
      Set<Tensor> kept = identitySet();
      lowering.outputs().values().forEach(output -> kept.add(output.base()));
      List<Draft> drafts = new ArrayList<>();
      for (Group group : groups) {
        Draft draft =
            new Draft(
                group,
                base ->
                    kept.contains(base)
                        || readers.getOrDefault(base, Set.of()).stream()
                            .anyMatch(reader -> reader != group));
        drafts.add(draft);
      }
      MemoryPlan memory =
          new MemoryPlan(drafts, lowering.inputs().values().stream().map(Tensor::storage).toList());
      this.arena = new Arena(memory.places(), memory.sizes());
      this.folded = lowering.folded();
      lowering.inputs().forEach((name, tensor) -> inputs.put(name, arena.array(tensor)));
      lowering.outputs().forEach((name, tensor) -> outputs.put(name, arena.array(tensor)));
      for (Draft draft : drafts) {
        if (!draft.isEmpty()) {
          KernelSet.Kernel kernel = draft.bind(kernels, arena);
          steps.add(new Step(draft.label(), kernel));
          if (draft.group.members().get(0) instanceof Node.Product product) {
            products.add(kernel);
            Tensor left = product.left();
            productOperations += 2.0 * product.out().length() * left.size(left.rank() - 1);
          }
        }
      }
      this.foreign =
          nodes.stream()
              .filter(Node.Native.class::isInstance)
              .map(node -> ((Node.Native) node).function().opName())
              .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static <T> Set<T> identitySet() {
    return new LinkedHashSet<>();
  }

  private static Map<Tensor, Set<Group>> readers(List<Group> groups) {
    Map<Tensor, Set<Group>> readers = new HashMap<>();
    for (Group group : groups) {
      for (Node node : group.members()) {
        for (Tensor input : node.inputs()) {
          readers.computeIfAbsent(input.base(), base -> identitySet()).add(group);
        }
      }
    }
    return readers;
  }

  /**
   * Runs the plan.
   *
   * @param given arrays of the plan's shapes. Not modified.
   * @param profile gets the times of the steps, or null
   * @return the outputs, overwritten by the next run
   */
  Map<String, INDArray> run(Map<String, INDArray> given, @Nullable Profile profile) {
    inputs.forEach((name, own) -> own.assign(Objects.requireNonNull(given.get(name), name)));
    KernelSet.Run running = kernels.begin();
    try {
      for (Step step : steps) {
        if (profile == null) {
          step.kernel().run();
        } else {
          long start = profile.time();
          step.kernel().run();
          profile.add(step.label(), profile.time() - start);
        }
      }
    } finally {
      running.close();
    }
    return outputs;
  }

  /**
   * Runs the matrix products alone, on what the last run left in memory.
   *
   * @return their floating-point operations
   */
  double runProducts() {
    KernelSet.Run running = kernels.begin();
    try {
      products.forEach(KernelSet.Kernel::run);
    } finally {
      running.close();
    }
    return productOperations;
  }

  /** Operations that ND4J runs. */
  Set<String> foreign() {
    return foreign;
  }

  /** Bytes of the plan's arrays. */
  long bytes() {
    return arena.bytes();
  }

  /** The number of steps of a run. */
  int size() {
    return steps.size();
  }

  @Override
  public void close() {
    arena.close();
    for (INDArray array : folded) {
      if (array.closeable()) {
        array.close();
      }
    }
  }
}
