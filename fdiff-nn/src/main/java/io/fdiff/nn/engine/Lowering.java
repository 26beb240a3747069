package io.fdiff.nn.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Turns a SameDiff graph, for inputs of given shapes, into the nodes of a plan.
 *
 * <p>Shapes are those that ND4J infers. Whatever depends on constants, shapes and integer inputs
 * alone is computed here, once.
 */
final class Lowering implements AutoCloseable {

  private final SameDiff graph;
  private final Map<String, INDArray> given;
  private final Builder builder = new Builder();
  private final Map<String, Tensor> tensors = new HashMap<>();
  private final Map<String, INDArray> constants = new HashMap<>();
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();
  private final Map<DataType, INDArray> probes = new HashMap<>();
  private final List<INDArray> folded = new ArrayList<>();

  /**
   * Reads the graph.
   *
   * @param graph a graph without control flow
   * @param wanted names of the outputs
   * @param destinations arrays for some outputs
   * @param given one array for each placeholder that is needed. Not modified.
   * @throws IllegalArgumentException if an input is missing, an output unknown, or a destination
   *     does not fit
   * @throws UnsupportedOperationException if an operation has no fixed shape
   */
  Lowering(
      SameDiff graph,
      List<String> wanted,
      Map<String, INDArray> destinations,
      Map<String, INDArray> given) {
    this.graph = graph;
    this.given = given;
    List<SameDiffOp> order = order(wanted);
    for (SameDiffOp op : order) {
      for (String name : inputsOf(op)) {
        define(name);
      }
      lower(op);
    }
    for (String name : wanted) {
      define(name);
      output(name, destinations.get(name));
    }
  }

  /** Outputs own their memory, or lie where the caller wants them. */
  private void output(String name, @Nullable INDArray destination) {
    Tensor found = builder.contiguous(tensor(name));
    boolean shared = outputs.values().stream().anyMatch(other -> other.base() == found.base());
    Tensor tensor =
        shared || found.producer() == null || found.length() != found.base().length()
            ? builder.copy(found)
            : found;
    if (destination != null) {
      if (!Arrays.equals(ints(destination.shape()), tensor.shape())
          || destination.dataType() != tensor.type()
          || !isDense(destination)) {
        throw new IllegalArgumentException(
            "destination of "
                + name
                + " has shape "
                + Arrays.toString(destination.shape())
                + " and type "
                + destination.dataType()
                + ", expected "
                + tensor
                + " and "
                + tensor.type()
                + " in C order");
      }
      Tensor base = tensor.base();
      base.place(new Storage(destination), base.layout());
    }
    tensor.storage().pin();
    outputs.put(name, tensor);
  }

  /** The real placeholders. */
  Map<String, Tensor> inputs() {
    return inputs;
  }

  Map<String, Tensor> outputs() {
    return outputs;
  }

  /** Arrays that were computed here and are read by the plan. */
  List<INDArray> folded() {
    return folded;
  }

