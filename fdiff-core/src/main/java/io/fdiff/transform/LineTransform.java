package io.fdiff.transform;

import io.fdiff.space.RegularGrid.Layout;
import java.util.Arrays;

/**
 * The transform of one axis in both directions, derived from a DFT of real or complex rows.
 *
 * <p>A real DFT of even length {@code N} is a complex one of length {@code m = N/2} over {@code z_j
 * = v_{2j} + i v_{2j+1}}: {@code X_k = E + wO}, {@code X_{m−k} = conj(E − wO)} with {@code E = (Z_k
 * + Z̄_{m−k})/2}, {@code O = (Z_k − Z̄_{m−k})/2i}, {@code w = e^{−2πik/N}}. Both steps from {@code
 * Z} to {@code X} to coefficients are one small matrix. A real DFT of odd length is a complex one
 * of that length.
 */
record LineTransform(LanePass forward, LanePass inverse) {

  /**
   * The transform of a basis on an axis.
   *
   * @throws IllegalArgumentException if the basis is not orthonormal on such an axis
   */
  static LineTransform of(Basis basis, Layout layout, int n, double length) {
    return switch (basis) {
      case FOURIER ->
          switch (layout) {
            case CELL -> fourier(n, length, true);
            case PERIODIC -> fourier(n, length, false);
            default -> throw unsuited(basis, layout);
          };
      case COSINE ->
          switch (layout) {
            case CELL -> cells(n, length, false);
            case NODE -> nodes(n, length);
            default -> throw unsuited(basis, layout);
          };
      case SINE ->
          switch (layout) {
            case CELL -> cells(n, length, true);
            case INTERIOR -> interior(n, length);
            default -> throw unsuited(basis, layout);
          };
      case QUARTER_SINE -> {
        if (layout != Layout.CELL) {
          throw unsuited(basis, layout);
        }
        yield n % 2 == 0 ? quarterEven(n, length) : quarterOdd(n, length);
      }
    };
  }

  private static IllegalArgumentException unsuited(Basis basis, Layout layout) {
    return new IllegalArgumentException(
        basis + " on layout " + layout + " has no fast transform; use least squares");
  }

  /**
   * Real DFT. With points {@code (i + δ)/n} the forward-normalised complex coefficient is {@code
   * c_k = e^{−2πikδ/n} X_k/n}, and {@code a_k = √2 Re c_k}, {@code b_k = −√2 Im c_k}; the top mode
   * of an even axis is the alternating vector with factor 1 ({@code cos πnu} on nodes, {@code sin
   * πnu} on cell centres).
   */
  private static LineTransform fourier(int n, double length, boolean centred) {
    RealDft dft = new RealDft(n, n);
    double scale = Math.sqrt(length) / n;
    dft.single(0, 0, scale);
    for (int k = 1; 2 * k < n; k++) {
      dft.pair(k, 2 * k - 1, 2 * k, rotation(centred ? Math.PI * k / n : 0, scale));
    }
    if (n % 2 == 0) {
      dft.single(n / 2, n - 1, scale);
    }
    for (int i = 0; i < n; i++) {
      dft.place(i, i, 1);
    }
    return dft.build();
  }

  /**
   * DCT-II (Makhoul 1980): {@code v = (x_0, x_2, …, x_3, x_1)}, then {@code C_k = Re(e^{−iπk/2n}
   * V_k)} and {@code C_{n−k} = −Im} of the same. DST-II: {@code S_k} of {@code x} is {@code
   * C_{n−1−k}} of {@code (−1)^i x_i}.
   */
  private static LineTransform cells(int n, double length, boolean sine) {
    RealDft dft = new RealDft(n, n);
    double scale = Math.sqrt(length) / n;
    dft.single(0, sine ? n - 1 : 0, scale);
    for (int k = 1; 2 * k < n; k++) {
      int p = sine ? n - 1 - k : k;
      int q = sine ? k - 1 : n - k;
      dft.pair(k, p, q, rotation(Math.PI * k / (2.0 * n), scale));
    }
    if (n % 2 == 0) {
      // √2 of the basis times cos π/4.
      dft.single(n / 2, sine ? n / 2 - 1 : n / 2, scale);
    }
    for (int i = 0; i < n; i++) {
      dft.place(i, i % 2 == 0 ? i / 2 : n - 1 - i / 2, sine && i % 2 == 1 ? -1 : 1);
    }
    return dft.build();
  }

