package io.fdiff.benchmarks;

import io.fdiff.benchmarks.Measurement.Job;
import io.fdiff.benchmarks.Measurement.Side;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The comparisons of the engine: with PyTorch, with its own matrix products, with SameDiff's own
 * session. Each side of a comparison is measured in a process of its own, in turn with the others,
 * in several rounds.
 */
final class EngineComparison {

  private static final String PYTORCH = "PyTorch";
  private static final String PRODUCTS = "its products alone";
  private static final String STOCK = "SameDiff's session";

  private final Forks forks;
  private final int rounds;
  private final int samplingSteps;
  private final PrintStream out;
  private final PrintStream progress;
  private final List<EngineRow> rows = new ArrayList<>();
  private final List<EngineReport.Products> products = new ArrayList<>();

  /**
   * A comparison that has not begun.
   *
   * @param forks what measures
   * @param rounds how often, at least 1
   * @param samplingSteps steps that the forks sample in
   * @param out gets the table
   * @param progress is told what is measured
   */
  EngineComparison(
      Forks forks, int rounds, int samplingSteps, PrintStream out, PrintStream progress) {
    this.forks = forks;
    this.rounds = rounds;
    this.samplingSteps = samplingSteps;
    this.out = out;
    this.progress = progress;
  }

  /** The numbers of all rounds, by side. */
  private static final class Numbers {
    private final Map<Side, List<Map<String, Double>>> found = new EnumMap<>(Side.class);

    void add(Side side, Map<String, Double> numbers) {
      found.computeIfAbsent(side, s -> new ArrayList<>()).add(numbers);
    }

    double[] of(Side side, String name) {
      return Objects.requireNonNull(found.get(side), side.name()).stream()
          .mapToDouble(numbers -> Objects.requireNonNull(numbers.get(name), name))
          .toArray();
    }
  }

  /**
   * Measures everything.
   *
   * @throws IOException if a process failed
   */
  void run() throws IOException {
    out.println(EngineRow.head());
    Numbers uvit =
        measure(Job.TIMES_AND_PRODUCTS, NetworkCase.UVIT, Side.ENGINE, Side.PEER, Side.STOCK);
    peers("U-ViT 1.1M", uvit, 0.9, 0.9);
    ofProducts("U-ViT 1.1M step", uvit, Measurement.STEP, 1.5);
    ofProducts("U-ViT 1.1M forward", uvit, Measurement.FORWARD, 1.6);
    stock("U-ViT 1.1M", uvit);
    peers("ModulatedInr", measure(NetworkCase.MODULATED_INR, Side.ENGINE, Side.PEER), 0.9, 0.9);
    Numbers operator = measure(NetworkCase.FOURIER_OPERATOR, Side.ENGINE, Side.PEER, Side.STOCK);
    peers("FNO-1D width 64, 16 modes, 256 points", operator, 0.7, 0.7);
    stock("FNO-1D width 64, 16 modes, 256 points", operator);
    peers("SIREN", measure(NetworkCase.SIREN, Side.ENGINE, Side.PEER), 0.9, null);
    sampling();
    Numbers memory = measure(Job.MEMORY, NetworkCase.UVIT, Side.ENGINE, Side.PEER);
    add(
        EngineRow.memory(
            "U-ViT 1.1M step, peak memory",
            PYTORCH,
            memory.of(Side.ENGINE, Measurement.MEMORY),
            memory.of(Side.PEER, Measurement.MEMORY),
            1.0));
    out.println();
    products.forEach(each -> out.println(each.line()));
  }

  private Numbers measure(NetworkCase network, Side... sides) throws IOException {
    return measure(Job.TIMES, network, sides);
  }

  /** Whoever was first in one round is last in the next. */
  private Numbers measure(Job job, NetworkCase network, Side... sides) throws IOException {
    Numbers numbers = new Numbers();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < sides.length; i++) {
        Side side = sides[round % 2 == 0 ? i : sides.length - 1 - i];
        Job asked = job == Job.TIMES_AND_PRODUCTS && side != Side.ENGINE ? Job.TIMES : job;
        Measurement what = new Measurement(asked, side, network);
        progress.printf("round %d of %d: %s%n", round + 1, rounds, what);
        numbers.add(side, forks.measure(what));
      }
    }
    return numbers;
  }

  private void add(EngineRow row) {
    rows.add(row);
    out.println(row.line());
  }

  private void times(
      String work, String peer, double[] ours, double[] peers, @Nullable Double goal) {
    add(EngineRow.times(work, peer, ours, peers, goal));
  }

  private void peers(String name, Numbers numbers, Double step, @Nullable Double forward) {
    against(name, PYTORCH, numbers, Side.PEER, step, forward);
  }

  /** Four times as fast. */
  private void stock(String name, Numbers numbers) {
    against(name, STOCK, numbers, Side.STOCK, 0.25, 0.25);
  }

  private void against(
      String name, String peer, Numbers numbers, Side side, Double step, @Nullable Double forward) {
    String first = Measurement.STEP;
    times(name + " step", peer, numbers.of(Side.ENGINE, first), numbers.of(side, first), step);
    String second = Measurement.FORWARD;
    times(
        name + " forward",
        peer,
        numbers.of(Side.ENGINE, second),
        numbers.of(side, second),
        forward);
  }

  private void ofProducts(String work, Numbers numbers, String number, double goal) {
    double[] ours = numbers.of(Side.ENGINE, number);
    double[] alone = numbers.of(Side.ENGINE, Measurement.PRODUCTS + number);
    times(work, PRODUCTS, ours, alone, goal);
    products.add(
        EngineReport.Products.of(
            work,
            Timing.median(ours),
            Timing.median(numbers.of(Side.ENGINE, Measurement.OPERATIONS + number)),
            Timing.median(alone),
            Arrays.stream(numbers.of(Side.ENGINE, Measurement.RATE)).max().orElseThrow()));
  }

  private void sampling() throws IOException {
    Numbers numbers = measure(Job.SAMPLING, NetworkCase.UVIT, Side.ENGINE, Side.PEER);
    String work = "sampling 256 images, " + samplingSteps + " of " + SamplingCase.STEPS + " steps";
    double[] ours = numbers.of(Side.ENGINE, Measurement.SAMPLING);
    times(work, PYTORCH, ours, numbers.of(Side.PEER, Measurement.SAMPLING), 0.9);
    add(
        EngineRow.times(
                work + ", network",
                "whole sampling",
                numbers.of(Side.ENGINE, Measurement.NETWORK),
                ours,
                null)
            .atLeast(0.95));
  }

  /** The rows so far. */
  List<EngineRow> rows() {
    return rows;
  }

  /** The products of the networks so far. */
  List<EngineReport.Products> products() {
    return products;
  }
}
