package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Makes the nodes of a plan. Equal computations are made once; reshapes, permutations and slices
 * are views as long as strides can express them.
 */
final class Builder {

  private record Key(Object what, List<Tensor> inputs) {}

  private record Call(Operation operation, double constant) {}

  private record Multiplication(double scale) {}

  private final List<Node> nodes = new ArrayList<>();
  private final Map<Key, Tensor> known = new HashMap<>();

  List<Node> nodes() {
    return nodes;
  }

  private static Tensor fresh(DataType type, int... shape) {
    return new Tensor(new Storage(type, Layout.product(shape)), shape);
  }

  private void add(Node node) {
    node.outputs().forEach(out -> out.producedBy(node));
    nodes.add(node);
  }

  private Tensor once(Object what, List<Tensor> inputs, Supplier<Tensor> make) {
    Key key = new Key(what, inputs);
    Tensor tensor = known.get(key);
    if (tensor == null) {
      tensor = make.get();
      known.put(key, tensor);
    }
    return tensor;
  }

  private static List<Integer> list(int... values) {
    return Arrays.stream(values).boxed().toList();
  }

  // ---- views ----

  private Tensor view(View by, Tensor of) {
    return once(by, List.of(of), () -> Objects.requireNonNull(of.view(by)));
  }

  Tensor reshape(Tensor x, int... shape) {
    if (x.hasShape(shape)) {
      return x;
    }
    View by = new View.Reshape(list(shape));
    Tensor source = by.of(x.layout()) == null ? contiguous(x) : x;
    return view(by, source);
  }

  Tensor permute(Tensor x, int... axes) {
    boolean same = true;
    for (int i = 0; i < axes.length; i++) {
      same &= axes[i] == i;
    }
    return same ? x : view(new View.Permute(list(axes)), x);
  }

  Tensor narrow(Tensor x, int axis, int from, int step, int count) {
    if (from == 0 && step == 1 && count == x.size(axis)) {
      return x;
    }
    return view(new View.Narrow(axis, from, step, count), x);
  }

  Tensor broadcast(Tensor x, int... shape) {
    return x.hasShape(shape) ? x : view(new View.Broadcast(list(shape)), x);
  }

  /** The same elements in C order; a copy if they are not. */
  Tensor contiguous(Tensor x) {
    return x.layout().isContiguous() ? x : assemble(List.of(x), out -> List.of(out), x.shape());
  }

  // ---- copies ----

  /** A copy, whether needed for the order or not. */
  Tensor copy(Tensor x) {
    Tensor out = fresh(x.type(), x.shape());
    add(new Node.Assembly(List.of(x), List.of(out), false, out));
    return out;
  }

  /** Where the parts of an array go. */
  interface Places {
    List<Tensor> in(Tensor out);
  }

  private Tensor assemble(List<Tensor> parts, Places places, int... shape) {
    return once(
        "assembly " + Arrays.toString(shape) + parts.size(),
        parts,
        () -> {
          Tensor out = fresh(parts.get(0).type(), shape);
          add(new Node.Assembly(parts, places.in(out), false, out));
          return out;
        });
  }

  Tensor concat(int axis, List<Tensor> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    int[] shape = parts.get(0).shape();
    shape[axis] = parts.stream().mapToInt(part -> part.size(axis)).sum();
    return once(
        "concat " + axis,
        parts,
        () -> {
          Tensor out = fresh(parts.get(0).type(), shape);
          List<Tensor> places = new ArrayList<>();
          int from = 0;
          for (Tensor part : parts) {
            places.add(narrow(out, axis, from, 1, part.size(axis)));
            from += part.size(axis);
          }
          add(new Node.Assembly(parts, places, false, out));
          return out;
        });
  }

  /**
   * Zeros but for some parts.
   *
   * @param what tells stacks of the same parts apart
   */
  Tensor stack(String what, List<Tensor> parts, Places places, int... shape) {
    return once(
        what,
        parts,
        () -> {
          Tensor out = fresh(parts.get(0).type(), shape);
          add(new Node.Assembly(parts, places.in(out), true, out));
          return out;
        });
  }

  /** Zeros but for one part. */
  Tensor embed(Tensor part, Places place, int... shape) {
    Tensor out = fresh(part.type(), shape);
    add(new Node.Assembly(List.of(part), place.in(out), true, out));
    return out;
  }

  // ---- element-wise ----

  static int[] broadcastShape(List<Tensor> inputs) {
    int rank = inputs.stream().mapToInt(Tensor::rank).max().orElse(0);
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    for (Tensor input : inputs) {
      int missing = rank - input.rank();
      for (int axis = 0; axis < input.rank(); axis++) {
        if (input.size(axis) != 1) {
          shape[missing + axis] = input.size(axis);
        }
      }
    }
    return shape;
  }

