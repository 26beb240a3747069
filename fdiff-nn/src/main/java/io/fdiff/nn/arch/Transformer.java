package io.fdiff.nn.arch;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The numbers of a transformer on the patches of functions, as {@link UVit}, {@link
 * VisionTransformer} and the encoder of {@link ModulatedInr} use it.
 *
 * <p>A grid is cut into patches of {@code patch} points an axis. Each patch is a token with a
 * learned position. Positions belong to the token grid {@code tokens}; on another one they are
 * interpolated at the physical places of its patches.
 *
 * @param tokens tokens on each axis of the grid that is trained on, 1 to 3 axes
 * @param patch points of a patch on each axis, at least 1
 * @param width features of a token, a multiple of {@code heads}
 * @param depth number of blocks, at least 1
 * @param heads attention heads, at least 1
 * @param level how blocks are told the noise level
 * @param conditionToken whether the features of a condition become a token of their own; otherwise
 *     they are read together with those of the level. Without a condition there is no such token.
 */
public record Transformer(
    List<Integer> tokens,
    int patch,
    int width,
    int depth,
    int heads,
    Level level,
    boolean conditionToken) {

  private static final int MOST_AXES = 3;

  /** How blocks are told the noise level. */
  public enum Level {

    /** As a further token that the others attend to (Bao et al. 2023). */
    TOKEN,

    /**
     * As scale and shift after the normalisations of each block, {@code (1 + s) ⊙ LN(x) + t},
     * linear in an embedding of the level (Peebles and Xie 2023).
     */
    ADAPTIVE_NORM
  }

  /**
   * Checks the numbers.
   *
   * @param tokens tokens on each axis of the grid that is trained on, 1 to 3 axes
   * @param patch points of a patch on each axis, at least 1
   * @param width features of a token, a multiple of {@code heads}
   * @param depth number of blocks, at least 1
   * @param heads attention heads, at least 1
   * @param level how blocks are told the noise level
   * @param conditionToken whether the features of a condition become a token of their own
   * @throws IllegalArgumentException if a number is out of range
   */
  public Transformer {
    tokens = List.copyOf(tokens);
    Objects.requireNonNull(level, "level");
    if (tokens.isEmpty() || tokens.size() > MOST_AXES || tokens.stream().anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException(
          "tokens "
              + tokens
              + ": give the number of patches on each axis, 1 to "
              + MOST_AXES
              + " axes, each at least 1");
    }
    Layers.positive("patch", patch);
    Layers.positive("width", width);
    Layers.positive("depth", depth);
    Layers.positive("heads", heads);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width "
              + width
              + " is not a multiple of heads "
              + heads
              + ": each head has width/heads features; use width "
              + (width + heads - width % heads)
              + " or other heads");
    }
  }

  /**
   * For images of 32 × 32 points: 8 × 8 tokens of 4 × 4 points, width 128, 5 blocks, 4 heads, the
   * level as a token.
   *
   * @return the default numbers
   */
  public static Transformer defaults() {
    return new Transformer(List.of(8, 8), 4, 128, 5, 4, Level.TOKEN, false);
  }

  /**
   * A copy for another grid.
   *
   * @param value tokens on each axis
   * @return the copy
   */
  public Transformer withTokens(int... value) {
    List<Integer> list = Arrays.stream(value).boxed().toList();
    return new Transformer(list, patch, width, depth, heads, level, conditionToken);
  }

  /**
   * A copy with patches of another size.
   *
   * @param value points of a patch on each axis, at least 1
   * @return the copy
   */
  public Transformer withPatch(int value) {
    return new Transformer(tokens, value, width, depth, heads, level, conditionToken);
  }

  /**
   * A copy with another width.
   *
   * @param value features of a token
   * @param newHeads attention heads, a divisor of the width
   * @return the copy
   */
  public Transformer withWidth(int value, int newHeads) {
    return new Transformer(tokens, patch, value, depth, newHeads, level, conditionToken);
  }

  /**
   * A copy with another number of blocks.
   *
   * @param value blocks, at least 1
   * @return the copy
   */
  public Transformer withDepth(int value) {
    return new Transformer(tokens, patch, width, value, heads, level, conditionToken);
  }

  /**
   * A copy that is told the noise level in another way.
   *
   * @param value how
   * @return the copy
   */
  public Transformer withLevel(Level value) {
    return new Transformer(tokens, patch, width, depth, heads, value, conditionToken);
  }

  /**
   * A copy with or without a token for the condition.
   *
   * @param value whether the condition becomes a token
   * @return the copy
   */
  public Transformer withConditionToken(boolean value) {
    return new Transformer(tokens, patch, width, depth, heads, level, value);
  }

  /** The number of points on each axis of the grid that is trained on. */
  int[] trainedShape() {
    return tokens.stream().mapToInt(n -> n * patch).toArray();
  }

  int trainedTokens() {
    return tokens.stream().reduce(1, (a, b) -> a * b);
  }

  /** The number of points of a patch. */
  int patchPoints() {
    return tokens.stream().map(n -> patch).reduce(1, (a, b) -> a * b);
  }
}
