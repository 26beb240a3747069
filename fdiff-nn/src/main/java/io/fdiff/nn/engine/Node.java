package io.fdiff.nn.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;

/** One computation of a plan: reads tensors, writes bases. */
sealed interface Node {

  List<Tensor> inputs();

  List<Tensor> outputs();

  /** What profiles call it. */
  String label();

  /**
   * Those of some nodes that tensors depend on, in their order.
   *
   * @param nodes nodes in order
   * @param outputs what is needed
   */
  static List<Node> needed(List<Node> nodes, Collection<Tensor> outputs) {
    Set<Node> needed = new LinkedHashSet<>();
    Deque<Tensor> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      Node producer = open.pop().producer();
      if (producer != null && needed.add(producer)) {
        open.addAll(producer.inputs());
      }
    }
    return nodes.stream().filter(needed::contains).toList();
  }

  /**
   * {@code out = f(inputs)} element by element; inputs broadcast to the shape of the output.
   *
   * @param constant the {@code c} of the operation
   */
  record Pointwise(Operation operation, double constant, List<Tensor> inputs, Tensor out)
      implements Node {
    @Override
    public List<Tensor> outputs() {
      return List.of(out);
    }

    @Override
    public String label() {
      return operation.name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a row becomes one number. */
  enum Fold {
    SUM,
    MAX,
    MIN
  }

  /** {@code [rows, columns] → [rows, 1]}. */
  record RowFold(Fold fold, Tensor in, Tensor out) implements Node {
    @Override
    public List<Tensor> inputs() {
      return List.of(in);
    }

    @Override
    public List<Tensor> outputs() {
      return List.of(out);
    }

    @Override
    public String label() {
      return "row " + fold.name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@code [outer, rows, columns] → [outer, columns]}, summed over rows. */
  record ColumnSum(Tensor in, Tensor out) implements Node {
    @Override
    public List<Tensor> inputs() {
      return List.of(in);
    }

    @Override
    public List<Tensor> outputs() {
      return List.of(out);
    }

    int outer() {
      return in.size(0);
    }

    @Override
    public String label() {
      return "column sum";
    }
  }

  /**
   * {@code out = scale · left × right + addend} on the last two axes.
   *
   * @param addend as many elements as {@code out}, C order, or null for 0
   */
  record Product(Tensor left, Tensor right, double scale, @Nullable Tensor addend, Tensor out)
      implements Node {
    @Override
    public List<Tensor> inputs() {
      return addend == null ? List.of(left, right) : List.of(left, right, addend);
    }

    /** Whether the sum may lie where the addend was. */
    boolean canOverlay(Storage result, Storage operand) {
      return addend != null
          && result == out.storage()
          && operand == addend.storage()
          && operand != left.storage()
          && operand != right.storage()
          && result.type() == operand.type()
          && result.length() == operand.length();
    }

    @Override
    public List<Tensor> outputs() {
      return List.of(out);
    }

    @Override
    public String label() {
      return (out.rank() > 2 ? "batched product " : "product ")
          + left
          + " x "
          + right
          + (addend == null ? "" : " added");
    }
  }

  /**
   * Copies parts into their places in one array.
   *
   * @param parts what is copied
   * @param places views of {@code out}, one for each part
   * @param cleared whether the places leave gaps, which are 0
   */
  record Assembly(List<Tensor> parts, List<Tensor> places, boolean cleared, Tensor out)
      implements Node {
    @Override
    public List<Tensor> inputs() {
      return parts;
    }

    @Override
    public List<Tensor> outputs() {
      return List.of(out);
    }

    @Override
    public String label() {
      return "copy " + out;
    }
  }

  /** An operation that ND4J runs on memory of the plan; inputs and outputs are C order. */
  record Native(DifferentialFunction function, List<Tensor> inputs, List<Tensor> outputs)
      implements Node {
    @Override
    public String label() {
      return "nd4j " + function.opName();
    }
  }
}
