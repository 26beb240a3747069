package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

class WavReaderTest {

  @TempDir Path directory;

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("sound.wav"), content);
  }

  /** Two frames of two channels from the JDK's writer: extremes and steps of one. */
  @ParameterizedTest
  @CsvSource({"8", "16", "24", "32"})
  void readsWhatTheJdkWrites(int bits) throws IOException {
    long half = 1L << (bits - 1);
    long[] samples = {-half, half - 1, 0, 1, -1, half / 2};
    ByteBuffer data = ByteBuffer.allocate(6 * bits / 8);
    for (long sample : samples) {
      long stored = bits == 8 ? sample + half : sample;
      for (int b = 0; b < bits; b += 8) {
        data.put((byte) (stored >> b));
      }
    }
    AudioFormat.Encoding encoding =
        bits == 8 ? AudioFormat.Encoding.PCM_UNSIGNED : AudioFormat.Encoding.PCM_SIGNED;
    AudioFormat format = new AudioFormat(encoding, 11025, bits, 2, bits / 4, 11025, false);
    Path file = directory.resolve("jdk.wav");
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(data.array()), format, 3),
        AudioFileFormat.Type.WAVE,
        file.toFile());
    WavReader.Recording recording = WavReader.read(file);
    assertThat(recording.sampleRate()).isEqualTo(11025);
    assertThat(recording.seconds()).isEqualTo(3.0 / 11025);
    assertThat(recording.samples().dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(recording.samples().shape()).containsExactly(2, 3);
    assertThat(TestFunctions.values(recording.samples()))
        .containsExactly(-1, 0, -1.0 / half, (half - 1.0) / half, 1.0 / half, 0.5);
  }

  @Test
  void readsFloatsAsTheyAre() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(0.1f).putFloat(-1.5f);
    Path single = file(WavFiles.sound(3, 1, 8000, 32, Arrays.copyOf(data.array(), 8)));
    assertThat(TestFunctions.values(WavReader.read(single).samples())).containsExactly(0.1f, -1.5f);
    data.clear().putDouble(0.1).putDouble(1).putDouble(2).putDouble(3);
    Path wide = file(WavFiles.sound(3, 2, 8000, 64, data.array()));
    assertThat(TestFunctions.values(WavReader.read(wide).samples())).containsExactly(0.1, 2, 1, 3);
    data.clear().putFloat(1).putFloat(Float.NaN);
    Path gap = file(WavFiles.sound(3, 1, 8000, 32, Arrays.copyOf(data.array(), 8)));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> WavReader.read(gap))
        .withMessageContaining("frame 1, channel 0: the sample is NaN; samples must be finite");
  }

  private static byte[] extensible(int tag, int bits) {
    byte[] format = Arrays.copyOf(WavFiles.format(0xfffe, 1, 8000, bits), 40);
    format[16] = 22;
    format[24] = (byte) tag;
    byte[] tail = {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71};
    System.arraycopy(tail, 0, format, 26, tail.length);
    return format;
  }

  @Test
  void passesOverOtherChunksAndReadsTheExtensibleForm() throws IOException {
    Path file =
        file(
            WavFiles.riff(
                WavFiles.chunk("LIST", new byte[] {1, 2, 3}),
                WavFiles.chunk("fmt ", extensible(1, 16)),
                WavFiles.chunk("fact", new byte[4]),
                WavFiles.chunk("data", new byte[] {0, 64, 0, -64}),
                WavFiles.chunk("LIST", new byte[5])));
    assertThat(TestFunctions.values(WavReader.read(file).samples())).containsExactly(0.5, -0.5);
    byte[] foreign = extensible(1, 16);
    foreign[39] = 0;
    Path other =
        file(WavFiles.riff(WavFiles.chunk("fmt ", foreign), WavFiles.chunk("data", new byte[2])));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> WavReader.read(other))
        .withMessageContaining("format FFFE with 16 bits");
  }

  /** Three samples of 8 bits, whose chunk is padded; writers differ in whether it counts. */
  @Test
  void thePaddingOfTheLastChunkMayOrMayNotCount() throws IOException {
    byte[] counted = WavFiles.sound(1, 1, 8000, 8, (byte) 0, (byte) 128, (byte) 192);
    byte[] notCounted = counted.clone();
    notCounted[4]--;
    for (byte[] form : new byte[][] {counted, notCounted, Arrays.copyOf(notCounted, 47)}) {
      assertThat(TestFunctions.values(WavReader.read(file(form)).samples()))
          .containsExactly(-1, 0, 0.5);
    }
  }

  static Stream<Arguments> faults() {
    byte[] good = WavFiles.sound(1, 1, 8000, 16, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
    byte[] flac = good.clone();
    flac[0] = 'f';
    byte[] endless = good.clone();
    Arrays.fill(endless, 40, 44, (byte) -1);
    byte[] noRiff = good.clone();
    Arrays.fill(noRiff, 4, 8, (byte) -1);
    byte[] fmt = WavFiles.chunk("fmt ", WavFiles.format(1, 1, 8000, 16));
    byte[] data = WavFiles.chunk("data", new byte[4]);
    byte[] blocks = WavFiles.format(1, 2, 8000, 16);
    blocks[12] = 3;
    return Stream.of(
        arguments("empty", new byte[0], "the file is empty; expected a WAV file"),
        arguments("cut in the head", Arrays.copyOf(good, 7), "ends within the RIFF header"),
        arguments("cut in the format", Arrays.copyOf(good, 30), "ends at byte 48, the file at"),
        arguments("cut in the data", Arrays.copyOf(good, 46), "ends at byte 48, the file at"),
        arguments("trailing", Arrays.copyOf(good, 50), "ends at byte 48, the file at byte 50"),
        arguments("wrong magic", flac, "begins with \"fIFF\" and \"WAVE\", a WAV file with"),
        arguments("endless", endless, "chunk \"data\" of 4294967295 bytes where 4 are left"),
        arguments("endless RIFF", noRiff, "the RIFF chunk ends at byte 4294967303, the file at"),
        arguments("no chunk", WavFiles.riff(), "the chunks end without a format"),
        arguments("no data", WavFiles.riff(fmt), "the chunks end without sound data"),
        arguments("data first", WavFiles.riff(data, fmt), "sound data before their format"),
        arguments("two formats", WavFiles.riff(fmt, fmt, data), "16 bytes, the second one"),
        arguments(
            "short format",
            WavFiles.riff(WavFiles.chunk("fmt ", new byte[14]), data),
            "chunk \"fmt \" of 14 bytes; there is one of 16 to 1024"),
        arguments("empty data", WavFiles.sound(1, 1, 8000, 16), "0 bytes of sound data are no"),
        arguments("half a frame", WavFiles.sound(1, 2, 8000, 16, new byte[6]), "6 bytes of sound"),
        arguments("A-law", WavFiles.sound(6, 1, 8000, 8, new byte[4]), "format 0006 with 8 bits"),
        arguments("12 bits", WavFiles.sound(1, 1, 8000, 12, new byte[4]), "0001 with 12 bits"),
        arguments("no channel", WavFiles.sound(1, 0, 8000, 16, new byte[4]), "0 channels at"),
        arguments("no rate", WavFiles.sound(1, 1, 0, 16, new byte[4]), "1 channels at 0 Hz"),
        arguments("negative rate", WavFiles.sound(1, 1, -1, 16, new byte[4]), "4294967295 Hz"),
        arguments(
            "lying frames",
            WavFiles.riff(WavFiles.chunk("fmt ", blocks), data),
            "2 channels at 8000 Hz in frames of 3 bytes"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void faultsNamePlaceValueAndRule(String name, byte[] content, String expected)
      throws IOException {
    Path file = file(content);
    Faults.assertFault(file, expected, () -> WavReader.read(file));
  }

  private Path clip(String name, int rate, double... samples) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(4 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double sample : samples) {
      data.putFloat((float) sample);
    }
    return Files.write(directory.resolve(name), WavFiles.sound(3, 2, rate, 32, data.array()));
  }

  @Test
  void clipsAreFunctionsOfTime() throws IOException {
    Path longer = clip("a.wav", 4, 1, -1, 2, -2, 3, -3);
    Path shorter = clip("b.wav", 4, 5, -5);
    FunctionDataset clips = WavReader.clips(List.of(longer, shorter), 2, WavReader.Fit.CROP_OR_PAD);
    assertThat(clips.grid())
        .isEqualTo(RegularGrid.of(List.of(new Interval(0, 0.5)), RegularGrid.Layout.CELL, 2));
    assertThat(clips.values().shape()).containsExactly(2, 2, 2);
    assertThat(clips.toDoubles()).containsExactly(1, 2, -1, -2, 5, 0, -5, 0);
    assertThat(WavReader.clips(List.of(longer), 2, WavReader.Fit.CROP).toDoubles())
        .containsExactly(1, 2, -1, -2);
    assertThat(WavReader.clips(List.of(shorter), 2, WavReader.Fit.PAD).toDoubles())
        .containsExactly(5, 0, -5, 0);
    assertThat(WavReader.clips(List.of(longer), 3, WavReader.Fit.EXACT).toDoubles())
        .containsExactly(1, 2, 3, -1, -2, -3);
    for (WavReader.Fit fit : List.of(WavReader.Fit.EXACT, WavReader.Fit.PAD)) {
      assertThatExceptionOfType(InvalidDataException.class)
          .isThrownBy(() -> WavReader.clips(List.of(longer), 2, fit))
          .withMessageContaining("a.wav: 3 frames where 2 are asked for; give Fit.CROP");
    }
    for (WavReader.Fit fit : List.of(WavReader.Fit.EXACT, WavReader.Fit.CROP)) {
      assertThatExceptionOfType(InvalidDataException.class)
          .isThrownBy(() -> WavReader.clips(List.of(longer, shorter), 3, fit))
          .withMessageContaining("b.wav: 1 frames where 3 are asked for; give Fit.PAD");
    }
    Path slower = clip("c.wav", 2, 0, 0);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> WavReader.clips(List.of(shorter, slower), 2, WavReader.Fit.PAD))
        .withMessageContaining("c.wav: 2 channels at 2 Hz; the first file has 2 at 4 Hz");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WavReader.clips(List.of(), 2, WavReader.Fit.PAD))
        .withMessageContaining("0 files");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WavReader.clips(List.of(longer), 1, WavReader.Fit.PAD))
        .withMessageContaining("1 frames");
  }

  /** Lengths, total duration and levels from the index and the description of the data. */
  @Test
  void readsSpokenDigits() throws IOException {
    Path index = DataSets.require("spoken_digits/index.csv");
    double seconds = 0;
    double softest = 1;
    double loudest = 0;
    for (String line : Files.readAllLines(index).subList(1, 241)) {
      String[] cells = line.split(",", -1);
      WavReader.Recording recording =
          WavReader.read(DataSets.require("spoken_digits/wav/" + cells[0]));
      assertThat(recording.sampleRate()).isEqualTo(8000);
      assertThat(recording.samples().shape()).containsExactly(1, Integer.parseInt(cells[6]));
      assertThat(recording.seconds()).isEqualTo(Double.parseDouble(cells[7]));
      seconds += recording.seconds();
      double level = TestFunctions.max(TestFunctions.values(recording.samples()));
      softest = Math.min(softest, level);
      loudest = Math.max(loudest, level);
    }
    assertThat(seconds).isCloseTo(103.5, within(0.05));
    assertThat(softest).isEqualTo(424 / 32768.0);
    assertThat(loudest).isEqualTo(31297 / 32768.0);
  }
}
