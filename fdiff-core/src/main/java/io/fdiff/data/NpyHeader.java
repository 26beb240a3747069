package io.fdiff.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The header of an NPY file: magic bytes, version, length, and a Python dictionary of exactly the
 * keys {@code descr}, {@code fortran_order} and {@code shape}. It is read as a literal of that one
 * form; nothing is evaluated.
 *
 * @param format how numbers stand in the file
 * @param fortran whether the first axis runs fastest
 * @param shape at least one axis, every length positive, the product a {@code long}
 */
record NpyHeader(NumberFormat format, boolean fortran, List<Long> shape) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy itself refuses headers of more than 10 000 characters. */
  private static final int MAX_HEADER = 1 << 16;

  /** NumPy's own limit. */
  private static final int MAX_AXES = 64;

  private static final Pattern TYPE = Pattern.compile("([<>|=])([a-zA-Z])(\\d{1,3})");

  static NpyHeader read(BinaryInput in) throws InvalidDataException {
    byte[] magic = in.header(MAGIC.length, ByteOrder.BIG_ENDIAN, "the magic bytes").array();
    if (!Arrays.equals(magic, MAGIC)) {
      throw in.fault(
          "byte 0",
          "begins with "
              + hex(magic)
              + ", an NPY file with 93 4E 55 4D 50 59; write it with numpy.save");
    }
    ByteBuffer version = in.header(2, ByteOrder.LITTLE_ENDIAN, "the version");
    int major = version.get(0);
    if (major < 1 || major > 3 || version.get(1) != 0) {
      throw in.fault(
          "byte 6",
          "format version "
              + Byte.toUnsignedInt(version.get(0))
              + "."
              + Byte.toUnsignedInt(version.get(1))
              + ", known are 1.0, 2.0 and 3.0; write it with numpy.save");
    }
    ByteBuffer bytes =
        in.header(major == 1 ? 2 : 4, ByteOrder.LITTLE_ENDIAN, "the length of the header");
    long length =
        major == 1
            ? Short.toUnsignedLong(bytes.getShort())
            : Integer.toUnsignedLong(bytes.getInt());
    if (length > MAX_HEADER) {
      throw in.fault(
          "byte 8",
          "a header of "
              + length
              + " bytes; more than "
              + MAX_HEADER
              + " are not accepted: write a plain array with numpy.save");
    }
    in.requireRest(length, "the header's " + length + " characters");
    long start = in.position();
    byte[] text = in.header((int) length, ByteOrder.LITTLE_ENDIAN, "the header").array();
    PythonDictionary dictionary =
        PythonDictionary.parse(in, start, new String(text, StandardCharsets.ISO_8859_1));
    List<Long> shape = requireShape(in, dictionary.shape());
    return new NpyHeader(format(in, dictionary.descr()), dictionary.fortran(), shape);
  }

  /** The bytes up to the data, filled up so that these begin at a multiple of 64. */
  static byte[] bytes(String descr, long[] shape) {
    String axes =
        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "))
            + (shape.length == 1 ? "," : "");
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + axes + "), }";
    int unpadded = MAGIC.length + 4 + text.length() + 1;
    int length = text.length() + 1 + (64 - unpadded % 64) % 64;
    ByteBuffer out = ByteBuffer.allocate(MAGIC.length + 4 + length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
    byte[] padded = new byte[length];
    Arrays.fill(padded, (byte) ' ');
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, padded, 0, ascii.length);
    padded[length - 1] = '\n';
    return out.put(padded).array();
  }

  private static NumberFormat format(BinaryInput in, String descr) throws InvalidDataException {
    Matcher type = TYPE.matcher(descr);
    if (type.matches()) {
      int width = Integer.parseInt(type.group(3));
      char order = type.group(1).charAt(0);
      boolean ordered = width == 1 ? order != '=' : order == '<' || order == '>';
      NumberFormat.Kind kind = kind(type.group(2).charAt(0), width);
      if (kind != null && ordered) {
        return new NumberFormat(
            kind, width, order == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw in.fault(
        "header",
        "data type "
            + Quoted.of(descr)
            + " is none of f4, f8, i1 to i8, u1 to u8 and b1 with a byte order; objects, records,"
            + " complex and half-precision numbers are not read: convert with a.astype('<f8')");
  }

  private static NumberFormat.@Nullable Kind kind(char letter, int width) {
    boolean integer = width == 1 || width == 2 || width == 4 || width == 8;
    return switch (letter) {
      case 'f' -> width == 4 || width == 8 ? NumberFormat.Kind.FLOATING : null;
      case 'i' -> integer ? NumberFormat.Kind.SIGNED : null;
      case 'u' -> integer ? NumberFormat.Kind.UNSIGNED : null;
      case 'b' -> width == 1 ? NumberFormat.Kind.BOOLEAN : null;
      default -> null;
    };
  }

  private static List<Long> requireShape(BinaryInput in, List<Long> shape)
      throws InvalidDataException {
    if (shape.isEmpty()) {
      throw in.fault(
          "header", "the array has no axis; write it with at least one: numpy.atleast_1d(a)");
    }
    if (shape.size() > MAX_AXES) {
      throw in.fault(
          "header",
          shape.size() + " axes; an array has at most " + MAX_AXES + ": write it with numpy.save");
    }
    long product = 1;
    for (long n : shape) {
      if (n < 1) {
        throw in.fault(
            "header",
            "shape " + shape + ": every axis needs at least one entry; write data that are there");
      }
      // Eight bytes for each value must be a long, too.
      if (product > Long.MAX_VALUE / Double.BYTES / n) {
        throw in.fault(
            "header",
            "shape " + shape + " has more than 2^60 values; no file holds them: get it anew");
      }
      product *= n;
    }
    return shape;
  }

  /** Number of values. */
  long length() {
    return shape.stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b);
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%s%02X", text.length() == 0 ? "" : " ", b));
    }
    return text.toString();
  }
}
