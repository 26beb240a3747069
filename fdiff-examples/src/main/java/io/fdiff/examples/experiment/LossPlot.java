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
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The course of the loss as a picture. */
final class LossPlot {

  private static final int MOST_POINTS = 1000;

  private LossPlot() {}

  /**
   * Writes {@code loss.png} from the log of a training; nothing if the log has no rows yet.
   *
   * @param output the folder
   * @param log the log, with columns step and running_loss
   * @throws IOException if the log cannot be read or the picture cannot be written
   */
  static void write(OutputFolder output, Path log) throws IOException {
    List<Double> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader reader = Files.newBufferedReader(log);
        CSVParser rows = CSVParser.parse(reader, format)) {
      for (CSVRecord row : rows) {
        double loss = Double.parseDouble(row.get("running_loss"));
        if (loss > 0 && loss < Double.POSITIVE_INFINITY) {
          steps.add(Double.parseDouble(row.get("step")));
          losses.add(loss);
        }
      }
    }
    if (steps.isEmpty()) {
      return;
    }
    int stride = Math.max(1, steps.size() / MOST_POINTS);
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < steps.size(); i += stride) {
      x.add(steps.get(i));
      y.add(losses.get(i));
    }
    XYChart chart = CurvePlot.empty("training", "step", "running loss");
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.addSeries("loss", x, y).setMarker(SeriesMarkers.NONE);
    output.writePng("loss.png", CurvePlot.row(List.of(chart)));
  }
}
