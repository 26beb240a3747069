package io.fdiff.covariance;

import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.List;

/** The points that two grids of a domain have in common. */
final class SharedPoints {

  private SharedPoints() {}

  /** Pairs of flat indices of one point. */
  static int[][] of(Grid a, Grid b) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < b.size(); j++) {
        double distance = 0;
        for (int axis = 0; axis < a.dimension(); axis++) {
          distance = Math.max(distance, Math.abs(a.coordinate(i, axis) - b.coordinate(j, axis)));
        }
        if (distance < 1e-12) {
          pairs.add(new int[] {i, j});
        }
      }
    }
    return pairs.toArray(int[][]::new);
  }
}
