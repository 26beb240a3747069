package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import io.fdiff.space.TestFunctions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class NpyReaderTest {

  @TempDir Path directory;

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("array.npy"), content);
  }

  @ParameterizedTest
  @CsvSource({
    "<f4, -1.5, 3.4028234663852886E38",
    ">f4, -1.5, 1.401298464324817E-45",
    "<f8, -0.1, 1.7976931348623157E308",
    ">f8, -0.1, 4.9E-324",
    "|u1, 0, 255",
    "|i1, -128, 127",
    "|b1, 0, 1",
    "<i2, -32768, 32767",
    ">i2, -32768, 258",
    "<u2, 0, 65535",
    ">u2, 1, 65534",
    "<i4, -2147483648, 2147483647",
    ">i4, -2147483648, 16909060",
    "<u4, 0, 4294967295",
    "<i8, -9007199254740992, 9007199254740992",
    ">i8, -9007199254740992, 72623859790382",
    "<u8, 0, 9007199254740992"
  })
  void readsEveryTypeExactly(String descr, double low, double high) throws IOException {
    Path file = file(NpyFiles.file(descr, "(2, 1)", NpyFiles.bytes(descr, low, high)));
    INDArray array = NpyReader.read(file);
    assertThat(array.dataType()).isEqualTo(descr.endsWith("f4") ? DataType.FLOAT : DataType.DOUBLE);
    assertThat(array.shape()).containsExactly(2, 1);
    assertThat(TestFunctions.values(array)).containsExactly(low, high);
  }

  @Test
  void turnsFortranOrderIntoC() throws IOException {
    int[] n = {2, 3, 4};
    double[] c = new double[24];
    double[] fortran = new double[24];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          c[(i * n[1] + j) * n[2] + k] = 100 * i + 10 * j + k;
          fortran[i + n[0] * (j + n[1] * k)] = 100 * i + 10 * j + k;
        }
      }
    }
    byte[] data = NpyFiles.bytes("<f8", fortran);
    Path file = file(NpyFiles.file(1, NpyFiles.header("<f8", true, "(2, 3, 4)"), data));
    assertThat(TestFunctions.values(NpyReader.read(file))).containsExactly(c);
    assertThat(NpyReader.read(file, RegularGrid.unit(3, 4)).toDoubles()).containsExactly(c);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.read(file, 0, 1))
        .withMessageContaining("Fortran order")
        .withMessageContaining("numpy.ascontiguousarray");
    Path line = file(NpyFiles.file(1, NpyFiles.header("<f8", true, "(24,)"), data));
    assertThat(TestFunctions.values(NpyReader.read(line))).containsExactly(fortran);
  }

  @Test
  void readsAllVersionsAndSpellings() throws IOException {
    byte[] data = NpyFiles.bytes("<i2", 7, -8);
    for (int version = 1; version <= 3; version++) {
      for (String header :
          new String[] {
            NpyFiles.header("<i2", false, "(2,)"),
            "{\"shape\":(2L,),\t\"descr\" :'<i2','fortran_order':False}",
            "  { 'fortran_order' : True, 'descr' : \"<i2\" , 'shape' : ( 2 , 1 ) , }     \n"
          }) {
        Path file = file(NpyFiles.file(version, header, data));
        assertThat(TestFunctions.values(NpyReader.read(file))).containsExactly(7, -8);
        assertThat(NpyReader.shape(file)[0]).isEqualTo(2);
      }
    }
  }

  @Test
  void keepsNotANumberInArraysAndRefusesItInSets() throws IOException {
    byte[] data = NpyFiles.bytes("<f4", 1, Double.NaN, Double.NEGATIVE_INFINITY, 2);
    Path file = file(NpyFiles.file("<f4", "(2, 2)", data));
    assertThat(TestFunctions.values(NpyReader.read(file)))
        .containsExactly(1, Double.NaN, Double.NEGATIVE_INFINITY, 2);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.read(file, RegularGrid.unit(2)))
        .withMessageStartingWith(file + ": function 0, channel 0, point 1 is NaN")
        .withMessageContaining("finite");
  }

  @Test
  void addsTheChannelAxisWhereThereIsNone() throws IOException {
    double[] values = TestFunctions.rough(24, 1);
    byte[] data = NpyFiles.bytes("<f8", values);
    Grid grid = RegularGrid.unit(2, 3);
    FunctionDataset plain = NpyReader.read(file(NpyFiles.file("<f8", "(4, 2, 3)", data)), grid);
    assertThat(plain.values().shape()).containsExactly(4, 1, 2, 3);
    assertThat(plain.toDoubles()).containsExactly(values);
    FunctionDataset wide = NpyReader.read(file(NpyFiles.file("<f8", "(1, 4, 2, 3)", data)), grid);
    assertThat(wide.values().shape()).containsExactly(1, 4, 2, 3);
    assertThat(wide.toDoubles()).containsExactly(values);
    Grid points = PointSet.of(Interval.UNIT, 0, 0.1, 0.5, 1);
    Path file = file(NpyFiles.file("<f8", "(6, 4)", data));
    assertThat(NpyReader.read(file, points).values().shape()).containsExactly(6, 1, 4);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.read(file, grid))
        .withMessageContaining("shape [6, 4]")
        .withMessageContaining("[n, 2, 3] or [n, channels, 2, 3]");
    Path transposed = file(NpyFiles.file("<f8", "(4, 3, 2)", data));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.read(transposed, grid))
        .withMessageContaining("shape [4, 3, 2]");
  }

  @Test
  void readsBlocksOfAxisZero() throws IOException {
    double[] values = TestFunctions.rough(30, 2);
    Path file = file(NpyFiles.file("<f8", "(5, 2, 3)", NpyFiles.bytes("<f8", values)));
    INDArray block = NpyReader.read(file, 1, 3);
    assertThat(block.shape()).containsExactly(3, 2, 3);
    assertThat(TestFunctions.values(block)).containsExactly(Arrays.copyOfRange(values, 6, 24));
    assertThat(TestFunctions.values(NpyReader.read(file, 4, 1)))
        .containsExactly(Arrays.copyOfRange(values, 24, 30));
    for (long[] bad : new long[][] {{-1, 1}, {0, 0}, {5, 1}, {3, 3}, {Long.MAX_VALUE, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NpyReader.read(file, bad[0], (int) bad[1]))
          .withMessageContaining(bad[1] + " entries from " + bad[0])
          .withMessageContaining("has 5");
    }
  }

  private static byte[] cut(byte[] file, int length) {
    return Arrays.copyOf(file, length);
  }

  private static byte[] of(String header) {
    return NpyFiles.file(1, header, new byte[16]);
  }

  private static byte[] lying(int major, int length) {
    ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
    if (major == 1) {
      out.putShort((short) length);
    } else {
      out.putInt(length);
    }
    return out.array();
  }

  static Stream<Arguments> faults() {
    byte[] good = NpyFiles.file("<f8", "(2,)", new byte[16]);
    String huge = "(1000000000, 1000000000)";
    return Stream.of(
        arguments("empty", new byte[0], "the file is empty; expected an NPY file"),
        arguments("cut in the magic", cut(good, 3), "byte 3: the file ends within the magic bytes"),
        arguments("cut in the version", cut(good, 7), "the file ends within the version"),
        arguments("cut in the length", cut(good, 9), "ends within the length of the header"),
        arguments("cut in the header", cut(good, 30), "the header's 58 characters need 58 bytes"),
        arguments(
            "cut in the data",
            cut(good, good.length - 1),
            "data of shape [2] need 16 bytes, the file holds 15 more; it is cut off"),
        arguments(
            "trailing bytes",
            cut(good, good.length + 3),
            "3 bytes follow the data of shape [2]; an NPY file ends with its one array"),
        arguments(
            "wrong magic",
            new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0},
            "begins with 50 4B 03 04 00 00, an NPY file with 93 4E"),
        arguments("version 9", lying(9, 20), "format version 9.0, known are 1.0, 2.0 and 3.0"),
        arguments("header beyond the end", lying(1, 0xffff), "65535 bytes, the file holds 54 more"),
        arguments("header of 4 GB", lying(2, -1), "a header of 4294967295 bytes; more than 65536"),
        arguments(
            "huge shape", of(NpyFiles.header("|u1", false, huge)), "need 1000000000000000000"),
        arguments(
            "overflowing shape",
            of(NpyFiles.header("<f8", false, "(4294967296, 4294967296, 4294967296)")),
            "has more than 2^60 values"),
        arguments(
            "overflowing length",
            of(NpyFiles.header("<f8", false, "(99999999999999999999,)")),
            "the length of an axis exceeds 2^63"),
        arguments(
            "no axis", of(NpyFiles.header("<f8", false, "()")), "the array has no axis; write it"),
        arguments("empty axis", of(NpyFiles.header("<f8", false, "(0, 2)")), "at least one entry"),
        arguments("negative axis", of(NpyFiles.header("<f8", false, "(-2,)")), "\"-2,), }"),
        arguments(
            "65 axes", of(NpyFiles.header("|u1", false, "(" + "1,".repeat(65) + ")")), "65 axes"),
        arguments("no tuple", of(NpyFiles.header("<f8", false, "(2)")), "needs a comma after it"),
        arguments("list", of(NpyFiles.header("<f8", false, "[2]")), "where '(' must stand"),
        arguments("float axis", of(NpyFiles.header("<f8", false, "(2.0,)")), "\".0,), }"),
        arguments("objects", of(NpyFiles.header("|O", false, "(2,)")), "data type \"|O\" is none"),
        arguments("complex", of(NpyFiles.header("<c16", false, "(1,)")), "\"<c16\" is none of"),
        arguments("half", of(NpyFiles.header("<f2", false, "(8,)")), "\"<f2\" is none of"),
        arguments("text", of(NpyFiles.header("<U4", false, "(1,)")), "\"<U4\" is none of"),
        arguments("no byte order", of(NpyFiles.header("f8", false, "(2,)")), "\"f8\" is none of"),
        arguments("own byte order", of(NpyFiles.header("=f8", false, "(2,)")), "\"=f8\" is none"),
        arguments("unordered", of(NpyFiles.header("|f8", false, "(2,)")), "\"|f8\" is none of"),
        arguments("width 3", of(NpyFiles.header("<i3", false, "(2,)")), "\"<i3\" is none of"),
        arguments("empty type", of(NpyFiles.header("", false, "(2,)")), "data type \"\" is none"),
        arguments(
            "record",
            of("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }"),
            "header, byte 20: the data type is a record; arrays of plain numbers are read"),
        arguments(
            "code",
            of("{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,)}"),
            "\"__import__('os').system('true'), 'fortra…\" where a text in quotes must stand"),
        arguments(
            "expression",
            of("{'descr': '<f8', 'fortran_order': False, 'shape': (1+1,), }"),
            "\"+1,), }\" where ',' must stand"),
        arguments(
            "not false",
            of("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,), }"),
            "where True or False must stand"),
        arguments(
            "duplicate key",
            of("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"),
            "header, byte 27: key descr stands there twice"),
        arguments(
            "missing key",
            of("{'descr': '<f8', 'shape': (2,), }"),
            "the keys are [descr, shape], needed are descr, fortran_order and shape"),
        arguments(
            "further key",
            of("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}"),
            "key \"x\" is none of descr, fortran_order and shape"),
        arguments("no dictionary", of("True"), "\"True\" where '{' must stand"),
        arguments("unfinished", of("{'descr': '<f8', "), "the end of the header where a text"),
        arguments("unfinished text", of("{'descr': '<f8, "), "where a text in quotes must stand"),
        arguments("empty header", of(""), "the end of the header where '{' must stand"),
        arguments(
            "text after it",
            of(NpyFiles.header("<f8", false, "(2,)") + "import os"),
            "text \"import os\" follows the dictionary"),
        arguments(
            "zero byte after it",
            of(NpyFiles.header("<f8", false, "(2,)") + "\0"),
            "text \" \" follows the dictionary"),
        arguments("backslash", of("{'d\\x65scr': '<f8', }"), "holds a backslash"),
        arguments(
            "no truth value",
            NpyFiles.file("|b1", "(3,)", new byte[] {0, 1, 2}),
            "byte 70: a truth value is neither 0 nor 1"),
        arguments(
            "inexact integer",
            NpyFiles.file(">i8", "(1,)", new byte[] {0, 32, 0, 0, 0, 0, 0, 1}),
            "an integer lies outside [-2^53, 2^53]"),
        arguments(
            "inexact unsigned",
            NpyFiles.file("<u8", "(1,)", new byte[] {1, 0, 0, 0, 0, 0, 0, -128}),
            "an integer lies outside"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void faultsNamePlaceValueAndRule(String name, byte[] content, String expected)
      throws IOException {
    Path file = file(content);
    Faults.assertFault(file, expected, () -> NpyReader.read(file));
  }

  /** The file is long enough (and sparse), the memory is not. */
  @Test
  void refusesWhatDoesNotFitTheMemory() throws IOException {
    long values = Runtime.getRuntime().maxMemory() / 4;
    byte[] head = NpyFiles.file("|u1", "(" + values + ", 1)", new byte[0]);
    Path file = directory.resolve("sparse.npy");
    Files.write(file, head);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {9}), head.length + values - 1);
    }
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.read(file))
        .withMessageContaining(values + " values in double precision")
        .withMessageContaining("read fewer at a time");
    // By blocks it can be read, far beyond what the array of all values could index.
    assertThat(TestFunctions.values(NpyReader.read(file, values - 2, 2))).containsExactly(0, 9);
  }

  @Test
  void refusesMissingFilesAndDirectories() {
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.read(directory.resolve("none.npy")))
        .withMessageContaining("none.npy: there is no such file; give the path of an NPY file");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> NpyReader.shape(directory))
        .withMessageContaining(directory + ": is a directory");
  }

  /** Ranges and means from the description of the data. */
  @Test
  void readsDarcyFlow() throws IOException {
    Grid grid = RegularGrid.unit(RegularGrid.Layout.PERIODIC, 16, 16);
    FunctionDataset pressure =
        NpyReader.read(DataSets.require("darcy/darcy_train_16_pressure.npy"), grid);
    assertThat(pressure.values().shape()).containsExactly(1000, 1, 16, 16);
    double[] u = pressure.toDoubles();
    assertThat(Arrays.stream(u).min().orElseThrow()).isCloseTo(-0.428, within(5e-4));
    assertThat(Arrays.stream(u).max().orElseThrow()).isCloseTo(2.057, within(5e-4));
    assertThat(Arrays.stream(u).average().orElseThrow()).isCloseTo(0.3863, within(5e-5));
    // The value below the next lowest one is in sample 767.
    int lowest = 0;
    for (int at = 0; at < u.length; at++) {
      lowest = u[at] < u[lowest] ? at : lowest;
    }
    assertThat(lowest / 256).isEqualTo(767);
    Path coefficients = DataSets.require("darcy/darcy_train_16_coefficient.npy");
    INDArray a = NpyReader.read(coefficients);
    assertThat(a.dataType()).isEqualTo(DataType.DOUBLE);
    assertThat(Arrays.stream(TestFunctions.values(a)).average().orElseThrow())
        .isCloseTo(0.4994, within(5e-5));
    // Every second row and column of the finer fields, starting from the first.
    double[] coarse =
        TestFunctions.values(NpyReader.read(DataSets.require("darcy/darcy_test_16_pressure.npy")));
    double[] fine =
        TestFunctions.values(NpyReader.read(DataSets.require("darcy/darcy_test_32_pressure.npy")));
    for (int at = 0; at < coarse.length; at++) {
      int row = at / 16 % 16;
      assertThat(coarse[at]).isEqualTo(fine[at / 256 * 1024 + 2 * row * 32 + 2 * (at % 16)]);
    }
  }
}
