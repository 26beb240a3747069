package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes cheap results again where they are used a second time, instead of keeping them: the
 * backward pass reads a matrix product and makes bias, activation and slope of it once more, which
 * costs less than to write and read them. A result is made again if it follows element by element
 * from at most one full array and arrays that are small against it.
 */
final class Recomputation {

  private static final int MOST_OPERATIONS = 14;

  /** A node of one level made for another one. */
  private record Copy(Tensor base, int level) {}

  private final List<Node> result = new ArrayList<>();

  /** Steps that are no row nodes on the longest way to a node. */
  private final Map<Node, Integer> levels = new LinkedHashMap<>();

  private final Set<Tensor> kept = new LinkedHashSet<>();
  private final Map<Copy, Tensor> copies = new HashMap<>();

  private Recomputation(List<Node> nodes, Set<Tensor> outputs) {
    outputs.forEach(output -> kept.add(output.base()));
    for (Node node : nodes) {
      levels.put(node, level(node));
      if (!Group.isRowNode(node)) {
        node.inputs().forEach(input -> kept.add(input.base()));
      }
    }
  }

  /**
   * The nodes with copies of some of them.
   *
   * @param nodes nodes in order
   * @param outputs tensors that are read from outside
   */
  static List<Node> apply(List<Node> nodes, Set<Tensor> outputs) {
    Recomputation recomputation = new Recomputation(nodes, outputs);
    nodes.forEach(recomputation::add);
    return Node.needed(recomputation.result, outputs);
  }

  private int level(Node node) {
    int level = 0;
    for (Tensor input : node.inputs()) {
      Node producer = input.producer();
      if (producer != null) {
        int step = Group.isRowNode(producer) ? 0 : 1;
        level = Math.max(level, Objects.requireNonNull(levels.get(producer)) + step);
      }
    }
    return level;
  }

  private void add(Node node) {
    if (!Group.isRowNode(node)) {
      result.add(node);
      return;
    }
    int level = Objects.requireNonNull(levels.get(node));
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor input : node.inputs()) {
      inputs.add(isWorthwhile(input, level) ? again(input, level) : input);
    }
    if (inputs.equals(node.inputs())) {
      result.add(node);
      return;
    }
    Node changed;
    if (node instanceof Node.Pointwise pointwise) {
      changed =
          new Node.Pointwise(
              pointwise.operation(), pointwise.constant(), List.copyOf(inputs), pointwise.out());
    } else if (node instanceof Node.RowFold fold) {
      changed = new Node.RowFold(fold.fold(), inputs.get(0), fold.out());
    } else {
      changed = new Node.ColumnSum(inputs.get(0), node.outputs().get(0));
    }
    levels.put(changed, level);
    node.outputs().get(0).producedBy(changed);
    result.add(changed);
  }

  private Node.@Nullable Pointwise producer(Tensor tensor) {
    return tensor.producer() instanceof Node.Pointwise pointwise ? pointwise : null;
  }

  private boolean isWorthwhile(Tensor input, int level) {
    Node.Pointwise producer = producer(input);
    if (producer == null
        || kept.contains(input.base())
        || Objects.requireNonNull(levels.get(producer)) >= level) {
      return false;
    }
    return isCheap(producer);
  }

  private static boolean isSmall(Tensor tensor, Tensor against) {
    return tensor.base().length() <= against.base().length() / 8;
  }

  private boolean isCheap(Node.Pointwise node) {
    Set<Node> operations = new HashSet<>();
    Set<Tensor> full = new HashSet<>();
    leaves(node, full, operations);
    return full.size() <= 1 && operations.size() <= MOST_OPERATIONS;
  }

  /** What a result is made of: arrays of its size that are not worth to be made again. */
  private void leaves(Node.Pointwise node, Set<Tensor> full, Set<Node> operations) {
    if (!operations.add(node)) {
      return;
    }
    for (Tensor input : node.inputs()) {
      if (isSmall(input, node.out())) {
        continue;
      }
      Node.Pointwise producer = inner(input);
      if (producer == null) {
        full.add(input.base());
      } else {
        leaves(producer, full, operations);
      }
    }
  }

  /**
   * The producer of an operand if the operand is made again too: it comes of at most one full array
   * itself.
   */
  private Node.@Nullable Pointwise inner(Tensor input) {
    Node.Pointwise producer = producer(input);
    if (producer == null || kept.contains(input.base())) {
      return null;
    }
    return isCheap(producer) ? producer : null;
  }

  /** The operand, computed again for a level. */
  private Tensor again(Tensor input, int level) {
    Tensor base = input.base();
    Copy key = new Copy(base, level);
    Tensor copy = copies.get(key);
    if (copy == null) {
      Node.Pointwise node = Objects.requireNonNull(producer(base));
      List<Tensor> inputs = new ArrayList<>();
      for (Tensor operand : node.inputs()) {
        boolean inside = !isSmall(operand, node.out()) && inner(operand) != null;
        inputs.add(inside ? again(operand, level) : operand);
      }
      copy = new Tensor(new Storage(base.type(), base.length()), base.shape());
      Node made = new Node.Pointwise(node.operation(), node.constant(), List.copyOf(inputs), copy);
      copy.producedBy(made);
      levels.put(made, level);
      result.add(made);
      copies.put(key, copy);
    }
    return input.onto(copy);
  }
}
