package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a matrix product be added to an array by the product itself, where a sum of the two would
 * read both again: the array is in memory anyway, because a step other than row nodes makes or
 * reads it. Where the array dies there, the sum lies in its place.
 */
final class Accumulation {

  private final Map<Tensor, Integer> reads = new LinkedHashMap<>();
  private final Set<Tensor> stored = new HashSet<>();
  private final Set<Tensor> outputs = new HashSet<>();

  private Accumulation(List<Node> nodes, Set<Tensor> outputs) {
    outputs.forEach(output -> this.outputs.add(output.base()));
    for (Node node : nodes) {
      for (Tensor input : node.inputs()) {
        reads.merge(input.base(), 1, Integer::sum);
        if (!Group.isRowNode(node)) {
          stored.add(input.base());
        }
      }
      if (!Group.isRowNode(node)) {
        node.outputs().forEach(output -> stored.add(output.base()));
      }
    }
  }

  /**
   * The nodes with sums taken into products.
   *
   * @param nodes nodes in order
   * @param outputs tensors that are read from outside
   */
  static List<Node> apply(List<Node> nodes, Set<Tensor> outputs) {
    Accumulation accumulation = new Accumulation(nodes, outputs);
    List<Node> result = new ArrayList<>();
    for (Node node : nodes) {
      Node.Product sum = accumulation.sum(node);
      result.add(sum == null ? node : sum);
    }
    return Node.needed(result, outputs);
  }

  /** A sum as a product that adds, or null. */
  private Node.@Nullable Product sum(Node node) {
    if (!(node instanceof Node.Pointwise add)
        || add.operation() != Operation.ADD
        || add.inputs().size() != 2) {
      return null;
    }
    for (int i = 1; i >= 0; i--) {
      Node.Product sum = sum(add, add.inputs().get(i), add.inputs().get(1 - i));
      if (sum != null) {
        sum.outputs().get(0).base().producedBy(sum);
        stored.add(add.out().base());
        return sum;
      }
    }
    return null;
  }

  private Node.@Nullable Product sum(Node.Pointwise add, Tensor product, Tensor addend) {
    Tensor out = add.out();
    if (!(product.producer() instanceof Node.Product factors)
        || factors.addend() != null
        || outputs.contains(product.base())
        || reads.getOrDefault(product.base(), 0) != 1
        || !isWhole(product, out)
        || !isWhole(addend, out)
        || addend.base() == product.base()
        || addend.producer() == null
        || !stored.contains(addend.base())
        || !out.layout().isContiguous()) {
      return null;
    }
    View shape = new View.Reshape(Arrays.stream(factors.out().shape()).boxed().toList());
    Tensor to = out.hasShape(factors.out().shape()) ? out : out.view(shape);
    return to == null
        ? null
        : new Node.Product(factors.left(), factors.right(), factors.scale(), addend, to);
  }

  /** Whether a tensor is all of its base in the order of another one. */
  private static boolean isWhole(Tensor tensor, Tensor other) {
    return tensor.length() == other.length()
        && tensor.length() == tensor.base().length()
        && tensor.type() == other.type()
        && tensor.layout().isContiguous()
        && tensor.layout().offset() == 0;
  }
}
