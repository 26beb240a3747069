package io.fdiff.benchmarks;

import io.fdiff.benchmarks.Measurement.Job;
import io.fdiff.benchmarks.Measurement.Side;
import io.fdiff.nn.engine.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A process that makes one measurement and prints its numbers. */
final class Forked {

  /** Begins the lines with numbers. */
  static final String MARK = "measured: ";

  private static final int MEMORY_STEPS = 5;
  private static final Path STATUS = Path.of("/proc/self/status");

  private final Measurement what;
  private final Timing timing;
  private final Map<String, Double> found = new LinkedHashMap<>();

  private Forked(Measurement what, Timing timing) {
    this.what = what;
    this.timing = timing;
  }

  /**
   * Measures.
   *
   * @param arguments job, side, network, {@code full} or {@code quick}
   * @throws IOException if the operating system does not tell the memory
   */
  public static void main(String[] arguments) throws IOException {
    Measurement what =
        new Measurement(
            Job.valueOf(arguments[0]),
            Side.valueOf(arguments[1]),
            NetworkCase.valueOf(arguments[2]));
    Forked fork = new Forked(what, arguments[3].equals("full") ? Timing.FULL : Timing.QUICK);
    fork.measure();
    fork.found.forEach((name, value) -> System.out.println(MARK + name + "=" + value));
    System.exit(0);
  }

  private void measure() throws IOException {
    boolean peer = what.side() == Side.PEER;
    switch (what.job()) {
      case TIMES, TIMES_AND_PRODUCTS -> {
        if (peer) {
          peerTimes();
        } else {
          engineTimes();
        }
      }
      case SAMPLING -> {
        if (peer) {
          peerSampling();
        } else {
          engineSampling();
        }
      }
      case MEMORY -> memory(peer);
    }
  }

  private void put(String name, double value) {
    found.put(name, value);
  }

  private void peerTimes() {
    try (PeerNetwork network = new PeerNetwork(what.network())) {
      put(Measurement.STEP, timing.medians(network::step)[0]);
      put(Measurement.FORWARD, timing.medians(network::forward)[0]);
    }
  }

  private void engineTimes() {
    try (EngineNetwork network = new EngineNetwork(what.network())) {
      if (what.job() == Job.TIMES) {
        put(Measurement.STEP, timing.medians(network::step)[0]);
        put(Measurement.FORWARD, timing.medians(network::forward)[0]);
        return;
      }
      // The products read what a run before them left: numbers of its size, none denormal.
      double[] step = timing.medians(network::step, network::gradient, network::gradientProducts);
      double[] forward = timing.medians(network::forward, network::forwardProducts);
      put(Measurement.STEP, step[0]);
      put(Measurement.PRODUCTS + Measurement.STEP, step[2]);
      put(Measurement.OPERATIONS + Measurement.STEP, network.gradientProducts() * 1e-9);
      put(Measurement.FORWARD, forward[0]);
      put(Measurement.PRODUCTS + Measurement.FORWARD, forward[1]);
      put(Measurement.OPERATIONS + Measurement.FORWARD, network.forwardProducts() * 1e-9);
      put(Measurement.RATE, bestRate());
    }
  }

  /** The largest rate of [4096, 512] × [512, 512] by OpenBLAS on its own threads. */
  private double bestRate() {
    int rows = 4096;
    int side = 512;
    INDArray left = EngineNetwork.normals(5, rows, side).dup('f');
    INDArray right = EngineNetwork.normals(6, side, side).dup('f');
    INDArray out = Nd4j.create(DataType.FLOAT, new long[] {rows, side}, 'f');
    double best = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    while ((System.nanoTime() - start) * 1e-9 < timing.measured()) {
      long from = System.nanoTime();
      Nd4j.gemm(left, right, out, false, false, 1, 0);
      best = Math.min(best, (System.nanoTime() - from) * 1e-9);
    }
    return 2.0 * rows * side * side / best * 1e-9;
  }

  private void peerSampling() {
    try (PeerSampling sampling = new PeerSampling()) {
      sampling.sample(2);
      long start = System.nanoTime();
      sampling.sample(timing.samplingSteps());
      put(Measurement.SAMPLING, (System.nanoTime() - start) * 1e-6);
    }
  }

  private void engineSampling() {
    try (EngineSampling sampling = new EngineSampling()) {
      sampling.sample(2);
      Profile profile = new Profile();
      sampling.profile(profile);
      long start = System.nanoTime();
      sampling.sample(timing.samplingSteps());
      put(Measurement.SAMPLING, (System.nanoTime() - start) * 1e-6);
      put(
          Measurement.NETWORK,
          profile.rows().stream().mapToDouble(Profile.Row::milliseconds).sum());
    }
  }

  /** Growth of the resident memory from before the network is built to the peak of its steps. */
  private void memory(boolean peer) throws IOException {
    double before;
    if (peer) {
      Peer.newManager().create(1f).close();
      before = status("VmRSS");
      try (PeerNetwork network = new PeerNetwork(what.network())) {
        for (int i = 0; i < MEMORY_STEPS; i++) {
          network.step();
        }
      }
    } else {
      Nd4j.create(1).close();
      before = status("VmRSS");
      try (EngineNetwork network = new EngineNetwork(what.network())) {
        for (int i = 0; i < MEMORY_STEPS; i++) {
          network.step();
        }
      }
    }
    put(Measurement.MEMORY, status("VmHWM") - before);
  }

  /** Megabytes, 10⁶ bytes. */
  private static double status(String field) throws IOException {
    return Files.readAllLines(STATUS).stream()
            .filter(line -> line.startsWith(field + ":"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow(() -> new IOException(STATUS + " has no field " + field))
        * 1024e-6;
  }
}
