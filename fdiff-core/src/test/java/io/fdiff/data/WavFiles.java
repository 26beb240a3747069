package io.fdiff.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** WAV files put together by hand. */
final class WavFiles {

  private WavFiles() {}

  static byte[] chunk(String id, byte[] content) {
    return chunk(id, content.length, content);
  }

  /** A chunk that may lie about its length; padded to an even one. */
  static byte[] chunk(String id, int size, byte[] content) {
    ByteBuffer out =
        ByteBuffer.allocate(8 + content.length + (content.length & 1))
            .order(ByteOrder.LITTLE_ENDIAN);
    return out.put(id.getBytes(StandardCharsets.US_ASCII)).putInt(size).put(content).array();
  }

  static byte[] format(int tag, int channels, int rate, int bits) {
    int block = channels * bits / 8;
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) tag)
        .putShort((short) channels)
        .putInt(rate)
        .putInt(rate * block)
        .putShort((short) block)
        .putShort((short) bits)
        .array();
  }

  static byte[] riff(byte[]... chunks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("WAVE".getBytes(StandardCharsets.US_ASCII));
    for (byte[] chunk : chunks) {
      body.writeBytes(chunk);
    }
    return chunk("RIFF", body.toByteArray());
  }

  static byte[] sound(int tag, int channels, int rate, int bits, byte... data) {
    return riff(chunk("fmt ", format(tag, channels, rate, bits)), chunk("data", data));
  }
}
