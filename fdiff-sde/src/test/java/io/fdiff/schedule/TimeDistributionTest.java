package io.fdiff.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.fdiff.noise.NoiseSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Laws of training times: quantile, density, draws and weights. */
class TimeDistributionTest {

  private static List<TimeDistribution> laws() {
    return List.of(
        TimeDistribution.uniform(1e-3, 1),
        TimeDistribution.logUniform(1e-3, 20),
        TimeDistribution.logNormal(LevelSchedule.identity(), -1.2, 1.2, 0.002, 80),
        TimeDistribution.logNormal(LevelSchedule.squareRoot(), -1.2, 1.2, 1e-4, 20),
        TimeDistribution.logNormal(LevelSchedule.geometric(0.01, 50), 0, 2, 0.01, 1),
        learned().snapshot());
  }

  private static final double[] SHARES = {0.4, 0.1, 0.25, 0.25};

  private static ImportanceTimes learned() {
    ImportanceTimes times =
        ImportanceTimes.of(TimeDistribution.logUniform(1e-2, 1), 4, 0.5, 3, 0.2);
    // √E[loss²] in the ratio of the shares without the floor: (share − 0.05)/0.8.
    for (int round = 0; round < 20; round++) {
      for (int bin = 0; bin < 4; bin++) {
        times.observe(Math.pow(10, -2 + (bin + 0.5) / 2), (SHARES[bin] - 0.05) / 0.8);
      }
    }
    return times;
  }

  @Test
  void densityIsTheDerivativeOfTheInverseQuantile() {
    for (TimeDistribution law : laws()) {
      assertThat(law.quantile(0)).isCloseTo(law.first(), within(1e-9 * law.first()));
      assertThat(law.quantile(1)).isCloseTo(law.last(), within(1e-9 * law.last()));
      for (double u : new double[] {0.03, 0.2, 0.43, 0.7, 0.97}) {
        double h = 1e-5;
        double slope = (law.quantile(u + h) - law.quantile(u - h)) / (2 * h);
        assertThat(law.density(law.quantile(u)) * slope)
            .as("%s at %s", law, u)
            .isCloseTo(1, within(1e-5));
      }
      assertThat(law.density(Math.nextDown(law.first()))).isZero();
      assertThat(law.density(Math.nextUp(law.last()))).isZero();
    }
  }

  @Test
  void drawsFollowTheLaw() {
    // Kolmogorov–Smirnov on 10,000 draws: √n D > 2.6932 has probability 1e-6, six laws: 6e-6.
    int n = 10_000;
    for (TimeDistribution law : laws()) {
      double[] draws = law.sample(NoiseSource.of(11), n);
      Arrays.sort(draws);
      double distance = 0;
      for (int i = 0; i < n; i += 1) {
        double u = share(law, draws[i]);
        distance = Math.max(distance, Math.max(u - (double) i / n, (i + 1.0) / n - u));
      }
      assertThat(Math.sqrt(n) * distance).as("%s", law).isLessThan(2.6932);
    }
  }

