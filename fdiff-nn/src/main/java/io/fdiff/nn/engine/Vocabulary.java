package io.fdiff.nn.engine;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The operations of SameDiff that the engine computes itself, in terms of the nodes of a plan. */
final class Vocabulary {

  /** Says how one operation is computed. */
  interface Rule {
    /** The outputs, or null if ND4J has to run this call. */
    @Nullable List<Tensor> apply(Builder to, Arguments with);
  }

  /** A rule of an operation with one output. */
  private interface Single {
    Tensor apply(Builder to, Arguments with);
  }

  // ND4J has both in single precision, whatever the type.
  private static final double GELU = 1.702f;
  private static final double HARD_SLOPE = 0.2f;

  private static final Map<String, Rule> RULES = new HashMap<>();

  private Vocabulary() {}

  /** The rule for an operation, or null. */
  static @Nullable Rule of(String operation) {
    return RULES.get(operation);
  }

  private static void single(String name, Single rule) {
    RULES.put(name, (to, with) -> List.of(rule.apply(to, with)));
  }

  private static void unary(String name, Operation operation) {
    single(name, (to, with) -> to.apply(operation, with.input(0)));
  }

  static {
    Map.ofEntries(
            entry("neg", Operation.NEGATE),
            entry("square", Operation.SQUARE),
            entry("sqrt", Operation.ROOT),
            entry("rsqrt", Operation.RECIPROCAL_ROOT),
            entry("Reciprocal", Operation.RECIPROCAL),
            entry("exp", Operation.EXP),
            entry("log", Operation.LOG),
            entry("tanh", Operation.TANH),
            entry("sigmoid", Operation.SIGMOID),
            entry("erf", Operation.ERF),
            entry("sin", Operation.SIN),
            entry("cos", Operation.COS),
            entry("abs", Operation.ABS),
            entry("sign", Operation.SIGN))
        .forEach(Vocabulary::unary);
    scalars();
    binaries();
    activations();
    reductions();
    shapes();
    copies();
    products();
  }

  private static void scalars() {
    single("add_scalar", (to, with) -> to.plus(with.input(0), with.scalar()));
    single("sub_scalar", (to, with) -> to.plus(with.input(0), -with.scalar()));
    single("mul_scalar", Vocabulary::scaled);
    single("div_scalar", (to, with) -> to.scale(with.input(0), 1 / with.scalar()));
    single("rsub_scalar", (to, with) -> to.plus(to.negate(with.input(0)), with.scalar()));
    single(
        "rdiv_scalar",
        (to, with) -> to.scale(to.apply(Operation.RECIPROCAL, with.input(0)), with.scalar()));
    single(
        "max_scalar", (to, with) -> to.pointwise(Operation.AT_LEAST, with.scalar(), with.input(0)));
    single(
        "min_scalar", (to, with) -> to.pointwise(Operation.AT_MOST, with.scalar(), with.input(0)));
    single("pow", (to, with) -> to.power(with.input(0), with.scalar()));
    single(
        "_powderivative",
        (to, with) -> to.scale(to.power(with.input(0), with.scalar() - 1), with.scalar()));
    single(
        "ClipByValue",
        (to, with) ->
            to.pointwise(
                Operation.AT_MOST,
                with.real(1, 0),
                to.pointwise(Operation.AT_LEAST, with.real(0, 0), with.input(0))));
  }

  /** A factor of a product that nothing else reads goes into the product. */
  private static Tensor scaled(Builder to, Arguments with) {
    Tensor x = with.input(0);
    return x.isBase() && x.producer() instanceof Node.Product product
        ? to.product(product.left(), product.right(), product.scale() * with.scalar())
        : to.scale(x, with.scalar());
  }

