package io.fdiff.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How numbers stand in a binary file; all are decoded to double precision exactly.
 *
 * @param kind what a number is
 * @param width bytes of a number
 * @param order byte order
 */
record NumberFormat(Kind kind, int width, ByteOrder order) {

  /** What a number is. */
  enum Kind {
    FLOATING,
    SIGNED,
    UNSIGNED,
    BOOLEAN
  }

  /** Above it a double does not hold every integer. */
  private static final long MAX_EXACT = 1L << 53;

  /**
   * Decodes numbers.
   *
   * @return index of the first one that breaks {@link #rule}, or −1
   */
  int decode(byte[] bytes, int count, double[] out, int offset) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(order);
    for (int i = 0; i < count; i++) {
      double value =
          switch (kind) {
            case FLOATING -> width == Float.BYTES ? in.getFloat() : in.getDouble();
            case SIGNED -> signed(in);
            case UNSIGNED -> unsigned(in);
            case BOOLEAN -> truth(in.get());
          };
      // An integer never decodes to NaN otherwise.
      if (kind != Kind.FLOATING && Double.isNaN(value)) {
        return i;
      }
      out[offset + i] = value;
    }
    return -1;
  }

  private double signed(ByteBuffer in) {
    return switch (width) {
      case 1 -> in.get();
      case 2 -> in.getShort();
      case 3 -> triple(in);
      case 4 -> in.getInt();
      default -> exact(in.getLong());
    };
  }

  private double unsigned(ByteBuffer in) {
    return switch (width) {
      case 1 -> Byte.toUnsignedInt(in.get());
      case 2 -> Short.toUnsignedInt(in.getShort());
      case 4 -> Integer.toUnsignedLong(in.getInt());
      default -> {
        long value = in.getLong();
        yield value < 0 ? Double.NaN : exact(value);
      }
    };
  }

  private double triple(ByteBuffer in) {
    int a = Byte.toUnsignedInt(in.get());
    int b = Byte.toUnsignedInt(in.get());
    int c = Byte.toUnsignedInt(in.get());
    int high = order == ByteOrder.LITTLE_ENDIAN ? c : a;
    int low = order == ByteOrder.LITTLE_ENDIAN ? a : c;
    return (byte) high << 16 | b << 8 | low;
  }

  private static double truth(byte value) {
    return value == 0 || value == 1 ? value : Double.NaN;
  }

  private static double exact(long value) {
    return value >= -MAX_EXACT && value <= MAX_EXACT ? value : Double.NaN;
  }

  /** The rule that a number may break. */
  String rule() {
    return kind == Kind.BOOLEAN
        ? "a truth value is neither 0 nor 1"
        : "an integer lies outside [-2^53, 2^53], where double precision holds every one";
  }
}