  /** {@code √2 scale (Re, −Im)} of {@code e^{−iφ} X}. */
  private static double[][] rotation(double phase, double scale) {
    double cos = Math.sqrt(2) * scale * Math.cos(phase);
    double sin = Math.sqrt(2) * scale * Math.sin(phase);
    return new double[][] {{cos, sin}, {sin, -cos}};
  }

  /**
   * DCT-I with trapezoidal weights, by the real DFT of the even extension of length {@code 2m = 2(n
   * − 1)}: {@code Re X_k = 2(½x_0 + Σ_{0<i<m} x_i cos πki/m + ½(−1)^k x_m)}. The top mode is the
   * alternating vector with factor 1.
   */
  private static LineTransform nodes(int n, double length) {
    int m = n - 1;
    RealDft dft = new RealDft(n, 2 * m);
    for (int k = 0; k <= m; k++) {
      double norm = Math.sqrt((k == 0 || k == m ? 1 : 2) / length);
      dft.single(k, k, 0.5 * length / m * norm);
      dft.place(k, k, 1);
    }
    for (int i = 1; i < m; i++) {
      dft.extend(i, 2 * m - i, 1);
    }
    return dft.build();
  }

  /**
   * DST-I by the real DFT of the odd extension of length {@code 2m = 2(n + 1)}: {@code Im X_k = −2
   * Σ_i x_i sin πk(i + 1)/m}.
   */
  private static LineTransform interior(int n, double length) {
    int m = n + 1;
    RealDft dft = new RealDft(n, 2 * m);
    for (int k = 1; k < m; k++) {
      dft.imaginary(k, k - 1, -0.5 * Math.sqrt(2 * length) / m);
      dft.place(k - 1, k, 1);
      dft.extend(k, 2 * m - k, -1);
    }
    dft.zero(0);
    dft.zero(m);
    return dft.build();
  }

  /**
   * DST-IV of even length by a complex DFT of {@code m = n/2}: with {@code t_j = (x_{n−1−2j} + i
   * x_{2j}) e^{−iπ(4j+1)/4n}} and {@code T_k = e^{−iπk/n} Σ_j t_j e^{−2πijk/m}}, {@code S_{2k} = Re
   * T_k} and {@code S_{n−1−2k} = Im T_k}.
   */
  private static LineTransform quarterEven(int n, double length) {
    int m = n / 2;
    LaneFft fft = new LaneFft(m);
    RowMix.Builder before = new RowMix.Builder();
    RowMix.Builder analysis = new RowMix.Builder();
    RowMix.Builder synthesis = new RowMix.Builder();
    for (int j = 0; j < m; j++) {
      int[] even = {n - 1 - 2 * j, 2 * j};
      int[] row = {j, m + j};
      int[] odd = {2 * j, n - 1 - 2 * j};
      before.rows(even, row, turn(Math.PI * (4 * j + 1) / (4.0 * n), 1));
      double phase = Math.PI * j / n;
      analysis.rows(row, odd, turn(phase, Math.sqrt(2 * length) / n));
      // The matrix sin π(i+½)(k+½)/n is symmetric and n/2 times its own inverse.
      synthesis.rows(row, odd, turn(phase, Math.sqrt(2 / length)));
    }
    RowMix first = before.build();
    return new LineTransform(
        LanePass.between(first, fft, analysis.build(), n),
        LanePass.between(first, fft, synthesis.build(), n));
  }

