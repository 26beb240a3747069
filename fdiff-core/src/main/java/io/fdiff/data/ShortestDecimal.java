package io.fdiff.data;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.Predicate;

/**
 * Numbers as text: the fewest digits that read back as the same number, and of those the closest.
 *
 * <p>{@code Double.toString} gives a digit more than needed for some numbers before JDK 19 (bug
 * JDK-4511638); here the text is the same on every JDK and in every locale. Integers have no point,
 * and an exponent is written outside {@code [1e-7, 1e16)} only.
 */
final class ShortestDecimal {

  private ShortestDecimal() {}

  static String of(double value) {
    return text(value, new BigDecimal(Double.toString(value)), text -> text.doubleValue() == value);
  }

  static String of(float value) {
    return text(value, new BigDecimal(Float.toString(value)), text -> text.floatValue() == value);
  }

  private static String text(double value, BigDecimal known, Predicate<BigDecimal> same) {
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal best = known.stripTrailingZeros();
    for (int digits = best.precision(); digits > 0; digits--) {
      BigDecimal candidate = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (!same.test(candidate)) {
        break;
      }
      best = candidate.stripTrailingZeros();
    }
    int exponent = best.precision() - best.scale() - 1;
    return exponent >= -7 && exponent < 16 ? best.toPlainString() : best.toString();
  }
}
