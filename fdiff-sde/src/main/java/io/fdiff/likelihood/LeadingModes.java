package io.fdiff.likelihood;

import io.fdiff.sde.CommonModes;
import java.util.stream.IntStream;

/** The modes of largest noise, in descending order. */
final class LeadingModes {

  private LeadingModes() {}

  /** All modes that have noise. */
  static int[] of(CommonModes modes) {
    return IntStream.range(0, modes.size())
        .filter(k -> modes.noise(k) > 0)
        .boxed()
        .sorted((a, b) -> Double.compare(modes.noise(b), modes.noise(a)))
        .mapToInt(k -> k)
        .toArray();
  }
}