  /** The distribution function, by bisection of the quantile. */
  private static double share(TimeDistribution law, double t) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 40; i++) {
      double middle = 0.5 * (low + high);
      if (law.quantile(middle) <= t) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Test
  void stratifiedDrawsHitEveryStratumOnce() {
    int n = 16;
    for (TimeDistribution law : laws()) {
      double[] times = law.stratified(NoiseSource.of(3), n);
      int[] hits = new int[n];
      for (double t : times) {
        hits[(int) Math.min(n - 1, Math.floor(n * (share(law, t) + 1e-9)))]++;
      }
      assertThat(hits).as("%s", law).containsOnly(1);
      assertThat(times).isEqualTo(law.stratified(NoiseSource.of(3), n));
    }
    // One u, each with the law: over 4,000 batches the first time is uniform (KS, 1e-6).
    TimeDistribution law = TimeDistribution.uniform(1e-3, 1);
    double[] first = new double[4000];
    for (int i = 0; i < first.length; i++) {
      first[i] = (law.stratified(NoiseSource.of(3).withStep(i), n)[0] - 1e-3) / 0.999;
    }
    Arrays.sort(first);
    double distance = 0;
    for (int i = 0; i < first.length; i++) {
      distance =
          Math.max(
              distance,
              Math.max(first[i] - (double) i / first.length, (i + 1.0) / first.length - first[i]));
    }
    assertThat(Math.sqrt(first.length) * distance).isLessThan(2.6932);
  }

  @Test
  void weightsUndoTheLaw() {
    // E[weight·f] under the law = E[f] under the target; stratified means are quadratures.
    TimeDistribution target = TimeDistribution.uniform(1e-2, 1);
    for (TimeDistribution law :
        List.of(TimeDistribution.logUniform(1e-2, 1), learned().snapshot())) {
      int n = 40_000;
      double sum = 0;
      double weights = 0;
      for (double t : law.stratified(NoiseSource.of(1), n)) {
        sum += law.weight(target, t) * t * t;
        weights += law.weight(target, t);
      }
      assertThat(weights / n).isCloseTo(1, within(1e-3));
      assertThat(sum / n).isCloseTo((1 - 1e-6) / 3 / 0.99, within(1e-3));
    }
  }

  @Test
  void importanceFollowsTheLossAndKeepsAFloor() {
    TimeDistribution law = learned().snapshot();
    for (int bin = 0; bin < 4; bin++) {
      double from = Math.pow(10, -2 + bin / 2.0);
      double to = Math.pow(10, -2 + (bin + 1) / 2.0);
      assertThat(share(law, to * (1 - 1e-9)) - share(law, from))
          .isCloseTo(SHARES[bin], within(1e-6));
      double middle = Math.sqrt(from * to);
      assertThat(law.weight(TimeDistribution.logUniform(1e-2, 1), middle))
          .isCloseTo(0.25 / SHARES[bin], within(1e-12));
    }
  }

  @Test
  void importanceWaitsForEveryBinAndForgets() {
    TimeDistribution base = TimeDistribution.uniform(0.1, 1.1);
    ImportanceTimes times = ImportanceTimes.of(base, 2, 0.9, 2, 0.5);
    times.observe(0.2, 5);
    times.observe(0.2, 5);
    times.observe(0.9, 1);
    assertThat(times.snapshot()).isSameAs(base);
    times.observe(0.9, 1);
    // √E = 5 and 1: shares ¼ + ½(5/6) and ¼ + ½(1/6).
    assertThat(share(times.snapshot(), 0.6)).isCloseTo(0.25 + 5 / 12.0, within(1e-9));
    for (int i = 0; i < 300; i++) {
      times.observe(0.2, 1);
    }
    assertThat(share(times.snapshot(), 0.6)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    for (double bad : new double[] {0, -1, 2, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TimeDistribution.uniform(bad, 1))
          .withMessageContaining("from " + bad)
          .withMessageContaining("0 < first < last");
      assertThatIllegalArgumentException().isThrownBy(() -> TimeDistribution.logUniform(bad, 1));
    }
    TimeDistribution law = TimeDistribution.uniform(0.1, 1);
    for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
      for (TimeDistribution each : laws()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> each.quantile(bad))
            .withMessageContaining("share " + bad);
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> law.sample(NoiseSource.of(1), 0))
        .withMessageContaining("0 times");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeDistribution.logNormal(LevelSchedule.identity(), 50, 1, 0.002, 80))
        .withMessageContaining("carry the share");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeDistribution.logNormal(LevelSchedule.identity(), 0, 0, 0.002, 80))
        .withMessageContaining("deviation 0.0");
    ImportanceTimes times = ImportanceTimes.of(law, 2, 0.9, 1, 0.5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times.observe(0.5, Double.NaN))
        .withMessageContaining("loss NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> times.observe(2, 1))
        .withMessageContaining("time 2.0");
    assertThatIllegalArgumentException().isThrownBy(() -> ImportanceTimes.of(law, 1, 0.9, 1, 0.5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImportanceTimes.of(law, 2, 1, 1, 0.5))
        .withMessageContaining("memory 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> ImportanceTimes.of(law, 2, 0.9, 1, 0));
  }
}
