package io.fdiff.covariance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartialSumsTest {

  private static PartialSums power(double p, int n) {
    return PartialSums.of(IntStream.rangeClosed(1, n).mapToDouble(k -> Math.pow(k, -p)).toArray());
  }

  @Test
  void sumsAreTakenOverDoublingNumbersOfTerms() {
    PartialSums s = PartialSums.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(s.counts()).containsExactly(2, 4, 9);
    assertThat(s.sums()).containsExactly(3, 10, 45);
    assertThat(s.total()).isEqualTo(45);
  }

  @Test
  void growthExponentOfPowersIsOneMinusTheExponent() {
    // Euler–Maclaurin: the increments deviate from n^{1−p} by a relative O(1/n).
    for (double p : new double[] {0, 0.5, 1, 1.2, 2, 3}) {
      assertThat(power(p, 1 << 16).growthExponent()).isCloseTo(1 - p, within(1e-3));
    }
  }

  @Test
  void finiteSeriesAndInfiniteTermsAreTold() {
    assertThat(PartialSums.of(1, 1, 0, 0, 0, 0, 0, 0).growthExponent())
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(PartialSums.of(1, 1, 1, Double.POSITIVE_INFINITY).growthExponent())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(PartialSums.of(0, 0, 0, 0, 1, 1, 1, 1).growthExponent())
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void badTermsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PartialSums.of(1, 2, 3))
        .withMessageContaining("3 terms");
    for (double bad : new double[] {-1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PartialSums.of(1, 1, bad, 1))
          .withMessageContaining("term 2 is " + bad);
    }
  }
}
