package io.fdiff.nn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.HardSigmoidDerivative;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph laid out for inputs of fixed shapes: the operations in order, each with its context, on
 * arrays that are fixed once.
 *
 * <p>A stock session derives order, shapes and lifetimes anew at every run, at 25 to 100 µs an
 * operation. Here a run executes a list. Two operations use the same memory if their results do not
 * live at the same time; reshapes and gradients of sums are views; shapes are known beforehand; of
 * a matrix product with a constant only the gradient that is asked for is computed; and a slow
 * stock kernel is replaced by faster ones.
 */
final class ExecutionPlan {

  private static final String RESHAPE = "reshape";
  private static final String SHAPE = "shape_of";
  private static final String SUM_GRADIENT = "add_bp";
  private static final String HARD_SIGMOID_GRADIENT = "hardsigmoid_bp";
  private static final String PRODUCT_GRADIENT = "matmul_bp";
  private static final long FORTRAN_ORDER = -'f';
  private static final int PINNED = Integer.MAX_VALUE;

  /** One operation on fixed arrays. */
  private record Step(DifferentialFunction function, OpContext context) {
    void execute() {
      if (function instanceof CustomOp custom) {
        Nd4j.exec(custom, context);
      } else {
        Nd4j.exec((Op) function, context);
      }
    }
  }

  private record Size(DataType type, long length) {}

  private final SameDiff graph;
  private final Map<String, INDArray> inputs = new HashMap<>();
  private final Map<String, INDArray> arrays = new HashMap<>();
  private final Map<String, INDArray> outputs = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();

  private final Map<String, String> roots = new HashMap<>();
  private final Map<String, Integer> lastUse = new HashMap<>();
  private final Map<String, INDArray> buffers = new HashMap<>();
  private final Map<Size, Deque<INDArray>> free = new HashMap<>();
  private final List<INDArray> owned = new ArrayList<>();
  private long bytes;

  /**
   * Lays the graph out and runs it once.
   *
   * @param graph a graph without control flow
   * @param wanted names of the outputs
   * @param given one array for each placeholder that is needed; the shapes of the plan
   */
  ExecutionPlan(SameDiff graph, List<String> wanted, Map<String, INDArray> given) {
    this.graph = graph;
    List<SameDiffOp> order = order(wanted);
    Set<String> consumed = lifetimes(order, wanted);
    for (SDVariable variable : graph.variables()) {
      String name = variable.name();
      if (variable.isPlaceHolder() && consumed.contains(name)) {
        INDArray array = given.get(name);
        if (array == null) {
          throw new IllegalArgumentException(
              "input " + name + " is missing: the graph needs an array for it");
        }
        INDArray own =
            Nd4j.createUninitialized(variable.dataType(), array.shape(), 'c').assign(array);
        owned.add(own);
        bytes += own.length() * own.dataType().width();
        inputs.put(name, own);
        arrays.put(name, own);
      } else if (variable.getVariableType() == VariableType.VARIABLE || variable.isConstant()) {
        arrays.put(name, variable.getArr());
      }
    }
    for (int at = 0; at < order.size(); at++) {
      lay(order.get(at), at, consumed);
    }
    for (String name : wanted) {
      outputs.put(name, array(name));
    }
  }

  /** Needed operations, each after those it depends on. */
  private List<SameDiffOp> order(List<String> wanted) {
    List<SameDiffOp> order = new ArrayList<>();
    Set<String> done = new HashSet<>();
    Deque<String> stack = new ArrayDeque<>();
    for (String output : wanted) {
      push(output, stack, done);
      while (!stack.isEmpty()) {
        String name = stack.peekLast();
        SameDiffOp op = Objects.requireNonNull(graph.getOps().get(name));
        int before = stack.size();
        for (String input : inputsOf(op)) {
          push(input, stack, done);
        }
        if (stack.size() == before) {
          stack.removeLast();
          if (done.add(name)) {
            order.add(op);
          }
        }
      }
    }
    return order;
  }

