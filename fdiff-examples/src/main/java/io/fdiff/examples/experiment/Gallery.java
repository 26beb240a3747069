package io.fdiff.examples.experiment;

import io.fdiff.examples.CurvePlot;
import io.fdiff.space.Grid;
import io.fdiff.space.RegularGrid;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/** Pictures of sampled functions: curves in one chart, images side by side. */
final class Gallery {

  private static final int COLUMNS = 8;
  private static final int MOST = 64;
  private static final int SMALLEST_TILE = 64;
  private static final int GAP = 2;

  private Gallery() {}

  /**
   * Draws functions of one or two variables.
   *
   * @param title the heading of a chart
   * @param grid the grid
   * @param channels number of channels; 3 are red, green, blue
   * @param values {@code [functions · channels · points]}
   * @return the picture
   * @throws IllegalArgumentException if the functions have more than two variables
   */
  static BufferedImage draw(String title, Grid grid, int channels, double[] values) {
    if (grid.dimension() == 1) {
      return curves(title, grid, channels, values);
    }
    if (grid.dimension() == 2 && grid instanceof RegularGrid regular) {
      return images(regular.shape(), channels, values);
    }
    throw new IllegalArgumentException(
        grid + ": pictures are drawn of functions of one variable and of images");
  }

  private static BufferedImage curves(String title, Grid grid, int channels, double[] values) {
    int points = grid.size();
    double[] arguments = new double[points];
    Arrays.setAll(arguments, i -> grid.coordinate(i, 0));
    double[][] rows = new double[values.length / points / channels][];
    Arrays.setAll(
        rows, i -> Arrays.copyOfRange(values, i * channels * points, (i * channels + 1) * points));
    return CurvePlot.draw(List.of(new CurvePlot.Panel(title, arguments, rows)));
  }

  private static BufferedImage images(int[] shape, int channels, double[] values) {
    int height = shape[0];
    int width = shape[1];
    int size = channels * height * width;
    int count = Math.min(MOST, values.length / size);
    double[] sorted = Arrays.copyOf(values, count * size);
    Arrays.sort(sorted);
    // The outermost hundredth would otherwise set the contrast of all.
    double low = sorted[sorted.length / 200];
    double high = sorted[sorted.length - 1 - sorted.length / 200];
    int zoom = Math.max(1, SMALLEST_TILE / Math.max(height, width));
    int columns = Math.min(COLUMNS, count);
    int rows = (count + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(
            columns * (zoom * width + GAP) + GAP,
            rows * (zoom * height + GAP) + GAP,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = sheet.createGraphics();
    try {
      canvas.setColor(Color.DARK_GRAY);
      canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      for (int i = 0; i < count; i++) {
        BufferedImage tile = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < height * width; p++) {
          int rgb = 0;
          for (int c = 0; c < 3; c++) {
            int channel = channels == 3 ? c : 0;
            double unit =
                (values[i * size + channel * height * width + p] - low)
                    / Math.max(high - low, Double.MIN_NORMAL);
            rgb = rgb << 8 | (int) Math.round(255 * Math.max(0, Math.min(1, unit)));
          }
          tile.setRGB(p % width, p / width, rgb);
        }
        canvas.drawImage(
            tile,
            GAP + i % columns * (zoom * width + GAP),
            GAP + i / columns * (zoom * height + GAP),
            zoom * width,
            zoom * height,
            null);
      }
    } finally {
      canvas.dispose();
    }
    return sheet;
  }
}