  /** {@code scale e^{−iφ}} on (re, im). */
  private static double[][] turn(double phase, double scale) {
    double cos = scale * Math.cos(phase);
    double sin = scale * Math.sin(phase);
    return new double[][] {{cos, sin}, {-sin, cos}};
  }

  /**
   * DST-IV of odd length by a real DFT of that length. With {@code u = 2i + 1}, {@code v = 2k + 1},
   * {@code α = n⁻¹} mod 8 and {@code β = 8⁻¹} mod n, {@code sin 2πuv/8n = sin(παuv/4 + 2πβuv/n)}
   * splits, by the characters {@code χ_c, χ_s = √2 cos, √2 sin} of {@code π·/4} on odd residues mod
   * 8, into the even part of one permutation of {@code ±x} and the odd part of the same.
   */
  private static LineTransform quarterOdd(int n, double length) {
    RealDft dft = new RealDft(n, n);
    for (int i = 0; i < n; i++) {
      int u = 2 * i + 1;
      int place = u % 4 == 1 ? u % n : (2 * n - u) % n;
      dft.place(i, place, chiSin(u));
    }
    int alpha = n % 8; // Odd squares are 1 mod 8.
    int[] mode = new int[n];
    for (int k = 0; k < n; k++) {
      // 8κ = v mod n.
      int v = 2 * k + 1;
      int kappa = 0;
      while ((8L * kappa - v) % n != 0) {
        kappa++;
      }
      mode[kappa] = k;
    }
    double scale = Math.sqrt(length) / n;
    dft.single(0, mode[0], scale);
    for (int kappa = 1; 2 * kappa < n; kappa++) {
      int p = mode[kappa];
      int q = mode[n - kappa];
      int vp = alpha * (2 * p + 1);
      int vq = alpha * (2 * q + 1);
      dft.pair(
          kappa,
          p,
          q,
          new double[][] {
            {scale * chiSin(vp), -scale * chiCos(vp)}, {scale * chiSin(vq), scale * chiCos(vq)}
          });
    }
    return dft.build();
  }

  private static int chiSin(int odd) {
    return odd % 8 < 4 ? 1 : -1;
  }

  private static int chiCos(int odd) {
    return odd % 8 == 1 || odd % 8 == 7 ? 1 : -1;
  }

  /** Collects how values enter a real DFT of length {@code size} and coefficients leave it. */
  private static final class RealDft {
    private final int n;
    private final int size;
    private final boolean even;
    private final int m;
    private final int[] places;
    private final double[] signs;
    private final RowMix.Builder fixForward = new RowMix.Builder();
    private final RowMix.Builder fixInverse = new RowMix.Builder();
    // For each frequency up to size/2: rows of the coefficients and (Re, Im) to coefficients.
    private final int[][] rows;
    private final double[][][] analysis;

    RealDft(int n, int size) {
      this.n = n;
      this.size = size;
      this.even = size % 2 == 0;
      this.m = even ? size / 2 : size;
      this.places = new int[n];
      this.signs = new double[n];
      this.rows = new int[size / 2 + 1][];
      this.analysis = new double[size / 2 + 1][][];
      if (!even) {
        for (int i = 0; i < size; i++) {
          zeroRow(size + i);
        }
      }
    }

    private void zeroRow(int row) {
      fixForward.row(0, row, 0);
    }

    /** The row of {@code v_i}: even and odd entries are real and imaginary parts. */
    private int row(int i) {
      return !even ? i : i % 2 == 0 ? i / 2 : m + i / 2;
    }

    /** {@code v_to = sign x_value}. */
    void place(int value, int to, double sign) {
      places[value] = row(to);
      signs[value] = sign;
      if (sign < 0) {
        fixForward.row(row(to), row(to), -1);
        fixInverse.row(row(to), row(to), -1);
      }
    }

