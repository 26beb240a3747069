package io.fdiff.nn.engine;

/**
 * How the steps of a plan are computed. A plan says what runs in which order on which memory; a
 * kernel set binds each step to memory and device. Another device is another implementation.
 */
interface KernelSet {

  /** A step bound to its memory. */
  interface Kernel {
    void run();
  }

  /** A program on rows. */
  Kernel rows(RowProgram program, Arena arena);

  /** A matrix product, or a batch of them. */
  Kernel product(Node.Product product, Arena arena);

  /** Copies of the parts that are not in their places yet. */
  Kernel assembly(Node.Assembly assembly, Arena arena);

  /** Sums over the middle axis. */
  Kernel columnSum(Node.ColumnSum sum, Arena arena);

  /** An operation of ND4J. */
  Kernel nd4j(Node.Native call, Arena arena);

  /** Something that ends with a run. */
  interface Run extends AutoCloseable {
    @Override
    void close();
  }

  /** Prepares a run. */
  Run begin();
}
