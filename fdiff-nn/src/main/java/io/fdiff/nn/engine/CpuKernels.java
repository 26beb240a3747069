package io.fdiff.nn.engine;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/** Kernels for the processor: OpenBLAS for products, Java for rows. */
final class CpuKernels implements KernelSet {

  private final Workers threads;
  private final List<RowKernel.Worker<float[], FloatBuffer>> floats = new ArrayList<>();
  private final List<RowKernel.Worker<double[], DoubleBuffer>> doubles = new ArrayList<>();

  CpuKernels(Workers threads) {
    this.threads = threads;
    for (int i = 0; i < threads.count(); i++) {
      floats.add(new RowKernel.Worker<>(new FloatLanes()));
      doubles.add(new RowKernel.Worker<>(new DoubleLanes()));
    }
  }

  @Override
  public Kernel rows(RowProgram program, Arena arena) {
    return program.type() == DataType.FLOAT
        ? new RowKernel<>(program, arena::floats, floats, threads)
        : new RowKernel<>(program, arena::doubles, doubles, threads);
  }

  @Override
  public Kernel product(Node.Product product, Arena arena) {
    return new ProductKernel(product, arena, threads);
  }

  @Override
  public Kernel assembly(Node.Assembly assembly, Arena arena) {
    boolean single = assembly.out().type() == DataType.FLOAT;
    return new AssemblyKernel(assembly, single ? arena::floats : arena::doubles, threads);
  }

  @Override
  public Kernel columnSum(Node.ColumnSum sum, Arena arena) {
    return sum.out().type() == DataType.FLOAT
        ? new ColumnSumKernel<>(sum, arena::floats, floats, threads)
        : new ColumnSumKernel<>(sum, arena::doubles, doubles, threads);
  }

  @Override
  public Kernel nd4j(Node.Native call, Arena arena) {
    INDArray[] inputs = call.inputs().stream().map(arena::array).toArray(INDArray[]::new);
    INDArray[] outputs = call.outputs().stream().map(arena::array).toArray(INDArray[]::new);
    OpContext context = Nd4j.getExecutioner().buildContext();
    if (call.function() instanceof DynamicCustomOp op) {
      context.setArgs(inputs, op.iArgs(), op.dArgs(), op.tArgs(), op.bArgs());
    } else {
      for (int i = 0; i < inputs.length; i++) {
        context.setInputArray(i, inputs[i]);
      }
    }
    for (int i = 0; i < outputs.length; i++) {
      context.setOutputArray(i, outputs[i]);
    }
    return () -> Lowering.execute(call.function(), context);
  }

  @Override
  public Run begin() {
    return OpenBlas.single();
  }
}
