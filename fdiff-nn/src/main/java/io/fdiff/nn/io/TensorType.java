package io.fdiff.nn.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The types of a safetensors file that can be read, and as what: 16-bit floats are widened to
 * FLOAT, small integers and truth values to INT; no value changes.
 */
enum TensorType {
  F64(8, DataType.DOUBLE),
  F32(4, DataType.FLOAT),
  F16(2, DataType.FLOAT),
  BF16(2, DataType.FLOAT),
  I64(8, DataType.INT64),
  U32(4, DataType.INT64),
  I32(4, DataType.INT32),
  I16(2, DataType.INT32),
  U16(2, DataType.INT32),
  I8(1, DataType.INT32),
  U8(1, DataType.INT32),
  BOOL(1, DataType.INT32);

  private static final int HALF_MANTISSA = 10;
  private static final int HALF_EXPONENTS = 0x1f;

  private final int width;
  private final DataType array;

  TensorType(int width, DataType array) {
    this.width = width;
    this.array = array;
  }

  /** Bytes of a value in the file. */
  int width() {
    return width;
  }

  /** The type of the array that is read. */
  DataType array() {
    return array;
  }

  /** The type of this name. */
  static Optional<TensorType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** The type that an array is written as without change, if there is one. */
  static Optional<TensorType> of(DataType type) {
    return Stream.of(F64, F32, I64, I32).filter(each -> each.array == type).findFirst();
  }

  /** Values to bytes, of a type that {@link #of} gives. */
  void write(DataBuffer values, int from, int count, ByteBuffer bytes) {
    switch (this) {
      case F64 -> bytes.asDoubleBuffer().put(values.asNioDouble().slice(from, count));
      case F32 -> bytes.asFloatBuffer().put(values.asNioFloat().slice(from, count));
      case I64 -> bytes.asLongBuffer().put(values.asNioLong().slice(from, count));
      case I32 -> bytes.asIntBuffer().put(values.asNioInt().slice(from, count));
      default -> throw new IllegalStateException(this + " is only read");
    }
  }

  /** Bytes to values. */
  void read(ByteBuffer bytes, DataBuffer values, int from, int count) {
    switch (this) {
      case F64 -> values.asNioDouble().position(from).put(bytes.asDoubleBuffer());
      case F32 -> values.asNioFloat().position(from).put(bytes.asFloatBuffer());
      case I64 -> values.asNioLong().position(from).put(bytes.asLongBuffer());
      case I32 -> values.asNioInt().position(from).put(bytes.asIntBuffer());
      case F16, BF16 -> {
        var floats = values.asNioFloat().position(from);
        for (int i = 0; i < count; i++) {
          short bits = bytes.getShort();
          floats.put(this == F16 ? half(bits) : Float.intBitsToFloat(bits << 16));
        }
      }
      case U32 -> {
        var longs = values.asNioLong().position(from);
        for (int i = 0; i < count; i++) {
          longs.put(Integer.toUnsignedLong(bytes.getInt()));
        }
      }
      default -> {
        var ints = values.asNioInt().position(from);
        for (int i = 0; i < count; i++) {
          ints.put(small(bytes));
        }
      }
    }
  }

  private int small(ByteBuffer bytes) {
    return switch (this) {
      case I16 -> bytes.getShort();
      case U16 -> Short.toUnsignedInt(bytes.getShort());
      case I8 -> bytes.get();
      default -> Byte.toUnsignedInt(bytes.get());
    };
  }

  /** IEEE 754 binary16. Not-a-numbers keep sign and payload. */
  private static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> HALF_MANTISSA) & HALF_EXPONENTS;
    int mantissa = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == HALF_EXPONENTS ? 0xff : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
  }
}
