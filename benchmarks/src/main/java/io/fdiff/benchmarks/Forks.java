package io.fdiff.benchmarks;

import java.io.IOException;
import java.util.Map;

/** What makes measurements, each in a process of its own. */
@FunctionalInterface
interface Forks {

  /**
   * Makes a measurement.
   *
   * @param what the numbers to measure
   * @return the numbers by name
   * @throws IOException if the process failed, with what it said
   */
  Map<String, Double> measure(Measurement what) throws IOException;
}
