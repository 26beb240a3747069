package io.fdiff.nn.engine;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_scopy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Matrix products by OpenBLAS, one single-threaded call a task. A large product is divided into
 * parts that depend on its shape alone: along the longer side of the result, or, where the result
 * is small, along the inner side into partial sums that are added in a fixed order. A batch is
 * divided into runs of matrices. So bits are the same for any number of threads.
 */
final class ProductKernel implements KernelSet.Kernel {

  /** Multiplications that are worth a task, and those that are worth two. */
  private static final double TASK = 32e6;

  private static final double SMALL = 4e6;
  private static final int MOST_TASKS = 32;
  private static final int GRAIN = 16;

  /** Elements of one addition of partial sums. */
  private static final int CHUNK = 1 << 14;

  /** One call. */
  private interface Call {
    void run();
  }

  /** A matrix of a batch: row-major, or its transpose. */
  private record Matrix(boolean turned, int leading) {
    static Matrix of(Layout layout) {
      int rows = layout.rank() - 2;
      int columns = rows + 1;
      boolean plain =
          (layout.size(columns) == 1 || layout.stride(columns) == 1)
              && (layout.size(rows) == 1 || layout.stride(rows) >= layout.size(columns));
      return plain
          ? new Matrix(false, leading(layout, rows, columns))
          : new Matrix(true, leading(layout, columns, rows));
    }

    private static int leading(Layout layout, int outer, int inner) {
      return layout.size(outer) == 1 ? Math.max(1, layout.size(inner)) : layout.stride(outer);
    }

    /** Elements from the first to row {@code i}. */
    int row(int i) {
      return turned ? i : i * leading;
    }

    int column(int i) {
      return turned ? i * leading : i;
    }
  }

  private final List<Call[]> copies = new ArrayList<>();
  private final List<Call[]> tasks = new ArrayList<>();
  private final List<Call[]> additions = new ArrayList<>();
  private final Workers threads;
  private final Node.Product product;
  private final Arena arena;

  ProductKernel(Node.Product product, Arena arena, Workers threads) {
    this.product = product;
    this.arena = arena;
    this.threads = threads;
    int parts = parts();
    if (parts > 1 && isLong()) {
      arena.reserve(product.out().type(), (parts - 1) * product.out().length());
    }
  }

  private int side(Tensor tensor, int fromLast) {
    return tensor.size(tensor.rank() - fromLast);
  }

  private double multiplications() {
    return (double) side(product.out(), 2) * side(product.out(), 1) * side(product.left(), 1);
  }

  /** An even number, because two threads are common. */
  private int parts() {
    double work = multiplications();
    int pairs = (int) Math.min(MOST_TASKS / 2, Math.ceil(work / (2 * TASK)));
    return work < SMALL ? 1 : 2 * pairs;
  }

  /** Whether the inner side is the one to divide. */
  private boolean isLong() {
    int k = side(product.left(), 1);
    return product.out().layout().isContiguous()
        && k >= 4 * Math.max(side(product.out(), 2), side(product.out(), 1));
  }

  /** Makes the calls: at the first run, when all memory of the plan exists. */
  private void bind() {
    copyAddend();
    int m = side(product.out(), 2);
    int n = side(product.out(), 1);
    int k = side(product.left(), 1);
    int[] as = offsets(product.left().layout());
    int[] bs = offsets(product.right().layout());
    int[] cs = offsets(product.out().layout());
    if (cs.length > 1) {
      int run = (int) Math.max(1, Math.min(cs.length, SMALL / multiplications()));
      for (int from = 0; from < cs.length; from += run) {
        Call[] calls = new Call[Math.min(run, cs.length - from)];
        for (int i = 0; i < calls.length; i++) {
          calls[i] = call(as[from + i], bs[from + i], cs[from + i], m, n, k);
        }
        tasks.add(calls);
      }
    } else if (parts() > 1 && isLong()) {
      divideInner(as[0], bs[0], m, n, k);
    } else {
      divideResult(as[0], bs[0], cs[0], m, n, k);
    }
  }

  private static int part(int side, int parts) {
    int size = (side + parts - 1) / parts;
    return (size + GRAIN - 1) / GRAIN * GRAIN;
  }

  private void divideResult(int ao, int bo, int co, int m, int n, int k) {
    Matrix a = Matrix.of(product.left().layout());
    Matrix b = Matrix.of(product.right().layout());
    Matrix c = Matrix.of(product.out().layout());
    boolean byRows = m >= n;
    int side = byRows ? m : n;
    int size = part(side, parts());
    for (int from = 0; from < side; from += size) {
      int count = Math.min(size, side - from);
      Call call =
          byRows
              ? call(ao + a.row(from), bo, co + c.row(from), count, n, k)
              : call(ao, bo + b.column(from), co + c.column(from), m, count, k);
      tasks.add(new Call[] {call});
    }
  }