  /** The nodes that the outputs need, each after those it depends on. */
  List<Node> nodes() {
    return Node.needed(builder.nodes(), outputs.values());
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

  private static int[] ints(long... values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  private static boolean isReal(DataType type) {
    return type == DataType.FLOAT || type == DataType.DOUBLE;
  }

  /** Inputs, parameters and constants. */
  private void define(String name) {
    if (tensors.containsKey(name) || constants.containsKey(name)) {
      return;
    }
    SDVariable variable = graph.getVariable(name);
    if (variable.isPlaceHolder()) {
      INDArray array = given.get(name);
      if (array == null) {
        throw new IllegalArgumentException(
            "input " + name + " is missing: the graph needs an array for it");
      }
      if (isReal(variable.dataType())) {
        Tensor tensor =
            new Tensor(
                new Storage(variable.dataType(), Math.toIntExact(array.length())),
                ints(array.shape()));
        tensors.put(name, tensor);
        inputs.put(name, tensor);
      } else {
        INDArray own = array.castTo(variable.dataType()).dup('c');
        folded.add(own);
        constants.put(name, own);
      }
    } else {
      INDArray array = variable.getArr();
      if (!isDense(array)) {
        throw new UnsupportedOperationException(
            "variable " + name + " is not in C order: keep parameters and constants so");
      }
      tensors.put(name, new Tensor(new Storage(array), ints(array.shape())));
      if (variable.getVariableType() == VariableType.CONSTANT) {
        constants.put(name, array);
      }
    }
  }

  private static boolean isDense(INDArray array) {
    long expected = 1;
    for (int axis = array.rank() - 1; axis >= 0; axis--) {
      if (array.size(axis) != 1 && array.stride(axis) != expected) {
        return false;
      }
      expected *= array.size(axis);
    }
    return true;
  }

  private Tensor tensor(String name) {
    return Objects.requireNonNull(
        tensors.computeIfAbsent(
            name,
            n -> {
              INDArray array = Objects.requireNonNull(constants.get(n), n);
              return new Tensor(new Storage(array), ints(array.shape()));
            }));
  }

  private void lower(SameDiffOp op) {
    DifferentialFunction function = op.getOp();
    List<String> names = inputsOf(op);
    List<String> results = op.getOutputsOfOp();
    OpContext context = Nd4j.getExecutioner().buildContext();
    List<long[]> shapes = shapes(function, names, context);
    List<DataType> types = results.stream().map(r -> graph.getVariable(r).dataType()).toList();
    if (isConstant(function, names)) {
      fold(function, results, shapes, types, context);
      return;
    }
    List<int[]> sizes = shapes.stream().map(Lowering::ints).toList();
    List<Tensor> values = byRule(function, names, sizes, types);
    if (values == null) {
      values = builder.call(function, names.stream().map(this::tensor).toList(), types, sizes);
    }
    for (int i = 0; i < results.size(); i++) {
      tensors.put(results.get(i), values.get(i));
    }
  }

  private @Nullable List<Tensor> byRule(
      DifferentialFunction function, List<String> names, List<int[]> sizes, List<DataType> types) {
    if (!types.stream().allMatch(type -> isReal(type) && type == types.get(0))) {
      return null;
    }
    String name = function.opName();
    if (name.equals("ones_as") || name.equals("oneslike")) {
      return List.of(filled(types.get(0), 1, sizes.get(0)));
    } else if (name.equals("zeroslike")) {
      return List.of(filled(types.get(0), 0, sizes.get(0)));
    }
    Vocabulary.Rule rule = Vocabulary.of(name);
    if (rule == null) {
      return null;
    }
    List<Tensor> reals = new ArrayList<>();
    for (String input : names) {
      if (graph.getVariable(input).dataType() == types.get(0)) {
        reals.add(tensor(input));
      } else if (!constants.containsKey(input)) {
        return null;
      }
    }
    for (int[] size : sizes) {
      if (Layout.product(size) == 0) {
        return null;
      }
    }
    return rule.apply(builder, new Arguments(function, reals, sizes));
  }

  private Tensor filled(DataType type, double value, int... shape) {
    INDArray number = Nd4j.scalar(type, value);
    folded.add(number);
    return builder.broadcast(new Tensor(new Storage(number)), shape);
  }

  private boolean isConstant(DifferentialFunction function, List<String> names) {
    return function.opName().equals("shape_of") || names.stream().allMatch(constants::containsKey);
  }

  private void fold(
      DifferentialFunction function,
      List<String> results,
      List<long[]> shapes,
      List<DataType> types,
      OpContext context) {
    for (int i = 0; i < results.size(); i++) {
      INDArray out = Nd4j.createUninitialized(types.get(i), shapes.get(i), 'c');
      folded.add(out);
      context.setOutputArray(i, out);
      constants.put(results.get(i), out);
    }
    execute(function, context);
  }

  static void execute(DifferentialFunction function, OpContext context) {
    if (function instanceof CustomOp custom) {
      Nd4j.exec(custom, context);
    } else {
      Nd4j.exec((Op) function, context);
    }
  }

  /** The constant, or an array of the right shape and arbitrary content. */
  private INDArray probe(String name) {
    INDArray constant = constants.get(name);
    if (constant != null) {
      return constant;
    }
    Tensor tensor = tensor(name);
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    int length = Math.max(1, tensor.length());
    INDArray memory = Objects.requireNonNull(probes.get(tensor.type()));
    INDArray part = memory.get(NDArrayIndex.interval(0, length));
    return shape.length == 0 ? part.reshape() : part.reshape('c', shape);
  }

  /** Makes the memory of the probes large enough. */
  private void reserve(List<String> names) {
    for (String name : names) {
      if (!constants.containsKey(name)) {
        Tensor tensor = tensor(name);
        int length = Math.max(1, tensor.length());
        INDArray memory = probes.get(tensor.type());
        if (memory == null || memory.length() < length) {
          if (memory != null) {
            memory.close();
          }
          probes.put(tensor.type(), Nd4j.createUninitialized(tensor.type(), length));
        }
      }
    }
  }

  private List<long[]> shapes(
      DifferentialFunction function, List<String> names, OpContext context) {
    reserve(names);
    INDArray[] arguments = names.stream().map(this::probe).toArray(INDArray[]::new);
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
      throw new UnsupportedOperationException(
          "operation "
              + function.opName()
              + " ("
              + function.getClass().getSimpleName()
              + ") has no fixed shape");
    }
    return shapes.stream().map(LongShapeDescriptor::getShape).toList();
  }

  /** Frees what was needed to infer shapes. */
  @Override
  public void close() {
    probes.values().forEach(INDArray::close);
  }
}
