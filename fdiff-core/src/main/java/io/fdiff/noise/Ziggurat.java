package io.fdiff.noise;

/**
 * Standard normals from 64-bit words by the ziggurat of Marsaglia and Tsang (2000), 512 layers of
 * equal area under {@code f(x) = exp(−x²/2)}, drawn on both sides at once.
 *
 * <p>The low 9 bits of a word choose the layer, the high 52 the place in it, so the two are
 * independent (Doornik 2005 describes what sharing bits costs). 99.2 % of the words are inside the
 * curve and give their normal by one multiplication; {@link #resolve} draws the others, exactly in
 * wedges and in the tail, from further blocks of the address. The logarithms are those of {@link
 * StrictMath}: equal words give equal normals on every machine.
 */
final class Ziggurat {

  static final int LAYERS = 512;

  /** Right edge {@code r} of the base layer, for which the top layer closes at {@code f(0)}. */
  static final double TAIL = 3.852046150368391;

  /** Area of every layer on one side: {@code r f(r) + ∫_r^∞ f}. */
  static final double AREA = 0.002456766351541356;

  /** Half-widths of the layers, base first, as wide as if it had no tail; 0 beyond the last. */
  private static final double[] EDGE = edges();

  private static final double[] HEIGHT = heights(EDGE);

  /** {@code |x|} below it is inside the curve in this layer: the edge of the layer above. */
  private static final double[] INSIDE = inside(EDGE);

  private Ziggurat() {}

  /**
   * The normals of one word of each block, as far as one word decides.
   *
   * @param words word of each block; not modified
   * @param n number of words
   * @param z Modified: {@code z[4i + lane]}, undefined where refused
   * @param lane 0 to 3
   * @param refused Modified: places of {@code z} that need {@link #resolve}, from {@code count}
   * @param count number of places in {@code refused} before
   * @return number of places in {@code refused} after
   */
  static int draw(long[] words, int n, double[] z, int lane, int[] refused, int count) {
    for (int i = 0; i < n; i++) {
      long word = words[i];
      int layer = (int) word & (LAYERS - 1);
      double x = place(word) * EDGE[layer];
      int index = Threefry.WORDS * i + lane;
      z[index] = x;
      if (Math.abs(x) >= INSIDE[layer]) {
        refused[count++] = index;
      }
    }
    return count;
  }

  /**
   * As {@link #draw}, to a row of its own.
   *
   * @param words words, from {@code from} on; not modified
   * @param n number of words
   * @param z Modified: {@code z[at + i]}, undefined where refused
   * @param refused Modified: those {@code i} that need {@link #resolve}
   * @return number of places in {@code refused}
   */
  static int row(long[] words, int from, int n, double[] z, int at, int[] refused) {
    int count = 0;
    for (int i = 0; i < n; i++) {
      long word = words[from + i];
      int layer = (int) word & (LAYERS - 1);
      double x = place(word) * EDGE[layer];
      z[at + i] = x;
      if (Math.abs(x) >= INSIDE[layer]) {
        refused[count++] = i;
      }
    }
    return count;
  }

  /**
   * As {@link #draw}, to a row of its own in single precision.
   *
   * @param words words, from {@code from} on; not modified
   * @param n number of words
   * @param z Modified: {@code z[at + i]}, undefined where refused
   * @param refused Modified: those {@code i} that need {@link #resolve}
   * @return number of places in {@code refused}
   */
  static int row(long[] words, int from, int n, float[] z, int at, int[] refused) {
    int count = 0;
    for (int i = 0; i < n; i++) {
      long word = words[from + i];
      int layer = (int) word & (LAYERS - 1);
      double x = place(word) * EDGE[layer];
      z[at + i] = (float) x;
      if (Math.abs(x) >= INSIDE[layer]) {
        refused[count++] = i;
      }
    }
    return count;
  }

  /**
   * The normal of an address whose word is not inside the curve. Attempt {@code a = 1, 2, …} reads
   * the block of counter {@code (mode, row, sample, a)}.
   *
   * @param word the word
   * @param key cipher of the further words
   * @param block Modified: room for a block
   * @return a standard normal
   */
  static double resolve(long word, Threefry key, long mode, long row, long sample, long[] block) {
    for (long attempt = 1; ; attempt++) {
      int layer = (int) word & (LAYERS - 1);
      double x = place(word) * EDGE[layer];
      if (Math.abs(x) < INSIDE[layer]) {
        return x;
      }
      key.block(mode, row, sample, attempt, block);
      if (layer == 0) {
        // Marsaglia's (1964) tail is exact for every r; a refused attempt keeps layer and sign.
        double beyond = -StrictMath.log(open(block[0])) / TAIL;
        if (-2 * StrictMath.log(open(block[1])) > beyond * beyond) {
          return Math.copySign(TAIL + beyond, x);
        }
      } else {
        double y = HEIGHT[layer] + open(block[0]) * (HEIGHT[layer + 1] - HEIGHT[layer]);
        // A last bit decides here once in 10¹⁶ wedges, so the faster function will do.
        if (y < Math.exp(-0.5 * x * x)) {
          return x;
        }
        word = block[1];
      }
    }
  }

  /**
   * A uniform number of [−1, 1) from the high 52 bits, as the mantissa of a number of [2, 4): a
   * conversion of integers would make every turn of the loop wait for the one before.
   */
  private static double place(long word) {
    return Double.longBitsToDouble((word >>> 12) | 0x4000000000000000L) - 3;
  }

  /** A uniform number of (0, 1), the middle of one of 2⁵³ cells. */
  static double open(long word) {
    return ((word >>> 11) + 0.5) * 0x1p-53;
  }

  private static double density(double x) {
    return StrictMath.exp(-0.5 * x * x);
  }

  static double[] edges() {
    double[] edge = new double[LAYERS + 1];
    edge[0] = AREA / density(TAIL);
    edge[1] = TAIL;
    for (int i = 1; i < LAYERS - 1; i++) {
      edge[i + 1] = Math.sqrt(-2 * StrictMath.log(density(edge[i]) + AREA / edge[i]));
    }
    return edge;
  }

  private static double[] heights(double[] edge) {
    double[] height = new double[LAYERS + 1];
    for (int i = 1; i <= LAYERS; i++) {
      height[i] = density(edge[i]);
    }
    return height;
  }

  private static double[] inside(double[] edge) {
    double[] inside = new double[LAYERS];
    System.arraycopy(edge, 1, inside, 0, LAYERS);
    return inside;
  }
}
