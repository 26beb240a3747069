package io.fdiff.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** NPY files put together by hand. */
final class NpyFiles {

  private NpyFiles() {}

  static byte[] file(int major, String header, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length);
    out.write(length.array(), 0, major == 1 ? 2 : 4);
    out.writeBytes(text);
    out.writeBytes(data);
    return out.toByteArray();
  }

  static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '"
        + descr
        + "', 'fortran_order': "
        + (fortran ? "True" : "False")
        + ", 'shape': "
        + shape
        + ", }\n";
  }

  static byte[] file(String descr, String shape, byte[] data) {
    return file(1, header(descr, false, shape), data);
  }

  /** Numbers in the form of a type such as {@code <f4}. */
  static byte[] bytes(String descr, double... values) {
    int width = descr.charAt(2) - '0';
    ByteBuffer out =
        ByteBuffer.allocate(width * values.length)
            .order(descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (descr.substring(1)) {
        case "f4" -> out.putFloat((float) value);
        case "f8" -> out.putDouble(value);
        case "i1", "u1", "b1" -> out.put((byte) (int) value);
        case "i2", "u2" -> out.putShort((short) (int) value);
        case "i4", "u4" -> out.putInt((int) (long) value);
        case "i8", "u8" -> out.putLong((long) value);
        default -> throw new AssertionError(descr);
      }
    }
    return out.array();
  }
}
