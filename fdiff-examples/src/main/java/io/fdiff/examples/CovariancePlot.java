package io.fdiff.examples;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of a covariance operator: spectra by mode, and leading eigenfunctions. */
final class CovariancePlot {

  private CovariancePlot() {}

  /**
   * Draws spectra on a logarithmic scale, and eigenfunctions scaled by the root of their
   * eigenvalue.
   *
   * @param spectra name, and variance by mode from mode 0; drawn up to the first that is 0
   * @param arguments {@code [points]}
   * @param eigenfunctions {@code [functions][points]}
   * @param eigenvalues {@code [functions]}
   * @return the image
   */
  static BufferedImage draw(
      Map<String, double[]> spectra,
      double[] arguments,
      double[][] eigenfunctions,
      double[] eigenvalues) {
    XYChart left = CurvePlot.empty("Spectrum in the cosine basis", "mode", "variance");
    left.getStyler().setYAxisLogarithmic(true);
    left.getStyler().setLegendPosition(LegendPosition.InsideNE);
    for (Map.Entry<String, double[]> spectrum : spectra.entrySet()) {
      double[] all = spectrum.getValue();
      int positive = 0;
      while (positive < all.length && all[positive] > 0) {
        positive++;
      }
      double[] modes = IntStream.range(0, positive).asDoubleStream().toArray();
      double[] values = Arrays.copyOf(all, positive);
      left.addSeries(spectrum.getKey(), modes, values)
          .setMarker(SeriesMarkers.NONE)
          .setLineWidth(1.3f);
    }
    XYChart right = CurvePlot.empty("Principal components", "argument", "√λ · eigenfunction");
    right.getStyler().setLegendPosition(LegendPosition.OutsideS);
    right.getStyler().setLegendLayout(LegendLayout.Horizontal);
    for (int j = 0; j < eigenfunctions.length; j++) {
      double[] scaled = eigenfunctions[j].clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= Math.sqrt(eigenvalues[j]);
      }
      XYSeries series = right.addSeries(String.format("%d", j + 1), arguments, scaled);
      series.setMarker(SeriesMarkers.NONE).setLineWidth(1.6f);
    }
    return CurvePlot.row(List.of(left, right));
  }
}