  Tensor pointwise(Operation operation, double constant, Tensor... operands) {
    int[] shape = broadcastShape(List.of(operands));
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor operand : operands) {
      inputs.add(inRows(operand, shape));
    }
    return once(
        new Call(operation, constant),
        List.copyOf(inputs),
        () -> {
          Tensor out = fresh(inputs.get(0).type(), shape);
          add(new Node.Pointwise(operation, constant, List.copyOf(inputs), out));
          return out;
        });
  }

  /** An operand whose last axis is without gaps, or repeats one value. */
  private Tensor inRows(Tensor operand, int... shape) {
    Layout layout = operand.layout().broadcast(shape);
    int last = shape.length - 1;
    boolean fits = last < 0 || layout.size(last) == 1 || Math.abs(layout.stride(last)) <= 1;
    return fits ? operand : contiguous(operand);
  }

  Tensor apply(Operation operation, Tensor... operands) {
    return pointwise(operation, 0, operands);
  }

  Tensor add(Tensor x, Tensor y) {
    return apply(Operation.ADD, x, y);
  }

  Tensor subtract(Tensor x, Tensor y) {
    return apply(Operation.SUBTRACT, x, y);
  }

  Tensor multiply(Tensor x, Tensor y) {
    return x == y ? apply(Operation.SQUARE, x) : apply(Operation.MULTIPLY, x, y);
  }

  Tensor divide(Tensor x, Tensor y) {
    return apply(Operation.DIVIDE, x, y);
  }

  Tensor negate(Tensor x) {
    return apply(Operation.NEGATE, x);
  }

  Tensor scale(Tensor x, double factor) {
    return factor == 1 ? x : pointwise(Operation.SCALE, factor, x);
  }

  Tensor plus(Tensor x, double constant) {
    return constant == 0 ? x : pointwise(Operation.ADD_CONSTANT, constant, x);
  }

  Tensor power(Tensor x, double exponent) {
    if (exponent == 1) {
      return x;
    } else if (exponent == 2) {
      return apply(Operation.SQUARE, x);
    } else if (exponent == 3) {
      return multiply(apply(Operation.SQUARE, x), x);
    } else if (exponent == 0.5) {
      return apply(Operation.ROOT, x);
    } else if (exponent == -0.5) {
      return apply(Operation.RECIPROCAL_ROOT, x);
    } else if (exponent == -1) {
      return apply(Operation.RECIPROCAL, x);
    } else if (exponent == -1.5) {
      Tensor root = apply(Operation.RECIPROCAL_ROOT, x);
      return multiply(apply(Operation.SQUARE, root), root);
    }
    return pointwise(Operation.POWER, exponent, x);
  }

  // ---- reductions ----

  /** Folds the last axis of {@code [rows, columns]}. */
  private Tensor rowFold(Node.Fold fold, Tensor x) {
    Tensor in = inRows(x, x.shape());
    return once(
        fold,
        List.of(in),
        () -> {
          Tensor out = fresh(in.type(), in.size(0), 1);
          add(new Node.RowFold(fold, in, out));
          return out;
        });
  }

  /** Sums the middle axis of {@code [outer, rows, columns]}. */
  private Tensor columnSum(Tensor x) {
    Tensor in = inRows(x, x.shape());
    return once(
        "column sum",
        List.of(in),
        () -> {
          Tensor out = fresh(in.type(), in.size(0), in.size(2));
          add(new Node.ColumnSum(in, out));
          return out;
        });
  }

  /** Folds the last {@code count} axes into axes of size 1. */
  Tensor foldLast(Node.Fold fold, Tensor x, int count) {
    int[] kept = x.shape();
    Arrays.fill(kept, x.rank() - count, x.rank(), 1);
    int rows = Layout.product(Arrays.copyOf(x.shape(), x.rank() - count));
    int columns = x.length() / rows;
    return reshape(columns == 1 ? x : rowFold(fold, reshape(x, rows, columns)), kept);
  }

  /**
   * Sums over axes, which keep size 1.
   *
   * @param axes ascending
   */
  Tensor sum(Tensor x, int... axes) {
    Tensor sum = x;
    int count = axes.length;
    int trailing = 0;
    // All axes of one number a row: first rows, then columns.
    while (trailing < count && axes[count - 1 - trailing] == x.rank() - 1 - trailing) {
      trailing++;
    }
    if (trailing == x.rank() && trailing > 1) {
      trailing = 1;
    }
    if (trailing > 0) {
      sum = foldLast(Node.Fold.SUM, sum, trailing);
    }
    for (int end = count - trailing; end > 0; ) {
      int start = end;
      while (start > 1 && axes[start - 2] == axes[start - 1] - 1) {
        start--;
      }
      sum = sumRun(sum, axes[start - 1], axes[end - 1] + 1);
      end = start - 1;
    }
    return sum;
  }

  /** Sums over the axes {@code [from, to)}, which keep size 1. */
  private Tensor sumRun(Tensor x, int from, int to) {
    int[] shape = x.shape();
    int outer = Layout.product(Arrays.copyOf(shape, from));
    int rows = Layout.product(Arrays.copyOfRange(shape, from, to));
    int columns = Layout.product(Arrays.copyOfRange(shape, to, shape.length));
    Arrays.fill(shape, from, to, 1);
    return reshape(rows == 1 ? x : columnSum(reshape(x, outer, rows, columns)), shape);
  }

  /** The gradient of a broadcast: sums over the axes that were repeated. */
  Tensor reduceTo(Tensor x, int... shape) {
    int missing = x.rank() - shape.length;
    int[] axes = new int[x.rank()];
    int count = 0;
    for (int axis = 0; axis < x.rank(); axis++) {
      if (axis < missing || (shape[axis - missing] == 1 && x.size(axis) != 1)) {
        axes[count++] = axis;
      }
    }
    return reshape(count == 0 ? x : sum(x, Arrays.copyOf(axes, count)), shape);
  }

  Tensor softmax(Tensor x) {
    Tensor e = apply(Operation.EXP, subtract(x, foldLast(Node.Fold.MAX, x, 1)));
    return multiply(e, apply(Operation.RECIPROCAL, foldLast(Node.Fold.SUM, e, 1)));
  }

  /** {@code p(g − Σ gp)} with {@code p} the softmax of {@code x}. */
  Tensor softmaxGradient(Tensor x, Tensor gradient) {
    Tensor p = softmax(x);
    return multiply(p, subtract(gradient, foldLast(Node.Fold.SUM, multiply(gradient, p), 1)));
  }

  // ---- products ----

  /** {@code scale · left × right} on the last two axes; the leading ones are equal. */
  Tensor product(Tensor left, Tensor right, double scale) {
    if (left.size(left.rank() - 1) == 1) {
      // An outer product is a broadcast, which can run with its neighbours.
      return scale(multiply(left, right), scale);
    }
    if (isSumOfRows(left, right)) {
      return scale(sum(multiply(transposed(left), right), 0), scale);
    }
    Tensor a = asMatrices(left);
    Tensor b = asMatrices(right);
    return once(
        new Multiplication(scale),
        List.of(a, b),
        () -> {
          int[] shape = a.shape();
          shape[a.rank() - 1] = b.size(b.rank() - 1);
          Tensor out = fresh(a.type(), shape);
          add(new Node.Product(a, b, scale, null, out));
          return out;
        });
  }

  /**
   * Whether one row times a matrix is worth a sum of columns, which can run with its neighbours.
   */
  private static boolean isSumOfRows(Tensor left, Tensor right) {
    return left.rank() == 2
        && left.size(0) == 1
        && right.rank() == 2
        && right.layout().isContiguous()
        && right.producer() instanceof Node.Pointwise;
  }

  Tensor transposed(Tensor x) {
    int[] axes = new int[x.rank()];
    Arrays.setAll(axes, i -> i);
    axes[x.rank() - 1] = x.rank() - 2;
    axes[x.rank() - 2] = x.rank() - 1;
    return permute(x, axes);
  }

  private Tensor asMatrices(Tensor x) {
    return isMatrix(x.layout()) ? x : contiguous(x);
  }

  /** Whether rows or columns are without gaps and do not overlap. */
  static boolean isMatrix(Layout layout) {
    int rows = layout.rank() - 2;
    int columns = rows + 1;
    return fits(layout, rows, columns) || fits(layout, columns, rows);
  }

  private static boolean fits(Layout layout, int outer, int inner) {
    return (layout.size(inner) == 1 || layout.stride(inner) == 1)
        && (layout.size(outer) == 1 || layout.stride(outer) >= layout.size(inner));
  }

  // ---- the rest ----

  /** An operation for ND4J. */
  List<Tensor> call(
      DifferentialFunction function,
      List<Tensor> inputs,
      List<DataType> types,
      List<int[]> shapes) {
    List<Tensor> outputs = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      outputs.add(fresh(types.get(i), shapes.get(i)));
    }
    add(
        new Node.Native(
            function, inputs.stream().map(this::contiguous).toList(), List.copyOf(outputs)));
    return outputs;
  }
}
