package io.fdiff.nn.arch;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;

/** Functions as rows of patches, and back. */
final class Patches {

  private Patches() {}

  /**
   * Cuts functions into patches.
   *
   * @param values {@code [points, batch, channels]}
   * @return {@code [batch · tokens, patchPoints · channels]}; tokens, points of a patch and
   *     channels in C order
   */
  static SDVariable rows(SDVariable values, TokenGrid grid, int channels) {
    int axes = grid.axes();
    long[] cut = new long[2 * axes + 2];
    int[] order = new int[2 * axes + 2];
    for (int a = 0; a < axes; a++) {
      cut[2 * a] = grid.tokens(a);
      cut[2 * a + 1] = grid.patch();
      order[1 + a] = 2 * a;
      order[1 + axes + a] = 2 * a + 1;
    }
    cut[2 * axes] = -1;
    cut[2 * axes + 1] = channels;
    order[0] = 2 * axes;
    order[2 * axes + 1] = 2 * axes + 1;
    return values.reshape(cut).permute(order).reshape(-1, patchPoints(grid) * channels);
  }

  /**
   * Functions from their patches, points first.
   *
   * @param patches {@code [batch, tokens, patchPoints · channels]}
   * @return {@code [points, batch, channels]}
   */
  static SDVariable values(SDVariable patches, TokenGrid grid, int channels) {
    int axes = grid.axes();
    int[] order = new int[2 * axes + 2];
    points(order, 0, axes);
    order[2 * axes] = 0;
    order[2 * axes + 1] = 2 * axes + 1;
    return cut(patches, grid, channels).permute(order).reshape(points(grid), -1, channels);
  }

  /**
   * Functions from their patches, channels first.
   *
   * @param patches {@code [batch, tokens, patchPoints · channels]}
   * @return {@code [channels, n1, …, nd, batch]}
   */
  static SDVariable channelsFirst(SDVariable patches, TokenGrid grid, int channels) {
    int axes = grid.axes();
    int[] order = new int[2 * axes + 2];
    order[0] = 2 * axes + 1;
    points(order, 1, axes);
    order[2 * axes + 1] = 0;
    long[] shape = new long[axes + 2];
    shape[0] = channels;
    for (int a = 0; a < axes; a++) {
      shape[1 + a] = (long) grid.tokens(a) * grid.patch();
    }
    shape[axes + 1] = -1;
    return cut(patches, grid, channels).permute(order).reshape(shape);
  }

  private static SDVariable cut(SDVariable patches, TokenGrid grid, int channels) {
    int axes = grid.axes();
    long[] shape = new long[2 * axes + 2];
    shape[0] = -1;
    for (int a = 0; a < axes; a++) {
      shape[1 + a] = grid.tokens(a);
      shape[1 + axes + a] = grid.patch();
    }
    shape[2 * axes + 1] = channels;
    return patches.reshape(shape);
  }

  /** Each axis of tokens followed by that of its points. */
  private static void points(int[] order, int from, int axes) {
    for (int a = 0; a < axes; a++) {
      order[from + 2 * a] = 1 + a;
      order[from + 2 * a + 1] = 1 + axes + a;
    }
  }

  private static int patchPoints(TokenGrid grid) {
    int[] sides = new int[grid.axes()];
    Arrays.fill(sides, grid.patch());
    return Arrays.stream(sides).reduce(1, (a, b) -> a * b);
  }

  private static int points(TokenGrid grid) {
    return grid.count() * patchPoints(grid);
  }
}
