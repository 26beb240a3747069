package io.fdiff.benchmarks;

import java.util.Locale;

/**
 * What one fork measures.
 *
 * @param job which numbers
 * @param side of whom
 * @param network of which network, {@link NetworkCase#UVIT} for all but {@link Job#TIMES}
 */
record Measurement(Job job, Side side, NetworkCase network) {

  /** The number of a training step in milliseconds. */
  static final String STEP = "step";

  /** The number of a forward pass in milliseconds. */
  static final String FORWARD = "forward";

  /** The number of a sampling in milliseconds. */
  static final String SAMPLING = "sampling";

  /** The number of the network's share of a sampling in milliseconds. */
  static final String NETWORK = "network";

  /** The number of a growth of the resident memory in megabytes. */
  static final String MEMORY = "memory";

  /** Begins the number of the products alone, in milliseconds. */
  static final String PRODUCTS = "products of ";

  /** Begins the number of 10⁹ floating-point operations of the products. */
  static final String OPERATIONS = "operations of ";

  /** The number of the largest rate of one large product, in 10⁹ operations a second. */
  static final String RATE = "rate";

  /** Kinds of numbers. */
  enum Job {
    /** {@link #STEP} and {@link #FORWARD}. */
    TIMES,
    /** {@link #TIMES}, and the products alone in turn with them. */
    TIMES_AND_PRODUCTS,
    /** {@link #SAMPLING} and, of the engine, {@link #NETWORK}. */
    SAMPLING,
    /** {@link #MEMORY}. */
    MEMORY
  }

  /** Who is measured. */
  enum Side {
    /** fdiff with its engine. */
    ENGINE,
    /** fdiff with SameDiff's own session. */
    STOCK,
    /** PyTorch. */
    PEER
  }

  @Override
  public String toString() {
    return String.join(
        ", ",
        network.toString(),
        job.toString().toLowerCase(Locale.ROOT).replace('_', ' '),
        side.toString().toLowerCase(Locale.ROOT));
  }
}
