package io.fdiff.nn;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * All parameters of a network in one vector {@code θ}, the tensors being views of it.
 *
 * <p>Graphs read the views, so that a change of the vector is seen by every graph that was built on
 * it. Mutable; not to be changed while another thread runs such a graph.
 */
public final class ParameterVector {

  private final List<Parameter> parameters;
  private final INDArray vector;
  private final Map<String, INDArray> tensors = new LinkedHashMap<>();

  private ParameterVector(List<Parameter> parameters, DataType type) {
    this.parameters = List.copyOf(parameters);
    int size = this.parameters.stream().mapToInt(Parameter::size).reduce(0, Math::addExact);
    this.vector = Nd4j.create(type, size);
    int from = 0;
    for (Parameter parameter : this.parameters) {
      int to = from + parameter.size();
      INDArray view =
          vector.get(NDArrayIndex.interval(from, to)).reshape('c', parameter.dimensions());
      if (tensors.put(parameter.name(), view) != null) {
        throw new IllegalArgumentException(
            "two parameters are named " + parameter.name() + ": names must differ");
      }
      from = to;
    }
  }

  /**
   * A vector of zeros.
   *
   * @param network whose parameters it holds
   * @param type FLOAT or DOUBLE
   * @return the vector
   * @throws IllegalArgumentException if the type is another one or two parameters share a name
   */
  public static ParameterVector zeros(Network network, DataType type) {
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "data type " + type + ": parameters are FLOAT, or DOUBLE for checks of gradients");
    }
    return new ParameterVector(network.parameters(), type);
  }

  /**
   * Initial values drawn from the laws of the parameters.
   *
   * @param network whose parameters it holds
   * @param type FLOAT or DOUBLE
   * @param noise where to read random numbers
   * @return the vector
   */
  public static ParameterVector initial(Network network, DataType type, NoiseSource noise) {
    ParameterVector result = zeros(network, type);
    double[] all = new double[result.size()];
    int from = 0;
    for (int i = 0; i < result.parameters.size(); i++) {
      Parameter parameter = result.parameters.get(i);
      double[] values = new double[parameter.size()];
      parameter.initial().fill(noise.withStream(i), values);
      System.arraycopy(values, 0, all, from, values.length);
      from += values.length;
    }
    result.assign(all);
    return result;
  }

  /**
   * Values from named tensors, for example of a weight file.
   *
   * @param network whose parameters it holds
   * @param type FLOAT or DOUBLE
   * @param tensors exactly one array for each parameter, of its shape. Not modified.
   * @return the vector
   * @throws IllegalArgumentException if a tensor is missing, unknown, or has another shape
   */
  public static ParameterVector of(Network network, DataType type, Map<String, INDArray> tensors) {
    ParameterVector result = zeros(network, type);
    Set<String> unknown = new TreeSet<>(tensors.keySet());
    unknown.removeAll(result.tensors.keySet());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "tensors " + unknown + " are not parameters of " + network.config());
    }
    result.tensors.forEach(
        (name, view) -> {
          INDArray values = tensors.get(name);
          if (values == null) {
            throw new IllegalArgumentException(
                "tensor " + name + " is missing: the network " + network.config() + " needs it");
          }
          if (!Arrays.equals(values.shape(), view.shape())) {
            throw new IllegalArgumentException(
                "tensor "
                    + name
                    + " has shape "
                    + Arrays.toString(values.shape())
                    + ", expected "
                    + Arrays.toString(view.shape()));
          }
          view.assign(values);
        });
    return result;
  }

  /**
   * The parameters in the order of the vector.
   *
   * @return an unmodifiable list
   */
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * The number of values.
   *
   * @return length of the vector
   */
  public int size() {
    return Math.toIntExact(vector.length());
  }

  /**
   * FLOAT or DOUBLE.
   *
   * @return the type of the values
   */
  public DataType type() {
    return vector.dataType();
  }

  /**
   * The tensors by name, in the order of the vector.
   *
   * @return views: writing to them changes the vector
   */
  public Map<String, INDArray> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * One tensor.
   *
   * @param name name of the parameter
   * @return a view: writing to it changes the vector
   * @throws IllegalArgumentException if there is no such parameter
   */
  public INDArray tensor(String name) {
    INDArray view = tensors.get(Objects.requireNonNull(name, "name"));
    if (view == null) {
      throw new IllegalArgumentException(
          "no parameter " + name + ": there are " + tensors.keySet());
    }
    return view;
  }

  /**
   * A copy of all values.
   *
   * @return {@code [size]}
   */
  public float[] toFloats() {
    float[] values = new float[size()];
    read(values);
    return values;
  }

  /**
   * Copies all values.
   *
   * @param values {@code [size]}. Modified.
   * @throws IllegalArgumentException if the length is another one
   */
  public void read(float[] values) {
    requireLength(values.length);
    if (type() == DataType.FLOAT) {
      vector.data().asNioFloat().get(values);
    } else {
      double[] wide = new double[values.length];
      vector.data().asNioDouble().get(wide);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) wide[i];
      }
    }
  }

  /**
   * Sets all values.
   *
   * @param values {@code [size]}. Not modified.
   * @throws IllegalArgumentException if the length is another one
   */
  public void assign(float[] values) {
    requireLength(values.length);
    if (type() == DataType.FLOAT) {
      vector.data().asNioFloat().put(values);
    } else {
      double[] wide = new double[values.length];
      Arrays.setAll(wide, i -> values[i]);
      vector.data().asNioDouble().put(wide);
    }
  }

  /**
   * Sets all values.
   *
   * @param values {@code [size]}. Not modified.
   * @throws IllegalArgumentException if the length is another one
   */
  public void assign(double[] values) {
    requireLength(values.length);
    if (type() == DataType.DOUBLE) {
      vector.data().asNioDouble().put(values);
    } else {
      float[] narrow = new float[values.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) values[i];
      }
      vector.data().asNioFloat().put(narrow);
    }
  }

  private void requireLength(int length) {
    if (length != size()) {
      throw new IllegalArgumentException(
          length + " values for " + size() + " parameters: give one each");
    }
  }
}
