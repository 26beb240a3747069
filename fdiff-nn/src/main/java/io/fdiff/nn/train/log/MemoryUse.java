package io.fdiff.nn.train.log;

import org.bytedeco.javacpp.Pointer;

/**
 * Memory of this process.
 *
 * @param heap bytes of the Java heap in use, garbage included
 * @param offHeap bytes that JavaCPP counts; arrays of ND4J are not among them, they show in {@code
 *     resident}
 * @param resident bytes of physical memory of the whole process
 */
public record MemoryUse(long heap, long offHeap, long resident) {

  /**
   * The memory in use at this moment.
   *
   * @return the numbers
   */
  public static MemoryUse now() {
    Runtime runtime = Runtime.getRuntime();
    return new MemoryUse(
        runtime.totalMemory() - runtime.freeMemory(),
        Pointer.totalBytes(),
        Pointer.physicalBytes());
  }
}