  private static void binaries() {
    single("add", (to, with) -> to.add(with.input(0), with.input(1)));
    single("subtract", (to, with) -> to.subtract(with.input(0), with.input(1)));
    single("multiply", (to, with) -> to.multiply(with.input(0), with.input(1)));
    single("divide", (to, with) -> to.divide(with.input(0), with.input(1)));
    single("reversesubtract", (to, with) -> to.subtract(with.input(1), with.input(0)));
    single("reversedivide", (to, with) -> to.divide(with.input(1), with.input(0)));
    single("maximum", (to, with) -> to.apply(Operation.MAXIMUM, with.input(0), with.input(1)));
    single("minimum", (to, with) -> to.apply(Operation.MINIMUM, with.input(0), with.input(1)));
    single(
        "squaredsubtract",
        (to, with) -> to.apply(Operation.SQUARE, to.subtract(with.input(0), with.input(1))));
    gradients("add_bp", (to, x, y, g) -> List.of(g, g));
    gradients("subtract_bp", (to, x, y, g) -> List.of(g, to.negate(g)));
    gradients("reversesubtract_bp", (to, x, y, g) -> List.of(to.negate(g), g));
    gradients("multiply_bp", (to, x, y, g) -> List.of(to.multiply(g, y), to.multiply(g, x)));
    gradients("divide_bp", Vocabulary::quotientGradients);
    gradients(
        "reversedivide_bp",
        (to, x, y, g) -> {
          List<Tensor> swapped = quotientGradients(to, y, x, g);
          return List.of(swapped.get(1), swapped.get(0));
        });
    gradients(
        "squaredsubtract_bp",
        (to, x, y, g) -> {
          Tensor slope = to.scale(to.multiply(to.subtract(x, y), g), 2);
          return List.of(slope, to.negate(slope));
        });
  }

  private static List<Tensor> quotientGradients(Builder to, Tensor x, Tensor y, Tensor g) {
    Tensor first = to.divide(g, y);
    return List.of(first, to.negate(to.multiply(first, to.divide(x, y))));
  }

  private interface Gradients {
    List<Tensor> of(Builder to, Tensor x, Tensor y, Tensor g);
  }

  private static void gradients(String name, Gradients rule) {
    RULES.put(
        name,
        (to, with) -> {
          Tensor x = with.input(0);
          Tensor y = with.input(1);
          List<Tensor> full = rule.of(to, x, y, with.input(2));
          return List.of(to.reduceTo(full.get(0), x.shape()), to.reduceTo(full.get(1), y.shape()));
        });
  }

  private static void activations() {
    single(
        "tanh_bp",
        (to, with) -> {
          Tensor t = to.apply(Operation.TANH, with.input(0));
          return to.multiply(with.input(1), oneMinus(to, to.apply(Operation.SQUARE, t)));
        });
    single(
        "sigmoid_bp", (to, with) -> to.multiply(with.input(1), logisticSlope(to, with.input(0))));
    single(
        "gelu",
        (to, with) ->
            to.multiply(with.input(0), to.apply(Operation.SIGMOID, to.scale(with.input(0), GELU))));
    single("_geluderivative", (to, with) -> selfGatedSlope(to, with.input(0), GELU));
    single(
        "swish",
        (to, with) -> to.multiply(with.input(0), to.apply(Operation.SIGMOID, with.input(0))));
    single("_swishderivative", (to, with) -> selfGatedSlope(to, with.input(0), 1));
    single("hard_sigmoid", (to, with) -> hardSigmoid(to, with.input(0)));
    single(
        "hardsigmoid_bp",
        (to, with) ->
            // Slope 0.2 between −2.5 and 2.5.
            to.multiply(
                to.scale(to.pointwise(Operation.INSIDE, 2.5, with.input(0)), HARD_SLOPE),
                with.input(1)));
    single("relu", (to, with) -> to.pointwise(Operation.AT_LEAST, with.scalar(), with.input(0)));
    single(
        "thresholdedrelu_bp",
        (to, with) ->
            to.multiply(
                to.apply(Operation.STEP, to.plus(with.input(0), -with.real(0, 0))), with.input(1)));
    RULES.put(
        "softmax",
        (to, with) -> onLastAxis(to, with, List.of(with.input(0)), in -> to.softmax(in.get(0))));
    RULES.put(
        "softmax_bp",
        (to, with) ->
            onLastAxis(
                to,
                with,
                List.of(with.input(0), with.input(1)),
                in -> to.softmaxGradient(in.get(0), in.get(1))));
  }

  private static Tensor oneMinus(Builder to, Tensor x) {
    return to.plus(to.negate(x), 1);
  }

  /** {@code σ(1 − σ)}. */
  private static Tensor logisticSlope(Builder to, Tensor x) {
    Tensor s = to.apply(Operation.SIGMOID, x);
    return to.multiply(s, oneMinus(to, s));
  }

