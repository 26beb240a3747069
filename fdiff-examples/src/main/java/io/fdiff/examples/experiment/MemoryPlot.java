package io.fdiff.examples.experiment;

import io.fdiff.examples.CurvePlot;
import io.fdiff.examples.OutputFolder;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The memory of a training over its steps as a picture. */
final class MemoryPlot {

  private static final int MOST_POINTS = 400;
  private static final double MEGABYTE = 1e6;

  private MemoryPlot() {}

  /**
   * Writes {@code memory.png} from the log of a training: resident memory of the process, in which
   * arrays outside of the heap show, and Java heap in use, garbage included; nothing if the log has
   * no rows yet.
   *
   * @param output the folder
   * @param log the log, with columns step, resident_bytes and heap_bytes
   * @throws IOException if the log cannot be read or the picture cannot be written
   */
  static void write(OutputFolder output, Path log) throws IOException {
    List<Double> steps = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    List<Double> heap = new ArrayList<>();
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader reader = Files.newBufferedReader(log);
        CSVParser parser = CSVParser.parse(reader, format)) {
      List<CSVRecord> rows = parser.getRecords();
      int stride = Math.max(1, rows.size() / MOST_POINTS);
      for (int i = 0; i < rows.size(); i += stride) {
        CSVRecord row = rows.get(i);
        steps.add(Double.parseDouble(row.get("step")));
        resident.add(Double.parseDouble(row.get("resident_bytes")) / MEGABYTE);
        heap.add(Double.parseDouble(row.get("heap_bytes")) / MEGABYTE);
      }
    }
    if (steps.isEmpty()) {
      return;
    }
    XYChart chart = CurvePlot.empty("memory of a training", "step", "megabytes");
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisMaxLabelCount(5);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart
        .addSeries("process, native memory included", steps, resident)
        .setMarker(SeriesMarkers.NONE);
    chart.addSeries("Java heap in use", steps, heap).setMarker(SeriesMarkers.NONE);
    output.writePng("memory.png", CurvePlot.row(List.of(chart)));
  }
}