    /** {@code v_to = sign v_from}. */
    void extend(int from, int to, double sign) {
      fixForward.row(row(from), row(to), sign);
    }

    /** {@code v_to = 0}; no coefficient belongs to this frequency. */
    void zero(int to) {
      zeroRow(row(to));
    }

    /** A coefficient from the real part. */
    void single(int frequency, int coefficient, double factor) {
      rows[frequency] = new int[] {coefficient, -1};
      analysis[frequency] = new double[][] {{factor, 0}, {0, 1}};
    }

    /** A coefficient from the imaginary part. */
    void imaginary(int frequency, int coefficient, double factor) {
      rows[frequency] = new int[] {-1, coefficient};
      analysis[frequency] = new double[][] {{1, 0}, {0, factor}};
    }

    /** Two coefficients from (Re, Im). */
    void pair(int frequency, int p, int q, double[][] matrix) {
      rows[frequency] = new int[] {p, q};
      analysis[frequency] = matrix;
    }

    LineTransform build() {
      RowMix.Builder after = new RowMix.Builder();
      RowMix.Builder before = new RowMix.Builder();
      int spare = n;
      for (int k = 0; k <= size / 2; k++) {
        if (!even) {
          whole(k, after, before);
        } else if (k == 0) {
          ends(after, before);
        } else if (2 * k < m) {
          quadruple(k, spare, after, before);
        } else if (2 * k == m) {
          middle(k, spare, after, before);
        }
      }
      LaneFft fft = new LaneFft(m);
      return new LineTransform(
          LanePass.analysis(fft, n + 1, places, fixForward.build(), after.build()),
          LanePass.synthesis(fft, n + 1, before.build(), fixInverse.build(), places));
    }

    /** {@code X_0 = Re Z_0 + Im Z_0}, {@code X_m = Re Z_0 − Im Z_0}. */
    private void ends(RowMix.Builder after, RowMix.Builder before) {
      if (rows[0] == null) {
        before.row(0, 0, 0).row(0, m, 0);
        return;
      }
      double f0 = analysis[0][0][0];
      double fm = analysis[m][0][0];
      int[] z = {0, m};
      int[] c = {rows[0][0], rows[m][0]};
      after.rows(z, c, new double[][] {{f0, f0}, {fm, -fm}});
      double h = 0.5 / m;
      before.rows(c, z, new double[][] {{h / f0, h / fm}, {h / f0, -h / fm}});
    }

    /** {@code X_{m/2} = Z̄_{m/2}}. */
    private void middle(int k, int spare, RowMix.Builder after, RowMix.Builder before) {
      int[] z = {k, m + k};
      double[][] conjugate = {{1, 0}, {0, -1}};
      after.rows(z, out(k, spare), product(analysis[k], conjugate));
      before.rows(in(k), z, times(1.0 / m, product(conjugate, synthesis(k))));
    }

    private void quadruple(int k, int spare, RowMix.Builder after, RowMix.Builder before) {
      double cos = Math.cos(2 * Math.PI * k / size);
      double sin = Math.sin(2 * Math.PI * k / size);
      // X_k = αA + βB̄ and X̄_{m−k} = βA + αB̄ with α, β = (1 ∓ iw)/2, iw = sin + i cos.
      double[][] a = complex((1 - sin) / 2, -cos / 2);
      double[][] b = complex((1 + sin) / 2, cos / 2);
      int[] z = {k, m + k, m - k, m + m - k};
      after.rows(
          z, join(out(k, spare), out(m - k, spare)), multiplyLeft(analysis, k, symmetric(a, b)));
      // Back: A = α'X_k + β'X̄_{m−k} with α', β' = (1 ± iw̄)/2, iw̄ = −sin + i cos.
      double[][] c = complex((1 - sin) / 2, cos / 2);
      double[][] d = complex((1 + sin) / 2, -cos / 2);
      double[][] back = symmetric(c, d);
      double[][] g = blocks(synthesis(k), synthesis(m - k));
      before.rows(join(in(k), in(m - k)), z, times(1.0 / m, product(back, g)));
    }

