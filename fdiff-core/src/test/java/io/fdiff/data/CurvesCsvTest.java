package io.fdiff.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.PointSet;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CurvesCsvTest {

  @TempDir Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("curves.csv"), text);
  }

  private CurveTable read(String text) throws IOException {
    return CurvesCsv.read(file(text));
  }

  @Test
  void readsIdsHeaderAndValues() throws IOException {
    CurveTable table = read("id,0.5,1.50,2.5\nSanta Cruz,1,-2.5,3e2\n\"A, B\",.5,+6.,7E-1\n");
    assertThat(table.ids()).containsExactly("Santa Cruz", "A, B");
    assertThat(table.labels()).containsExactly("0.5", "1.50", "2.5");
    assertThat(table.arguments()).containsExactly(0.5, 1.5, 2.5);
    assertThat(table.dataset().values().shape()).containsExactly(2, 1, 3);
    assertThat(table.dataset().toDoubles()).containsExactly(1, -2.5, 300, 0.5, 6, 0.7);
    assertThat(table.dataset().grid())
        .isEqualTo(RegularGrid.of(List.of(new Interval(0, 3)), RegularGrid.Layout.CELL, 3));
  }

  @Test
  void numbersCurvesThatHaveNoId() throws IOException {
    CurveTable table = read("1,2\n3,4\n5,6\n");
    assertThat(table.ids()).containsExactly("1", "2");
    assertThat(table.dataset().toDoubles()).containsExactly(3, 4, 5, 6);
  }

  @Test
  void toleratesByteOrderMarkCrlfBlanksAndBlankLines() throws IOException {
    CurveTable table = read("\uFEFF\r\n ID , 1, 2 \r\n\"a\" , 3 ,4\r\n\r\n b,5,6\r\n  \r\n\r\n");
    assertThat(table.ids()).containsExactly("a", "b");
    assertThat(table.labels()).containsExactly("1", "2");
    assertThat(table.dataset().toDoubles()).containsExactly(3, 4, 5, 6);
  }

  @Test
  void readsALastLineWithoutEnd() throws IOException {
    assertThat(read("1,2\n3,4\n5,6").dataset().toDoubles()).containsExactly(3, 4, 5, 6);
  }

  @Test
  void unequalArgumentsGiveVoronoiWeights() throws IOException {
    Grid grid = read("id,1,1.25,2,4\na,0,0,0,0\nb,1,1,1,1\n").dataset().grid();
    assertThat(grid).isEqualTo(PointSet.of(new Interval(0.875, 5), 1, 1.25, 2, 4));
    assertThat(grid.weights()).containsExactly(0.25, 0.5, 1.375, 2);
  }

  @Test
  void argumentsWithinAThousandthOfAStepAreEquispaced() {
    // Six digits of thirds: off by 1e-6 of a step.
    assertThat(CurvesCsv.grid(0, 0.333333, 0.666667, 1)).isInstanceOf(RegularGrid.class);
    assertThat(CurvesCsv.grid(0, 1.0009, 2)).isInstanceOf(RegularGrid.class);
    assertThat(CurvesCsv.grid(0, 1.0011, 2)).isInstanceOf(PointSet.class);
    assertThat(CurvesCsv.grid(0, 0.9989, 2)).isInstanceOf(PointSet.class);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        arguments("empty", "", "the file is empty; expected a header row"),
        arguments("blank", "\n \n", "the file is empty; expected a header row"),
        arguments("header only", "id,1,2\n", "no curve after the header; at least 2 curves"),
        arguments("one curve", "id,1,2\na,1,2\n", "one curve only after the header; at least 2"),
        arguments(
            "one argument",
            "id,1\na,1\nb,2\n",
            ", line 1: the header holds one argument value only; a curve needs at least 2"),
        arguments(
            "ids only",
            "id\na\nb\n",
            ", line 1: the header holds no argument value; a curve needs"),
        arguments(
            "short row",
            "id,1,2\na,1,2\n\nb,1\n",
            ", line 4: 2 cells where the header has 3; every row must have one cell for each column"),
        arguments(
            "decimal commas in a row",
            "id,1,2\na,1,5,2,5\n",
            ", line 2: 5 cells where the header has 3; every row must have one cell for each column"
                + " (a decimal comma splits a cell: write a point)"),
        arguments(
            "empty cell",
            "id,0.5,1.50\na,1,2\nb,3,\n",
            ", line 3, column 3 (argument 1.50): the cell is empty; every value must be a finite"
                + " decimal number such as -1.25; fill the gap or remove the curve"),
        arguments(
            "text cell",
            "1,2\n1,x y\n",
            ", line 2, column 2 (argument 2): \"x y\" is not a number; every value must be"),
        arguments(
            "NaN cell",
            "1,2\n1,2\nNaN,2\n",
            ", line 3, column 1 (argument 1): \"NaN\" is not a number; every value must be a finite"),
        arguments(
            "infinite cell",
            "id,1,2\na,-Infinity,2\n",
            ", line 2, column 2 (argument 1): \"-Infinity\" is not a number; every value must be a"
                + " finite"),
        arguments(
            "overflow",
            "id,1,2\na,1e999,2\n",
            ", line 2, column 2 (argument 1): \"1e999\" exceeds the range of double precision"),
        arguments("Java suffix", "1,2\n1f,2\n", "\"1f\" is not a number"),
        arguments("hexadecimal", "1,2\n0x1p3,2\n", "\"0x1p3\" is not a number"),
        arguments(
            "header not increasing",
            "id,1,3,2\na,1,2,3\n",
            ", line 1, column 4: argument value 2 is not above 3 before it; argument values must be"
                + " strictly increasing: sort the columns"),
        arguments(
            "header repeated",
            "id,1,2,1.0\na,1,2,3\n",
            ", line 1, column 4: argument value 1.0 stands in column 2 already; each argument value"
                + " may occur once"),
        arguments(
            "header not numeric",
            "\n1,day2,3\n1,2,3\n",
            ", line 2, column 2: \"day2\" is not a number; the header is an optional first column"
                + " \"id\" and then the argument values"),
        arguments(
            "other name of the id column",
            "station,1,2\na,1,2\n",
            ", line 1, column 1: \"station\" is not a number; the header is an optional first column"
                + " \"id\""),
        arguments(
            "empty header cell",
            "id,1,2,\na,1,2,\n",
            ", line 1, column 4: the cell is empty; the header is an optional first column"),
        arguments(
            "header of NaN", "id,1,nan\na,1,2\n", ", line 1, column 3: \"nan\" is not a number"),
        arguments(
            "semicolons",
            "id;0.5;1.5\na;1;2\n",
            ", line 1: header cell \"id;0.5;1.5\" contains ';'; cells must be separated by commas"),
        arguments(
            "semicolons and decimal commas",
            "id;0,5;1,5\na;1,0;2,0\n",
            ", line 1: header cell \"id;0\" contains ';'; cells must be separated by commas and"
                + " decimals written with a point"),
        arguments(
            "tabs", "id\t1\t2\na\t1\t2\n", ", line 1: header cell \"id 1 2\" contains TAB; cells"),
        arguments("blanks", "id 1 2\na 1 2\n", ", line 1: header cell \"id 1 2\" contains ' '"),
        arguments("bars", "1|2|3\n1|2|3\n", ", line 1: header cell \"1|2|3\" contains '|'"),
        arguments("open quote", "id,1,2\na,1,2\n\"b,3,4\n", ", line 3: quotes do not match"),
        arguments("text after a quote", "id,1,2\n\"a\"b,1,2\n", ", line 2: quotes do not match"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void faultsNamePlaceValueAndRule(String name, String text, String expected) throws IOException {
    Path file = file(text);
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(file))
        .withMessageStartingWith(file.toString())
        .withMessageContaining(expected)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void countsLinesOfCrlfFilesAndQuotedBreaks() throws IOException {
    Path file = file("id,1,2\r\n\"a\r\nb\",1,2\r\nc,1,?\r\n");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(file))
        .withMessageContaining(", line 4, column 3 (argument 2): \"?\"");
  }

  @Test
  void longAndControlCharactersDoNotEnterMessages() throws IOException {
    Path file = file("1,2\n\"" + "x\n".repeat(500) + "\",2\n");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(file))
        .withMessageContaining("x x x")
        .withMessageContaining("…")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void refusesMissingFilesAndDirectories() {
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(directory.resolve("none.csv")))
        .withMessageContaining("none.csv: there is no such file");
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(directory))
        .withMessageContaining(directory + ": is a directory");
  }

  @Test
  void refusesOtherEncodings() throws IOException {
    Path file = directory.resolve("latin.csv");
    Files.write(file, "id,1,2\na,1,2\nCoru\u00f1a,3,4\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(file))
        .withMessageContaining("latin.csv, line 3: byte 0xF1 is not UTF-8; save the file");
    Files.write(file, "id,1,2\n\u00f1".getBytes(StandardCharsets.UTF_16));
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(file))
        .withMessageContaining("line 1: byte 0xFE is not UTF-8");
    // Cut in the middle of a character.
    Files.write(file, new byte[] {'1', ',', '2', '\n', (byte) 0xC3});
    assertThatExceptionOfType(InvalidDataException.class)
        .isThrownBy(() -> CurvesCsv.read(file))
        .withMessageContaining("line 2: byte 0xC3 is not UTF-8");
  }

  @Test
  void writesExactBytes() throws IOException {
    Path file = directory.resolve("out.csv");
    INDArray values =
        FunctionBatch.array(
            RegularGrid.unit(3),
            DataType.DOUBLE,
            1,
            new double[] {0.1, -2, 1e-9, 1.0 / 3, 12345678.5, -0.0});
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      CurvesCsv.write(file, new double[] {0.5, 1, 1.75}, values, List.of("A CORUÑA", "a,\"b\""));
    } finally {
      Locale.setDefault(before);
    }
    assertThat(Files.readString(file))
        .isEqualTo(
            "id,0.5,1,1.75\n"
                + "A CORUÑA,0.1,-2,1E-9\n"
                + "\"a,\"\"b\"\"\",0.3333333333333333,12345678.5,-0\n");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void writesFloatsAsFloats() throws IOException {
    Path file = directory.resolve("out.csv");
    INDArray values = Nd4j.createFromArray(0.1f, 1 / 3f, 16777216f, 3e-39f).reshape(2, 1, 2);
    CurvesCsv.write(file, new double[] {1, 2}, values, List.of("a", "b"));
    assertThat(Files.readString(file)).isEqualTo("id,1,2\na,0.1,0.33333334\nb,16777216,3E-39\n");
  }

  @Test
  void replacesAFileAndKeepsItsHeaderText() throws IOException {
    Path file = file("1.50,2.0,4e0\n1,2,3\n4,5,6\n");
    CurveTable table = CurvesCsv.read(file);
    CurvesCsv.write(file, table);
    assertThat(Files.readString(file)).isEqualTo("id,1.50,2.0,4e0\n1,1,2,3\n2,4,5,6\n");
    assertThat(CurvesCsv.read(file).dataset().grid()).isEqualTo(table.dataset().grid());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
  void writesThroughALink() throws IOException {
    Path file = file("1,2\n1,2\n3,4\n");
    Path link = Files.createSymbolicLink(directory.resolve("link.csv"), file);
    CurvesCsv.write(link, CurvesCsv.read(file));
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(file)).isEqualTo("id,1,2\n1,1,2\n2,3,4\n");
  }

  @Test
  void refusesUnwritableOutput() throws IOException {
    CurveTable table = read("1,2\n1,2\n3,4\n");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CurvesCsv.write(directory, table))
        .withMessageContaining(directory + ": cannot write: it is no regular file");
    Path orphan = directory.resolve("none").resolve("out.csv");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CurvesCsv.write(orphan, table))
        .withMessageContaining(orphan + ": cannot write: ")
        .withMessageContaining("none is not a directory; create it");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> CurvesCsv.write(directory.resolve("curves.csv/out.csv"), table))
        .withMessageContaining("curves.csv is not a directory");
  }

  @Test
  void refusesArraysThatDoNotFitBeforeWriting() {
    Path file = directory.resolve("out.csv");
    INDArray values = Nd4j.createFromArray(new double[] {1, 2, 3, 4}).reshape(2, 1, 2);
    List<String> ids = List.of("a", "b");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CurvesCsv.write(file, new double[] {1, 2, 3}, values, ids))
        .withMessageContaining("[2, 1, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CurvesCsv.write(file, new double[] {2, 2}, values, ids))
        .withMessageContaining("argument 1 = 2.0 after 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CurvesCsv.write(file, new double[] {1, Double.NaN}, values, ids))
        .withMessageContaining("NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CurvesCsv.write(file, new double[] {1, 2}, values, List.of("a")))
        .withMessageContaining("1 ids");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> CurvesCsv.write(file, new double[] {1, 2}, values.reshape(1, 2, 2), List.of("a")))
        .withMessageContaining("one channel");
    values.putScalar(3, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CurvesCsv.write(file, new double[] {1, 2}, values, ids))
        .withMessageContaining("function 1, channel 0, point 1 is NaN");
    assertThat(file).doesNotExist();
  }

  /** Values from the description of the data: yearly means of stations, range, argument values. */
  @Test
  void readsTheTemperaturesOfSpanishStations() throws IOException {
    Path aemet = DataSets.require("aemet/temperature.csv");
    CurveTable table = CurvesCsv.read(aemet);
    FunctionDataset data = table.dataset();
    assertThat(data.size()).isEqualTo(73);
    assertThat(data.grid())
        .isEqualTo(RegularGrid.of(List.of(new Interval(0, 365)), RegularGrid.Layout.CELL, 365));
    for (int i = 0; i < 365; i++) {
      assertThat(table.arguments()[i]).isEqualTo(i + 0.5);
      assertThat(data.grid().coordinate(i, 0)).isCloseTo(i + 0.5, within(1e-10));
    }
    double[] values = data.toDoubles();
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double firstStation = 0;
    for (int at = 0; at < values.length; at++) {
      min = Math.min(min, values[at]);
      max = Math.max(max, values[at]);
      firstStation += at < 365 ? values[at] / 365 : 0;
    }
    assertThat(min).isCloseTo(-1.613, within(5e-4));
    assertThat(max).isCloseTo(29.054, within(5e-4));
    assertThat(firstStation).isCloseTo(14.81, within(5e-3));

    Path copy = directory.resolve("copy.csv");
    CurvesCsv.write(copy, table);
    assertThat(Files.readAllLines(copy).get(0)).isEqualTo(Files.readAllLines(aemet).get(0));
    assertThat(CurvesCsv.read(copy).dataset().toDoubles()).isEqualTo(values);
    CurvesCsv.write(copy, table.arguments(), data.values(), table.ids());
    assertThat(Files.readAllLines(copy).get(0)).isEqualTo(Files.readAllLines(aemet).get(0));
  }
}
