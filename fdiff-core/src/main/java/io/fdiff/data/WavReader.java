package io.fdiff.data;

import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sound from RIFF/WAVE files: linear PCM of 8 (unsigned), 16, 24 and 32 bits and floating point of
 * 32 and 64 bits, of one or more channels, also in the extensible form.
 *
 * <p>Integers are divided by half the number of their values, {@code 2^(bits − 1)}, so that they
 * lie in {@code [−1, 1)}; 8-bit samples are centred at 128 first. Floating-point samples are taken
 * as they are: their full scale is {@code [−1, 1]}, and none is clipped.
 *
 * <p>Every method throws {@link InvalidDataException} if a file is missing, unreadable, cut off,
 * longer than it says, compressed, or breaks the format; the message names file, place, value, rule
 * and remedy. Every length in the file is compared with that of the file before memory is taken.
 */
public final class WavReader {

  /**
   * A recording.
   *
   * @param samples {@code [channels, frames]}, DOUBLE, finite, full scale {@code [−1, 1]}
   * @param sampleRate frames a second
   */
  public record Recording(INDArray samples, int sampleRate) {

    /**
     * The duration.
     *
     * @return {@code frames/sampleRate}, seconds
     */
    public double seconds() {
      return (double) samples.size(1) / sampleRate;
    }
  }

  /** What to do with recordings of another length than asked for. */
  public enum Fit {
    /** Refuse them. */
    EXACT,
    /** Keep the beginning of longer ones, refuse shorter ones. */
    CROP,
    /** Follow shorter ones by silence (zeros), refuse longer ones. */
    PAD,
    /** Keep the beginning of longer ones, follow shorter ones by silence. */
    CROP_OR_PAD
  }

  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int EXTENSIBLE = 0xfffe;
  private static final int MAX_CHANNELS = 1 << 10;

