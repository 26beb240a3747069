package io.fdiff.nn.engine;

import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The number of threads of OpenBLAS, which is one setting of the process. While any session runs it
 * is 1, because the engine divides the work itself.
 */
final class OpenBlas {

  private static int running;
  private static int before;

  private OpenBlas() {}

  /** Whether the library and its bindings are on the class path. */
  static boolean isPresent() {
    try {
      return openblas_nolapack.CblasRowMajor == 101 && openblas_nolapack.blas_get_num_threads() > 0;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** One thread until closed. */
  static synchronized KernelSet.Run single() {
    if (running++ == 0) {
      before = openblas_nolapack.blas_get_num_threads();
      openblas_nolapack.blas_set_num_threads(1);
    }
    return OpenBlas::restore;
  }

  private static synchronized void restore() {
    if (--running == 0) {
      openblas_nolapack.blas_set_num_threads(before);
    }
  }
}
