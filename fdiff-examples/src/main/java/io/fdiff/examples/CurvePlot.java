package io.fdiff.examples;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of curves, panels side by side on one scale. */
public final class CurvePlot {

  private static final int PANEL_WIDTH = 480;
  private static final int PANEL_HEIGHT = 400;
  private static final int MOST_CURVES = 60;
  private static final Color[] COLOURS = {
    new Color(0x1f77b4, false),
    new Color(0xff7f0e, false),
    new Color(0x2ca02c, false),
    new Color(0xd62728, false),
    new Color(0x9467bd, false),
    new Color(0x17becf, false)
  };

  private CurvePlot() {}

  /** Curves under one heading. */
  public static final class Panel {
    private final String title;
    private final double[] arguments;
    private final double[][] curves;

    /**
     * Keeps its arguments.
     *
     * @param title the heading
     * @param arguments {@code [points]}
     * @param curves {@code [curves][points]}; the first 60 are drawn
     */
    public Panel(String title, double[] arguments, double[][] curves) {
      this.title = title;
      this.arguments = arguments;
      this.curves = curves;
    }
  }

  /**
   * Panels in a row, with the vertical range of all of them.
   *
   * @param panels the panels
   * @return the picture
   */
  public static BufferedImage draw(List<Panel> panels) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Panel panel : panels) {
      for (int c = 0; c < shown(panel); c++) {
        for (double y : panel.curves[c]) {
          low = Math.min(low, y);
          high = Math.max(high, y);
        }
      }
    }
    double margin = 0.04 * (high - low);
    double bottom = low - margin;
    double top = high + margin;
    return row(panels.stream().map(panel -> chart(panel, bottom, top)).toList());
  }

  private static int shown(Panel panel) {
    return Math.min(panel.curves.length, MOST_CURVES);
  }

  private static XYChart chart(Panel panel, double bottom, double top) {
    XYChart chart = empty(panel.title, "argument", "value");
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setYAxisMin(bottom);
    chart.getStyler().setYAxisMax(top);
    for (int c = 0; c < shown(panel); c++) {
      chart
          .addSeries("curve " + c, panel.arguments, panel.curves[c])
          .setMarker(SeriesMarkers.NONE)
          .setLineColor(translucent(COLOURS[c % COLOURS.length]))
          .setLineWidth(1.1f);
    }
    return chart;
  }

  private static Color translucent(Color colour) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 150);
  }

  /**
   * A chart in the style of all pictures here.
   *
   * @param title the heading
   * @param x title of the horizontal axis
   * @param y title of the vertical axis
   * @return a chart without series
   */
  public static XYChart empty(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(PANEL_WIDTH)
            .height(PANEL_HEIGHT)
            .theme(ChartTheme.Matlab)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setXAxisDecimalPattern("0.##");
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setSeriesColors(COLOURS);
    return chart;
  }

  /**
   * Charts side by side in one image.
   *
   * @param charts the charts
   * @return the picture
   */
  public static BufferedImage row(List<XYChart> charts) {
    BufferedImage image =
        new BufferedImage(PANEL_WIDTH * charts.size(), PANEL_HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    try {
      for (int i = 0; i < charts.size(); i++) {
        canvas.drawImage(BitmapEncoder.getBufferedImage(charts.get(i)), i * PANEL_WIDTH, 0, null);
      }
    } finally {
      canvas.dispose();
    }
    return image;
  }
}
