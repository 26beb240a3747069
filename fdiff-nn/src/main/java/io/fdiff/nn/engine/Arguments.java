package io.fdiff.nn.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * What an operation of SameDiff is called with.
 *
 * @param function the operation
 * @param inputs its real inputs; integer ones are null
 * @param shapes shapes of its outputs
 */
record Arguments(DifferentialFunction function, List<Tensor> inputs, List<int[]> shapes) {

  private static final long FORTRAN_ORDER = -'f';

  Tensor input(int i) {
    return inputs.get(i);
  }

  int[] shape() {
    return shapes.get(0);
  }

  long[] integers() {
    return function instanceof DynamicCustomOp op ? op.iArgs() : new long[0];
  }

  long integer(int i, long otherwise) {
    long[] all = integers();
    return i < all.length ? all[i] : otherwise;
  }

  boolean anyInteger() {
    for (long value : integers()) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  double real(int i, double otherwise) {
    double[] all = function instanceof DynamicCustomOp op ? op.tArgs() : new double[0];
    return i < all.length ? all[i] : otherwise;
  }

  boolean flag(int i, boolean otherwise) {
    boolean[] all = function instanceof DynamicCustomOp op ? op.bArgs() : new boolean[0];
    return i < all.length ? all[i] : otherwise;
  }

  /** The constant of an operation with a number. */
  double scalar() {
    return ((ScalarOp) function).scalar().getDouble(0);
  }

  boolean fortranOrder() {
    return integer(0, 0) == FORTRAN_ORDER;
  }

  /** The axes of a reduction of {@code x}, ascending; all if none are named. */
  int[] axes(Tensor x) {
    long[] named = {};
    if (function instanceof DynamicCustomOp op) {
      named = op.iArgs();
    } else if (function instanceof BaseOp op && op.getDimensions() != null) {
      named = Arrays.stream(op.getDimensions()).asLongStream().toArray();
    }
    boolean all = named.length == 0 || named[0] == Integer.MAX_VALUE;
    return all
        ? IntStream.range(0, x.rank()).toArray()
        : Arrays.stream(named)
            .mapToInt(axis -> Math.toIntExact(axis < 0 ? axis + x.rank() : axis))
            .sorted()
            .toArray();
  }

  boolean keepsAxes() {
    return function instanceof BaseReduceOp op && op.isKeepDims();
  }
}