  private void push(String variable, Deque<String> stack, Set<String> done) {
    if (!graph.getVariables().containsKey(variable)) {
      throw new IllegalArgumentException(
          "output "
              + variable
              + " does not exist in the graph: it has "
              + graph.getVariables().keySet());
    }
    String op = graph.getVariables().get(variable).getOutputOfOp();
    if (op != null && !done.contains(op)) {
      stack.addLast(op);
    }
  }

  private static List<String> inputsOf(SameDiffOp op) {
    return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
  }

  /** Sets the last use of every variable; returns the names of all that are used. */
  private Set<String> lifetimes(List<SameDiffOp> order, List<String> wanted) {
    Set<String> consumed = new LinkedHashSet<>(wanted);
    for (int at = 0; at < order.size(); at++) {
      for (String output : order.get(at).getOutputsOfOp()) {
        lastUse.put(output, at);
      }
      for (String input : inputsOf(order.get(at))) {
        consumed.add(input);
        lastUse.put(input, at);
      }
    }
    for (String output : wanted) {
      lastUse.put(output, PINNED);
    }
    return consumed;
  }

  private String root(String variable) {
    return roots.getOrDefault(variable, variable);
  }

  private INDArray array(String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  private void lay(SameDiffOp op, int at, Set<String> consumed) {
    DifferentialFunction function = op.getOp();
    List<String> names = inputsOf(op);
    INDArray[] arguments = names.stream().map(this::array).toArray(INDArray[]::new);
    List<String> results = op.getOutputsOfOp();
    OpContext context = Nd4j.getExecutioner().buildContext();
    List<LongShapeDescriptor> shapes = shapes(function, arguments, context);
    int source = viewedArgument(function, arguments);
    if (source >= 0) {
      for (int i = 0; i < results.size(); i++) {
        view(results.get(i), names.get(source), shapes.get(i).getShape());
      }
    } else if (halvesProductGradient(op, consumed)) {
      int wanted = consumed.contains(results.get(0)) ? 0 : 1;
      INDArray out = allocate(results.get(wanted), shapes.get(wanted));
      productGradient(arguments, wanted, out);
    } else if (function.opName().equals(HARD_SIGMOID_GRADIENT)) {
      hardSigmoidGradient(arguments, allocate(results.get(0), shapes.get(0)));
    } else {
      for (int i = 0; i < results.size(); i++) {
        context.setOutputArray(i, allocate(results.get(i), shapes.get(i)));
      }
      // Shapes do not change within a plan.
      execute(new Step(function, context), !function.opName().equals(SHAPE));
    }
    for (String name : new LinkedHashSet<>(names)) {
      release(root(name), at);
    }
    for (String name : results) {
      release(root(name), at);
    }
  }

  /**
   * The argument that all results are equal to but for their shape, −1 if there is none. No
   * operation of a plan writes to its arguments, so results may share memory with them.
   */
  private static int viewedArgument(DifferentialFunction function, INDArray[] arguments) {
    return switch (function.opName()) {
      case RESHAPE -> ((DynamicCustomOp) function).iArgs()[0] == FORTRAN_ORDER ? -1 : 0;
      // Both terms of a sum without broadcast have the gradient of the sum.
      case SUM_GRADIENT ->
          Arrays.equals(arguments[0].shape(), arguments[2].shape())
                  && Arrays.equals(arguments[1].shape(), arguments[2].shape())
              ? 2
              : -1;
      default -> -1;
    };
  }

  private void view(String name, String source, long[] shape) {
    String root = root(source);
    roots.put(name, root);
    lastUse.merge(root, Objects.requireNonNull(lastUse.get(name)), Math::max);
    arrays.put(name, array(source).reshape('c', shape));
  }

  private void execute(Step step, boolean again) {
    step.execute();
    if (again) {
      steps.add(step);
    }
  }

  private static boolean halvesProductGradient(SameDiffOp op, Set<String> consumed) {
    return op.getOp().opName().equals(PRODUCT_GRADIENT)
        && consumed.contains(op.getOutputsOfOp().get(0))
            != consumed.contains(op.getOutputsOfOp().get(1))
        && Arrays.stream(((DynamicCustomOp) op.getOp()).iArgs()).allMatch(flag -> flag == 0);
  }

  /** For {@code z = xy}: {@code dx = dz yᵀ} if {@code wanted} is 0, {@code dy = xᵀ dz} if 1. */
  private void productGradient(INDArray[] arguments, int wanted, INDArray out) {
    boolean left = wanted == 0;
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(left ? arguments[2] : arguments[0], left ? arguments[1] : arguments[2]);
    context.setOutputArrays(out);
    context.setIArguments(left ? 0 : 1, left ? 1 : 0, 0);
    execute(new Step(DynamicCustomOp.builder("matmul").build(), context), true);
  }

  /** The stock kernel takes 20 times as long as derivative and product. */
  @SuppressWarnings("deprecation") // Deprecated for users of SameDiff; it is the fast kernel.
  private void hardSigmoidGradient(INDArray[] arguments, INDArray out) {
    OpContext derivative = Nd4j.getExecutioner().buildContext();
    derivative.setInputArray(0, arguments[0]);
    derivative.setOutputArray(0, out);
    execute(new Step(new HardSigmoidDerivative(), derivative), true);
    OpContext product = Nd4j.getExecutioner().buildContext();
    product.setInputArrays(out, arguments[1]);
    product.setOutputArrays(out);
    execute(new Step(DynamicCustomOp.builder("multiply").build(), product), true);
  }

  private static List<LongShapeDescriptor> shapes(
      DifferentialFunction function, INDArray[] arguments, OpContext context) {
    List<LongShapeDescriptor> shapes;
    if (function instanceof DynamicCustomOp op) {
      context.setArgs(arguments, op.iArgs(), op.dArgs(), op.tArgs(), op.bArgs());
      shapes = op.calculateOutputShape(context);
    } else if (function instanceof BaseOp op
        && arguments.length <= 2
        && !(op instanceof BaseReduceOp && arguments.length == 2)) {
      for (int i = 0; i < arguments.length; i++) {
        context.setInputArray(i, arguments[i]);
      }
      shapes = op.calculateOutputShape(context);
    } else {
      throw new IllegalArgumentException(
          "operation "
              + function.opName()
              + " ("
              + function.getClass().getSimpleName()
              + ") has no place in an execution plan: use plain array operations, without control"
              + " flow and with fixed axes");
    }
    return shapes;
  }

  private INDArray allocate(String name, LongShapeDescriptor descriptor) {
    // As stock sessions do: shape functions do not always know the type.
    DataType type = graph.getVariable(name).dataType();
    long[] shape = descriptor.getShape();
    long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    Deque<INDArray> known = free.get(new Size(type, length));
    INDArray buffer = known == null ? null : known.pollLast();
    if (buffer == null) {
      buffer = Nd4j.createUninitialized(type, length);
      owned.add(buffer);
      bytes += length * type.width();
    }
    buffers.put(name, buffer);
    INDArray array = shape.length == 0 ? buffer.reshape() : buffer.reshape('c', shape);
    arrays.put(name, array);
    return array;
  }

  private void release(String root, int at) {
    Integer last = lastUse.get(root);
    if (last != null && last == at) {
      INDArray buffer = buffers.remove(root);
      if (buffer != null) {
        free.computeIfAbsent(
                new Size(buffer.dataType(), buffer.length()), size -> new ArrayDeque<>())
            .addLast(buffer);
      }
    }
  }

  /**
   * Runs the plan.
   *
   * @param given arrays of the plan's shapes. Not modified.
   * @return the outputs, overwritten by the next run
   */
  Map<String, INDArray> run(Map<String, INDArray> given) {
    inputs.forEach((name, own) -> own.assign(Objects.requireNonNull(given.get(name), name)));
    for (Step step : steps) {
      step.execute();
    }
    return outputs;
  }

  /** The outputs of the latest run. */
  Map<String, INDArray> outputs() {
    return outputs;
  }

  /** Bytes of the plan's arrays. */
  long bytes() {
    return bytes;
  }

  /** The number of operations of a run. */
  int size() {
    return steps.size();
  }

  void close() {
    for (INDArray array : owned) {
      if (array.closeable()) {
        array.close();
      }
    }
  }
}