  /** The sub-format identifiers of PCM and floating point differ in their first two bytes only. */
  private static final byte[] SUBFORMAT_TAIL = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
  };

  private WavReader() {}

  private record Sound(NumberFormat format, int channels, int sampleRate, int frames) {}

  /**
   * The recording in a file.
   *
   * @param file the file
   * @return samples and sample rate
   * @throws IOException if the file cannot be read, as stated for the class
   */
  public static Recording read(Path file) throws IOException {
    try (BinaryInput in = open(file)) {
      Sound sound = seekData(in);
      double[] values = new double[sound.channels() * sound.frames()];
      channels(file, in, sound, sound.frames(), values, 0, sound.frames());
      return new Recording(
          Nd4j.createFromArray(values).reshape('c', sound.channels(), sound.frames()),
          sound.sampleRate());
    }
  }

  /**
   * Recordings as functions of time on {@code [0, frames/sampleRate]} seconds, on a {@code CELL}
   * grid: a sample stands for its sampling interval, in whose middle its point lies.
   *
   * @param files at least one file; all have the same sample rate and number of channels
   * @param frames number of points of each function, at least 2
   * @param fit what to do with recordings of another length
   * @return functions {@code [files, channels, frames]} in the order of the files
   * @throws IllegalArgumentException if there is no file or {@code frames} is below 2
   * @throws IOException if a file cannot be read, as stated for the class, differs in sample rate
   *     or channels from the first one, or in length where {@code fit} does not allow it
   */
  public static FunctionDataset clips(List<Path> files, int frames, Fit fit) throws IOException {
    List<Path> all = List.copyOf(files);
    Objects.requireNonNull(fit, "fit");
    if (all.isEmpty() || frames < 2) {
      throw new IllegalArgumentException(
          all.size() + " files, " + frames + " frames: give at least 1 file and 2 frames");
    }
    @Nullable Sound first = null;
    double[] values = {};
    for (int b = 0; b < all.size(); b++) {
      Path file = all.get(b);
      try (BinaryInput in = open(file)) {
        Sound sound = seekData(in);
        if (first == null) {
          first = sound;
          long length = Math.multiplyExact((long) all.size() * first.channels(), (long) frames);
          in.requireMemory(length, all.size() + " clips of " + frames + " frames");
          values = new double[(int) length];
        }
        requireAlike(in, sound, first);
        requireLength(in, sound.frames(), frames, fit);
        int kept = Math.min(sound.frames(), frames);
        channels(file, in, sound, kept, values, b * sound.channels() * frames, frames);
      }
    }
    Objects.requireNonNull(first);
    Interval time = new Interval(0, (double) frames / first.sampleRate());
    RegularGrid grid = RegularGrid.of(List.of(time), RegularGrid.Layout.CELL, frames);
    return FunctionDataset.owning(grid, first.channels(), values);
  }

  private static void requireAlike(BinaryInput in, Sound sound, Sound first)
      throws InvalidDataException {
    if (sound.channels() != first.channels() || sound.sampleRate() != first.sampleRate()) {
      throw in.fault(
          sound.channels()
              + " channels at "
              + sound.sampleRate()
              + " Hz; the first file has "
              + first.channels()
              + " at "
              + first.sampleRate()
              + " Hz: convert the file, as one set has one rate and number of channels");
    }
  }

  private static void requireLength(BinaryInput in, int found, int frames, Fit fit)
      throws InvalidDataException {
    boolean crop = fit == Fit.CROP || fit == Fit.CROP_OR_PAD;
    boolean pad = fit == Fit.PAD || fit == Fit.CROP_OR_PAD;
    if ((found > frames && !crop) || (found < frames && !pad)) {
      throw in.fault(
          found
              + " frames where "
              + frames
              + " are asked for; give "
              + (found > frames ? "Fit.CROP" : "Fit.PAD")
              + " or Fit.CROP_OR_PAD to allow it, or leave the file out");
    }
  }

  private static BinaryInput open(Path file) throws InvalidDataException {
    return BinaryInput.open(Objects.requireNonNull(file, "file"), "a WAV file");
  }

  /** Reads interleaved frames into channel rows that are {@code stride} apart. */
  private static void channels(
      Path file, BinaryInput in, Sound sound, int frames, double[] out, int offset, int stride)
      throws InvalidDataException {
    int channels = sound.channels();
    NumberFormat format = sound.format();
    double half = Math.scalb(1.0, 8 * format.width() - 1);
    double[] interleaved = new double[channels * frames];
    in.values(format, interleaved, 0, interleaved.length, "the sound data");
    for (int i = 0; i < interleaved.length; i++) {
      double value =
          switch (format.kind()) {
            case FLOATING -> interleaved[i];
            case UNSIGNED -> (interleaved[i] - half) / half;
            default -> interleaved[i] / half;
          };
      if (!Double.isFinite(value)) {
        throw new InvalidDataException(
            file,
            "frame " + i / channels + ", channel " + i % channels,
            "the sample is " + value + "; samples must be finite: mend the recording");
      }
      out[offset + i % channels * stride + i / channels] = value;
    }
  }

  /** Walks the chunks, checks all of them, and stops at the first byte of the sound data. */
  private static Sound seekData(BinaryInput in) throws InvalidDataException {
    ByteBuffer riff = in.header(12, ByteOrder.LITTLE_ENDIAN, "the RIFF header");
    String form = ascii(riff, 0);
    if (!form.equals("RIFF") || !ascii(riff, 8).equals("WAVE")) {
      throw in.fault(
          "byte 0",
          "begins with "
              + Quoted.of(form)
              + " and "
              + Quoted.of(ascii(riff, 8))
              + ", a WAV file with \"RIFF\" and \"WAVE\"; convert the file to WAV");
    }
    long end = 8 + Integer.toUnsignedLong(riff.getInt(4));
    // Writers differ in whether the byte that pads the last chunk counts.
    if (end != in.stored() && end + (end & 1) != in.stored()) {
      throw in.fault(
          "byte 4",
          "the RIFF chunk ends at byte "
              + end
              + ", the file at byte "
              + in.stored()
              + "; the file is cut off or was written as an endless stream: save it anew");
    }
    @Nullable ByteBuffer fmt = null;
    while (true) {
      if (end - in.position() < 8) {
        throw in.fault(
            "byte " + in.position(),
            "the chunks end without "
                + (fmt == null ? "a format" : "sound data")
                + "; a WAV file has a chunk \"fmt \" and then a chunk \"data\": get it anew");
      }
      long place = in.position();
      ByteBuffer head = in.header(8, ByteOrder.LITTLE_ENDIAN, "the head of a chunk");
      String id = ascii(head, 0);
      long size = Integer.toUnsignedLong(head.getInt(4));
      if (size > end - in.position()) {
        throw in.fault(
            "byte " + place,
            "chunk "
                + Quoted.of(id)
                + " of "
                + size
                + " bytes where "
                + (end - in.position())
                + " are left; the file is cut off or was written as an endless stream: save it"
                + " anew");
      }
      switch (id) {
        case "fmt " -> {
          if (fmt != null || size < 16 || size > 1 << 10) {
            throw in.fault(
                "byte " + place,
                "chunk \"fmt \" of "
                    + size
                    + (fmt == null ? " bytes" : " bytes, the second one")
                    + "; there is one of 16 to 1024 bytes: save the file anew");
          }
          fmt = in.header((int) size, ByteOrder.LITTLE_ENDIAN, "the format");
          skipPadding(in, size, end);
        }
        case "data" -> {
          if (fmt == null) {
            throw in.fault(
                "byte " + place,
                "sound data before their format; \"fmt \" precedes \"data\": save the file anew");
          }
          return sound(in, fmt, size);
        }
        default -> {
          in.skip(size, "chunk " + Quoted.of(id));
          skipPadding(in, size, end);
        }
      }
    }
  }

  /** Chunks begin at even positions. */
  private static void skipPadding(BinaryInput in, long size, long end) throws InvalidDataException {
    if ((size & 1) == 1 && in.position() < end) {
      in.skip(1, "the padding of a chunk");
    }
  }

  private static Sound sound(BinaryInput in, ByteBuffer fmt, long size)
      throws InvalidDataException {
    int tag = Short.toUnsignedInt(fmt.getShort(0));
    int channels = Short.toUnsignedInt(fmt.getShort(2));
    int rate = fmt.getInt(4);
    int block = Short.toUnsignedInt(fmt.getShort(12));
    int bits = Short.toUnsignedInt(fmt.getShort(14));
    NumberFormat format = format(tag == EXTENSIBLE ? subformat(fmt) : tag, bits);
    if (format == null) {
      throw in.fault(
          "chunk \"fmt \"",
          String.format(
              "format %04X with %d bits; read are PCM of 8, 16, 24 and 32 bits and floating point"
                  + " of 32 and 64: convert the file",
              tag, bits));
    }
    if (channels < 1 || channels > MAX_CHANNELS || rate < 1 || block != channels * bits / 8) {
      throw in.fault(
          "chunk \"fmt \"",
          channels
              + " channels at "
              + Integer.toUnsignedString(rate)
              + " Hz in frames of "
              + block
              + " bytes; there are 1 to "
              + MAX_CHANNELS
              + " channels, a positive rate, and "
              + bits / 8
              + " bytes for each channel of a frame: save the file anew");
    }
    if (size == 0 || size % block != 0) {
      throw in.fault(
          "byte " + in.position(),
          size
              + " bytes of sound data are no whole positive number of frames of "
              + block
              + " bytes; the file is cut off or empty: save it anew");
    }
    in.requireMemory(2 * (size / block) * channels, "sound data of " + size / block + " frames");
    return new Sound(format, channels, rate, (int) (size / block));
  }

  /** The format code that an extensible format stands for, 0 if there is none. */
  private static int subformat(ByteBuffer fmt) {
    if (fmt.capacity() < 40) {
      return 0;
    }
    for (int i = 0; i < SUBFORMAT_TAIL.length; i++) {
      if (fmt.get(26 + i) != SUBFORMAT_TAIL[i]) {
        return 0;
      }
    }
    return Short.toUnsignedInt(fmt.getShort(24));
  }

  private static @Nullable NumberFormat format(int tag, int bits) {
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    boolean whole = bits == 16 || bits == 24 || bits == 32;
    if (tag == PCM && bits == 8) {
      return new NumberFormat(NumberFormat.Kind.UNSIGNED, 1, order);
    }
    if (tag == PCM && whole) {
      return new NumberFormat(NumberFormat.Kind.SIGNED, bits / 8, order);
    }
    boolean real = tag == FLOAT && (bits == 32 || bits == 64);
    return real ? new NumberFormat(NumberFormat.Kind.FLOATING, bits / 8, order) : null;
  }

  private static String ascii(ByteBuffer bytes, int from) {
    byte[] text = new byte[4];
    bytes.get(from, text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