    /** The odd length: {@code X_k = Z_k}, and {@code Z_{n−k} = Z̄_k} on the way back. */
    private void whole(int k, RowMix.Builder after, RowMix.Builder before) {
      double f = 1.0 / size;
      if (k == 0) {
        after.row(0, rows[0][0], analysis[0][0][0]);
        before.row(rows[0][0], 0, f / analysis[0][0][0]).row(rows[0][0], size, 0);
        return;
      }
      after.rows(new int[] {k, size + k}, rows[k], analysis[k]);
      double[][] g = times(f, synthesis(k));
      before.rows(rows[k], new int[] {k, size + k}, g);
      int mirror = size - k;
      double[][] conjugate = {g[0], {-g[1][0], -g[1][1]}};
      before.rows(rows[k], new int[] {mirror, size + mirror}, conjugate);
    }

    private double[][] multiplyLeft(double[][][] blocks, int k, double[][] matrix) {
      return product(blocks(blocks[k], blocks[m - k]), matrix);
    }

    private int[] out(int k, int spare) {
      return Arrays.stream(rows[k]).map(row -> row < 0 ? spare : row).toArray();
    }

    /** A coefficient that does not exist enters with factor 0. */
    private int[] in(int k) {
      return Arrays.stream(rows[k])
          .map(row -> row < 0 ? Math.max(rows[k][0], rows[k][1]) : row)
          .toArray();
    }

    /** Coefficients to (Re, Im), the inverse of {@code analysis}. */
    private double[][] synthesis(int k) {
      double[][] f = analysis[k];
      double det = f[0][0] * f[1][1] - f[0][1] * f[1][0];
      double[][] g = {{f[1][1] / det, -f[0][1] / det}, {-f[1][0] / det, f[0][0] / det}};
      for (int j = 0; j < 2; j++) {
        if (rows[k][j] < 0) {
          g[0][j] = 0;
          g[1][j] = 0;
        }
      }
      return g;
    }

    /** Multiplication by a complex number. */
    private static double[][] complex(double re, double im) {
      return new double[][] {{re, -im}, {im, re}};
    }

    /** {@code (A, B) ↦ (aA + bB̄, conj(bA + aB̄))}. */
    private static double[][] symmetric(double[][] a, double[][] b) {
      return new double[][] {
        {a[0][0], a[0][1], b[0][0], -b[0][1]},
        {a[1][0], a[1][1], b[1][0], -b[1][1]},
        {b[0][0], b[0][1], a[0][0], -a[0][1]},
        {-b[1][0], -b[1][1], -a[1][0], a[1][1]}
      };
    }

    private static double[][] blocks(double[][] first, double[][] second) {
      return new double[][] {
        {first[0][0], first[0][1], 0, 0},
        {first[1][0], first[1][1], 0, 0},
        {0, 0, second[0][0], second[0][1]},
        {0, 0, second[1][0], second[1][1]}
      };
    }

    private static double[][] product(double[][] a, double[][] b) {
      double[][] c = new double[a.length][b[0].length];
      for (int i = 0; i < a.length; i++) {
        for (int j = 0; j < c[i].length; j++) {
          for (int k = 0; k < b.length; k++) {
            c[i][j] += a[i][k] * b[k][j];
          }
        }
      }
      return c;
    }

    private static double[][] times(double factor, double[][] a) {
      double[][] c = new double[a.length][];
      for (int i = 0; i < a.length; i++) {
        c[i] = Arrays.stream(a[i]).map(value -> factor * value).toArray();
      }
      return c;
    }

    private static int[] join(int[] a, int[] b) {
      int[] c = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, c, a.length, b.length);
      return c;
    }
  }
}
