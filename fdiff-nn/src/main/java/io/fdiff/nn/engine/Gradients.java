package io.fdiff.nn.engine;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.nd4j.autodiff.samediff.SameDiff;

/** Derives the graph of gradients of a SameDiff graph. */
public final class Gradients {

  private Gradients() {}

  /**
   * The gradient function of a graph whose loss variables are set.
   *
   * <p>SameDiff prints a line for each operation while it derives the graph, so standard output is
   * switched off for the moment of this call.
   *
   * @param graph Modified: gets the function {@code "grad"}.
   * @param inputs placeholders whose gradients are wanted too, besides those of all variables
   * @return the graph that computes losses and gradients; it reads the same parameter arrays
   */
  public static synchronized SameDiff of(SameDiff graph, String... inputs) {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      graph.createGradFunction(inputs);
    } finally {
      System.setOut(out);
    }
    return graph.getFunction("grad");
  }
}