  /** The slope of {@code xσ(ax)}: {@code σ + axσ(1 − σ)}. */
  private static Tensor selfGatedSlope(Builder to, Tensor x, double a) {
    Tensor scaled = to.scale(x, a);
    Tensor s = to.apply(Operation.SIGMOID, scaled);
    return to.add(s, to.multiply(scaled, logisticSlope(to, scaled)));
  }

  private static Tensor hardSigmoid(Builder to, Tensor x) {
    Tensor line = to.plus(to.scale(x, HARD_SLOPE), 0.5);
    return to.pointwise(Operation.AT_MOST, 1, to.pointwise(Operation.AT_LEAST, 0, line));
  }

  private interface OnLastAxis {
    Tensor of(List<Tensor> inputs);
  }

  private static List<Tensor> onLastAxis(
      Builder to, Arguments with, List<Tensor> inputs, OnLastAxis rule) {
    int rank = inputs.get(0).rank();
    int axis = Math.toIntExact(with.integer(0, rank - 1));
    int at = axis < 0 ? axis + rank : axis;
    int[] swap = IntStream.range(0, rank).toArray();
    swap[at] = rank - 1;
    swap[rank - 1] = at;
    List<Tensor> moved = inputs.stream().map(x -> to.permute(x, swap)).toList();
    return List.of(to.permute(rule.of(moved), swap));
  }

  private static void reductions() {
    single(
        "reduce_sum",
        (to, with) -> to.reshape(to.sum(with.input(0), with.axes(with.input(0))), with.shape()));
    single(
        "reduce_mean",
        (to, with) -> {
          Tensor x = with.input(0);
          Tensor sum = to.reshape(to.sum(x, with.axes(x)), with.shape());
          return to.scale(sum, (double) sum.length() / x.length());
        });
    RULES.put("reduce_max", (to, with) -> extremum(to, with, Node.Fold.MAX));
    RULES.put("reduce_min", (to, with) -> extremum(to, with, Node.Fold.MIN));
    single("reduce_sum_bp", (to, with) -> spread(to, with, 1));
    single(
        "reduce_mean_bp",
        (to, with) -> spread(to, with, (double) with.input(1).length() / with.input(0).length()));
  }

  private static @Nullable List<Tensor> extremum(Builder to, Arguments with, Node.Fold fold) {
    Tensor x = with.input(0);
    int[] axes = with.axes(x);
    int first = x.rank() - axes.length;
    if (axes.length == 0 || axes[0] != first || axes[axes.length - 1] != x.rank() - 1) {
      return null;
    }
    return List.of(to.reshape(to.foldLast(fold, x, axes.length), with.shape()));
  }

  /** The gradient of a sum: the gradient of the result for every term. */
  private static Tensor spread(Builder to, Arguments with, double factor) {
    Tensor x = with.input(0);
    int[] kept = x.shape();
    for (int axis : with.axes(x)) {
      kept[axis] = 1;
    }
    return to.broadcast(to.reshape(to.scale(with.input(1), factor), kept), x.shape());
  }

  private static void shapes() {
    RULES.put(
        "reshape",
        (to, with) ->
            with.fortranOrder() ? null : List.of(to.reshape(with.input(0), with.shape())));
    for (String name : List.of("expand_dims", "squeeze")) {
      single(name, (to, with) -> to.reshape(with.input(0), with.shape()));
    }
    single("identity", (to, with) -> with.input(0));
    RULES.put(
        "permute",
        (to, with) ->
            with.integers().length != with.input(0).rank()
                ? null
                : List.of(
                    to.permute(
                        with.input(0),
                        Arrays.stream(with.integers()).mapToInt(Math::toIntExact).toArray())));
    RULES.put(
        "transpose",
        (to, with) -> {
          int rank = with.input(0).rank();
          int[] axes = new int[rank];
          Arrays.setAll(axes, i -> rank - 1 - i);
          return with.integers().length > 0 ? null : List.of(to.permute(with.input(0), axes));
        });
    RULES.put("split", Vocabulary::split);
    RULES.put(
        "unstack",
        (to, with) -> {
          List<Tensor> parts = new ArrayList<>();
          int axis = axis(with, with.input(0).rank());
          for (int i = 0; i < with.shapes().size(); i++) {
            parts.add(to.reshape(to.narrow(with.input(0), axis, i, 1, 1), with.shape()));
          }
          return parts;
        });
    RULES.put(
        "slice",
        (to, with) -> {
          Tensor x = with.input(0);
          return with.integers().length != 2 * x.rank()
              ? null
              : List.of(box(to, x, with, with.shape()));
        });
    RULES.put(
        "slice_bp",
        (to, with) -> {
          Tensor x = with.input(0);
          Tensor g = with.input(1);
          return with.integers().length != 2 * x.rank()
              ? null
              : List.of(to.embed(g, out -> List.of(box(to, out, with, g.shape())), x.shape()));
        });
    RULES.put(
        "strided_slice",
        (to, with) -> {
          Tensor cut = cut(to, with.input(0), with);
          return cut == null || cut.length() != Layout.product(with.shape())
              ? null
              : List.of(to.reshape(cut, with.shape()));
        });
    RULES.put(
        "strided_slice_bp",
        (to, with) -> {
          Tensor x = with.input(0);
          Tensor probe = cut(to, x, with);
          if (probe == null || probe.length() != with.input(1).length()) {
            return null;
          }
          Tensor g = to.reshape(with.input(1), probe.shape());
          return List.of(
              to.embed(g, out -> List.of(Objects.requireNonNull(cut(to, out, with))), x.shape()));
        });
  }

