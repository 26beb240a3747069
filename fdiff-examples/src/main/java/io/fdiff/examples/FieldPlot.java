package io.fdiff.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures of fields on a square, panels in rows, each on its own symmetric scale. */
final class FieldPlot {

  private static final int SIDE = 256;
  private static final int GAP = 16;
  private static final int TITLE = 44;

  /** A diverging map: blue below 0, white at 0, red above. */
  private static final Color[] ANCHORS = {
    new Color(0x08306b, false),
    new Color(0x4292c6, false),
    new Color(0xf7f7f7, false),
    new Color(0xef6548, false),
    new Color(0x7f0000, false)
  };

  private FieldPlot() {}

  /** A field under a heading of one or two lines. */
  static final class Panel {
    private final String title;
    private final int width;
    private final double[] values;

    /**
     * Keeps its arguments.
     *
     * @param title the heading, lines separated by a line feed
     * @param width number of columns
     * @param values rows from top to bottom, C order
     */
    Panel(String title, int width, double[] values) {
      this.title = title;
      this.width = width;
      this.values = values;
    }
  }

  /** Panels in rows of a given number. */
  static BufferedImage draw(int columns, List<Panel> panels) {
    int rows = (panels.size() + columns - 1) / columns;
    BufferedImage image =
        new BufferedImage(
            columns * (SIDE + GAP) + GAP,
            rows * (SIDE + TITLE + GAP) + GAP,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    try {
      canvas.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      canvas.setColor(Color.WHITE);
      canvas.fillRect(0, 0, image.getWidth(), image.getHeight());
      canvas.setColor(Color.BLACK);
      canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
      FontMetrics metrics = canvas.getFontMetrics();
      for (int p = 0; p < panels.size(); p++) {
        int x = GAP + p % columns * (SIDE + GAP);
        int y = GAP + p / columns * (SIDE + TITLE + GAP);
        String[] lines = panels.get(p).title.split("\n", -1);
        for (int line = 0; line < lines.length; line++) {
          int left = x + (SIDE - metrics.stringWidth(lines[line])) / 2;
          canvas.drawString(lines[line], left, y + 16 + 18 * line);
        }
        // Nearest neighbour: the cells of a coarse grid stay visible.
        canvas.drawImage(pixels(panels.get(p)), x, y + TITLE, SIDE, SIDE, null);
      }
    } finally {
      canvas.dispose();
    }
    return image;
  }

  private static BufferedImage pixels(Panel panel) {
    double scale = 0;
    for (double value : panel.values) {
      scale = Math.max(scale, Math.abs(value));
    }
    BufferedImage image =
        new BufferedImage(
            panel.width, panel.values.length / panel.width, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < panel.values.length; i++) {
      double unit = scale > 0 ? 0.5 + 0.5 * panel.values[i] / scale : 0.5;
      image.setRGB(i % panel.width, i / panel.width, colour(unit));
    }
    return image;
  }

  private static int colour(double unit) {
    double at = unit * (ANCHORS.length - 1);
    int below = Math.min((int) at, ANCHORS.length - 2);
    double share = at - below;
    Color a = ANCHORS[below];
    Color b = ANCHORS[below + 1];
    return new Color(
            mix(a.getRed(), b.getRed(), share),
            mix(a.getGreen(), b.getGreen(), share),
            mix(a.getBlue(), b.getBlue(), share))
        .getRGB();
  }

  private static int mix(int a, int b, double share) {
    return (int) Math.round(a + share * (b - a));
  }
}
