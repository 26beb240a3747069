package io.fdiff.denoise;

import io.fdiff.sde.CommonModes;
import io.fdiff.sde.Marginal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of a mixture that share one covariance {@code Γ}, in coordinates that suit it. */
abstract class PartGroup {

  /** The law {@code V = MΓM + ςRς} of one time; functions are rows of coordinates. */
  interface Law {
    /** {@code ln det V − ln det R}. */
    double logDeterminant();

    /** The factor of the mean of one coordinate. */
    double tau(int mode);

    /** {@code u ← V⁻¹u} of the row that begins at an index. */
    void solve(double[] u, int at);

    /** {@code u ← ΓMu} of the row that begins at an index. */
    void gain(double[] u, int at);

    /** {@code u ← MΓu} of the row that begins at an index. */
    void gainTranspose(double[] u, int at);

    /** The variances of the values of {@code X_0} given {@code X_t}, {@code [points]}. */
    double[] pointVariances();
  }

  private record Known(double time, Law law) {}

  final CommonModes modes;
  final List<Integer> parts = new ArrayList<>();
  private volatile @Nullable Known known;

  PartGroup(CommonModes modes) {
    this.modes = modes;
  }

  /** The law of a time; the last one is kept, for all states of a sampler have one time. */
  final Law law(double t, Marginal marginal) {
    Known last = known;
    if (last == null || last.time() != t) {
      last = new Known(t, at(marginal));
      known = last;
    }
    return last.law();
  }

  abstract Law at(Marginal marginal);
}
