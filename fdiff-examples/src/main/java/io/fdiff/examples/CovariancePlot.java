package io.fdiff.examples;

import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of a covariance operator: spectra by mode, and leading eigenfunctions. */
final class CovariancePlot {

  private CovariancePlot() {}

  /**
   * One spectrum.
   *
   * @param name legend
   * @param values {@code [modes]} from mode 0
   */
  record Spectrum(String name, double[] values) {}

  /**
   * Draws spectra on a logarithmic scale, and eigenfunctions scaled by the root of their eigenvalue.
   *
   * @param spectra spectra by mode
   * @param arguments {@code [points]}
   * @param eigenfunctions {@code [functions][points]}
   * @param eigenvalues {@code [functions]}
   * @return the image
   */
  static BufferedImage draw(
      List<Spectrum> spectra,
      double[] arguments,
      double[][] eigenfunctions,
      double[] eigenvalues) {
    XYChart left = CurvePlot.empty("Spectrum in the cosine basis", "mode", "variance");
    left.getStyler().setYAxisLogarithmic(true);
    left.getStyler().setLegendPosition(LegendPosition.InsideNE);
    for (Spectrum spectrum : spectra) {
      int positive = 0;
      while (positive < spectrum.values.length && spectrum.values[positive] > 0) {
        positive++;
      }
      double[] modes = new double[positive];
      double[] values = new double[positive];
      for (int k = 0; k < positive; k++) {
        modes[k] = k;
        values[k] = spectrum.values[k];
      }
      left.addSeries(spectrum.name, modes, values).setMarker(SeriesMarkers.NONE).setLineWidth(1.3f);
    }
    XYChart right = CurvePlot.empty("Principal components", "argument", "√λ · eigenfunction");
    right.getStyler().setLegendPosition(LegendPosition.OutsideS);
    right
        .getStyler()
        .setLegendLayout(LegendLayout.Horizontal);
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