  private void divideInner(int ao, int bo, int m, int n, int k) {
    Matrix a = Matrix.of(product.left().layout());
    Matrix b = Matrix.of(product.right().layout());
    int size = part(k, parts());
    int length = m * n;
    List<Pointer> partials = new ArrayList<>();
    for (int from = 0; from < k; from += size) {
      Pointer to =
          from == 0
              ? pointer(product.out().storage(), product.out().layout().offset())
              : arena.scratch(product.out().type(), (partials.size() - 1) * length);
      partials.add(to);
      tasks.add(
          new Call[] {
            call(
                ao + a.column(from),
                bo + b.row(from),
                to,
                from == 0 && product.addend() != null,
                m,
                n,
                Math.min(size, k - from))
          });
    }
    for (int from = 0; from < length; from += CHUNK) {
      int count = Math.min(CHUNK, length - from);
      Call[] calls = new Call[partials.size() - 1];
      for (int i = 0; i < calls.length; i++) {
        calls[i] = addition(partials.get(i + 1), partials.get(0), from, count);
      }
      additions.add(calls);
    }
  }

  /** The addend comes to the result first if it does not lie there. */
  private void copyAddend() {
    Tensor addend = product.addend();
    if (addend == null) {
      return;
    }
    int length = addend.length();
    Pointer from = pointer(addend.storage(), addend.layout().offset());
    Pointer to = pointer(product.out().storage(), product.out().layout().offset());
    if (from.address() == to.address()) {
      return;
    }
    for (int at = 0; at < length; at += CHUNK) {
      copies.add(new Call[] {copy(from, to, at, Math.min(CHUNK, length - at))});
    }
  }

  private static Call copy(Pointer from, Pointer to, int at, int count) {
    if (from instanceof FloatPointer floats) {
      FloatPointer x = floats.getPointer(at);
      FloatPointer y = ((FloatPointer) to).getPointer(at);
      return () -> cblas_scopy(count, x, 1, y, 1);
    }
    DoublePointer x = ((DoublePointer) from).getPointer(at);
    DoublePointer y = ((DoublePointer) to).getPointer(at);
    return () -> cblas_dcopy(count, x, 1, y, 1);
  }

  private static Call addition(Pointer from, Pointer to, int at, int count) {
    if (from instanceof FloatPointer floats) {
      FloatPointer x = floats.getPointer(at);
      FloatPointer y = ((FloatPointer) to).getPointer(at);
      return () -> cblas_saxpy(count, 1, x, 1, y, 1);
    }
    DoublePointer x = ((DoublePointer) from).getPointer(at);
    DoublePointer y = ((DoublePointer) to).getPointer(at);
    return () -> cblas_daxpy(count, 1, x, 1, y, 1);
  }

  private Pointer pointer(Storage storage, int element) {
    return product.out().type() == DataType.FLOAT
        ? arena.floatPointer(storage, element)
        : arena.doublePointer(storage, element);
  }

  /** First element of each matrix of a batch. */
  private static int[] offsets(Layout layout) {
    int count = 1;
    for (int axis = 0; axis < layout.rank() - 2; axis++) {
      count *= layout.size(axis);
    }
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      int at = layout.offset();
      int rest = i;
      for (int axis = layout.rank() - 3; axis >= 0; axis--) {
        at += rest % layout.size(axis) * layout.stride(axis);
        rest /= layout.size(axis);
      }
      offsets[i] = at;
    }
    return offsets;
  }

  private Call call(int ao, int bo, int co, int m, int n, int k) {
    return call(ao, bo, pointer(product.out().storage(), co), product.addend() != null, m, n, k);
  }

  private Call call(int ao, int bo, Pointer to, boolean adds, int m, int n, int k) {
    Matrix a = Matrix.of(product.left().layout());
    Matrix b = Matrix.of(product.right().layout());
    Matrix c = Matrix.of(product.out().layout());
    // A result that lies transposed is the product of the transposes in the other order.
    boolean turned = c.turned();
    Storage left = (turned ? product.right() : product.left()).storage();
    Storage right = (turned ? product.left() : product.right()).storage();
    int lo = turned ? bo : ao;
    int ro = turned ? ao : bo;
    int ta = (turned ? !b.turned() : a.turned()) ? CblasTrans : CblasNoTrans;
    int tb = (turned ? !a.turned() : b.turned()) ? CblasTrans : CblasNoTrans;
    int lda = turned ? b.leading() : a.leading();
    int ldb = turned ? a.leading() : b.leading();
    int rows = turned ? n : m;
    int columns = turned ? m : n;
    int ldc = c.leading();
    double scale = product.scale();
    int keep = adds ? 1 : 0;
    if (to instanceof FloatPointer z) {
      FloatPointer x = arena.floatPointer(left, lo);
      FloatPointer y = arena.floatPointer(right, ro);
      float factor = (float) scale;
      return () ->
          cblas_sgemm(
              CblasRowMajor, ta, tb, rows, columns, k, factor, x, lda, y, ldb, keep, z, ldc);
    }
    DoublePointer x = arena.doublePointer(left, lo);
    DoublePointer y = arena.doublePointer(right, ro);
    DoublePointer z = (DoublePointer) to;
    return () ->
        cblas_dgemm(CblasRowMajor, ta, tb, rows, columns, k, scale, x, lda, y, ldb, keep, z, ldc);
  }

  @Override
  public void run() {
    if (tasks.isEmpty()) {
      bind();
    }
    run(copies);
    run(tasks);
    run(additions);
  }

  private void run(List<Call[]> list) {
    threads.run(
        list.size(),
        (task, worker) -> {
          for (Call call : list.get(task)) {
            call.run();
          }
        });
  }
}