  private static int axis(Arguments with, int rank) {
    int axis = Math.toIntExact(with.integer(0, 0));
    return axis < 0 ? axis + rank : axis;
  }

  /** Parts of equal size along an axis; the arguments are count and axis. */
  private static @Nullable List<Tensor> split(Builder to, Arguments with) {
    if (with.inputs().size() != 1) {
      return null;
    }
    Tensor x = with.input(0);
    int axis = Math.toIntExact(with.integer(1, 0));
    int at = axis < 0 ? axis + x.rank() : axis;
    int size = with.shape()[at];
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < with.shapes().size(); i++) {
      parts.add(to.narrow(x, at, i * size, 1, size));
    }
    return parts;
  }

  private static Tensor box(Builder to, Tensor x, Arguments with, int[] shape) {
    Tensor result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      result = to.narrow(result, axis, Math.toIntExact(with.integers()[axis]), 1, shape[axis]);
    }
    return result;
  }

  /** A strided slice without the masks for ellipsis and new axes; null with them. */
  private static @Nullable Tensor cut(Builder to, Tensor x, Arguments with) {
    long[] all = with.integers();
    int count = (all.length - 5) / 3;
    if (all.length != 5 + 3 * count || count > x.rank() || all[1] != 0 || all[3] != 0) {
      return null;
    }
    Tensor result = x;
    for (int axis = 0; axis < count; axis++) {
      int size = x.size(axis);
      int step = Math.toIntExact(all[5 + 2 * count + axis]);
      if (step <= 0) {
        return null;
      }
      long bit = 1L << axis;
      long from = (all[0] & bit) != 0 ? 0 : all[5 + axis];
      long end = (all[2] & bit) != 0 ? size : all[5 + count + axis];
      from = from < 0 ? from + size : from;
      end = end < 0 ? end + size : Math.min(end, size);
      int taken = (all[4] & bit) != 0 ? 1 : Math.toIntExact((end - from + step - 1) / step);
      if (from < 0 || taken < 1 || from + (taken - 1L) * step >= size) {
        return null;
      }
      result = to.narrow(result, axis, Math.toIntExact(from), step, taken);
    }
    return result;
  }

  private static void copies() {
    RULES.put(
        "concat",
        (to, with) ->
            with.flag(0, false)
                ? null
                : List.of(to.concat(axis(with, with.input(0).rank()), with.inputs())));
    RULES.put(
        "concat_bp",
        (to, with) -> {
          int parts = with.inputs().size() - 1;
          Tensor g = with.input(parts);
          int axis = axis(with, g.rank());
          List<Tensor> gradients = new ArrayList<>();
          int from = 0;
          for (int i = 0; i < parts; i++) {
            int size = with.input(i).size(axis);
            gradients.add(to.narrow(g, axis, from, 1, size));
            from += size;
          }
          return gradients;
        });
    single(
        "stack",
        (to, with) -> {
          int axis = axis(with, with.shape().length);
          int[] one = with.shape().clone();
          one[axis] = 1;
          return to.concat(axis, with.inputs().stream().map(x -> to.reshape(x, one)).toList());
        });
  }

  private static void products() {
    RULES.put("matmul", Vocabulary::product);
    RULES.put("matmul_bp", Vocabulary::productGradients);
    RULES.put(
        "xw_plus_b",
        (to, with) ->
            with.anyInteger()
                ? null
                : List.of(to.add(to.product(with.input(0), with.input(1), 1), with.input(2))));
    RULES.put(
        "biasadd",
        (to, with) -> with.flag(0, false) ? null : List.of(to.add(with.input(0), with.input(1))));
    RULES.put(
        "biasadd_bp",
        (to, with) ->
            with.flag(0, false)
                ? null
                : List.of(with.input(2), to.reduceTo(with.input(2), with.input(1).shape())));
    RULES.put("conv2d", Convolutions::forward);
    RULES.put("conv2d_bp", Convolutions::backward);
    RULES.put("dot_product_attention", Vocabulary::attention);
    RULES.put("dot_product_attention_bp", Vocabulary::attentionGradients);
  }

  private static boolean isProduct(Tensor x, Tensor y) {
    return x.rank() >= 2
        && x.rank() == y.rank()
        && Arrays.equals(
            Arrays.copyOf(x.shape(), x.rank() - 2), Arrays.copyOf(y.shape(), x.rank() - 2));
  }

  private static Tensor turned(Builder to, Tensor x, boolean turn) {
    return turn ? to.transposed(x) : x;
  }

  private static @Nullable List<Tensor> product(Builder to, Arguments with) {
    Tensor x = with.input(0);
    Tensor y = with.input(1);
    if (!isProduct(x, y) || with.real(1, 0) != 0) {
      return null;
    }
    Tensor z =
        to.product(
            turned(to, x, with.integer(0, 0) != 0),
            turned(to, y, with.integer(1, 0) != 0),
            with.real(0, 1));
    return List.of(turned(to, z, with.integer(2, 0) != 0));
  }

  /** For {@code Z = XY}: {@code dX = dZ Yᵀ}, {@code dY = Xᵀ dZ}. */
  private static @Nullable List<Tensor> productGradients(Builder to, Arguments with) {
    boolean turnX = with.integer(0, 0) != 0;
    boolean turnY = with.integer(1, 0) != 0;
    if (!isProduct(with.input(0), with.input(1))) {
      return null;
    }
    Tensor x = turned(to, with.input(0), turnX);
    Tensor y = turned(to, with.input(1), turnY);
    Tensor g = turned(to, with.input(2), with.integer(2, 0) != 0);
    double alpha = with.real(0, 1);
    return List.of(
        turned(to, to.product(g, to.transposed(y), alpha), turnX),
        turned(to, to.product(to.transposed(x), g, alpha), turnY));
  }

  private static double attentionScale(Arguments with) {
    Tensor keys = with.input(1);
    return with.integer(0, 1) == 0 ? 1 : 1 / Math.sqrt(keys.size(keys.rank() - 2));
  }

  /** Whether queries, keys and values {@code […, features, positions]} come without a mask. */
  private static boolean isPlainAttention(Arguments with, int inputs) {
    return with.inputs().size() == inputs && isProduct(with.input(0), with.input(1));
  }

  private static Tensor attentionWeights(Builder to, Arguments with) {
    return to.softmax(
        to.product(to.transposed(with.input(0)), with.input(1), attentionScale(with)));
  }

  private static @Nullable List<Tensor> attention(Builder to, Arguments with) {
    if (!isPlainAttention(with, 3) || with.integer(1, 0) != 0) {
      return null;
    }
    Tensor weights = attentionWeights(to, with);
    return List.of(to.transposed(to.product(weights, to.transposed(with.input(2)), 1)));
  }

  private static @Nullable List<Tensor> attentionGradients(Builder to, Arguments with) {
    if (!isPlainAttention(with, 4)) {
      return null;
    }
    Tensor queries = with.input(0);
    Tensor keys = with.input(1);
    double scale = attentionScale(with);
    Tensor scores = to.product(to.transposed(queries), keys, scale);
    Tensor weights = to.softmax(scores);
    Tensor gradient = to.transposed(with.input(3));
    Tensor slopes = to.softmaxGradient(scores, to.product(gradient, with.input(2), 1));
    return List.of(
        to.transposed(to.product(slopes, to.transposed(keys), scale)),
        to.product(queries, slopes, scale),
        to.transposed(to.product(to.transposed(weights), gradient, 1)));
  }
}
