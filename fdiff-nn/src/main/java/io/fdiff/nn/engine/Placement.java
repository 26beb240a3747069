package io.fdiff.nn.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets nodes write where their result is wanted: a result that is only copied, into a concatenation
 * or into another order of axes, is placed there from the beginning.
 */
final class Placement {

  private final Map<Tensor, Integer> reads = new LinkedHashMap<>();

  private Placement(List<Node> nodes) {
    for (Node node : nodes) {
      for (Tensor input : node.inputs()) {
        reads.merge(input.base(), 1, Integer::sum);
      }
    }
  }

  /**
   * Moves the bases.
   *
   * @param nodes nodes in order; their tensors are modified
   */
  static void apply(List<Node> nodes) {
    Placement placement = new Placement(nodes);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i) instanceof Node.Assembly assembly && !assembly.cleared()) {
        for (int part = 0; part < assembly.parts().size(); part++) {
          placement.place(assembly.parts().get(part), assembly.places().get(part));
        }
      }
    }
  }

  private void place(Tensor part, Tensor place) {
    Tensor base = part.base();
    Node producer = base.producer();
    if (producer == null || base.storage().pinned() || reads.getOrDefault(base, 0) != 1) {
      return;
    }
    if (part.length() != base.length()) {
      return;
    }
    Layout wanted = part.baseLayout(place.layout());
    if (wanted != null && canWrite(producer, wanted)) {
      base.place(place.storage(), wanted);
    }
  }

  private static boolean canWrite(Node producer, Layout layout) {
    if (producer instanceof Node.Product product) {
      return product.addend() == null && Builder.isMatrix(layout);
    } else if (producer instanceof Node.Pointwise) {
      int last = layout.rank() - 1;
      return last >= 0 && layout.size(last) > 1 && layout.stride(last) == 1;
    }
    return producer instanceof Node.Assembly assembly && !assembly.cleared();
  }

  /** Whether a part is written to its place by its producer. */
  static boolean isPlaced(Tensor part, Tensor place) {
    return part.storage() == place.storage() && part.layout().reaches(place.layout());
  }
}
