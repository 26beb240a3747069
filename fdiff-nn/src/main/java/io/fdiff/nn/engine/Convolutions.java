package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions of images {@code [batch, channels, height, width]} as products: for each place of
 * the kernel the image is copied, shifted, into a stack, and the kernel is a matrix.
 *
 * <p>Kernels of odd size with stride 1 and an output of the size of the input. The gradient by the
 * image is such a convolution of the gradient, shifted the other way.
 */
final class Convolutions {

  private static final int STRIDES = 2;
  private static final int DILATIONS = 6;
  private static final int SAME_SIZE = 8;
  private static final int CHANNELS_LAST = 9;
  private static final int KERNEL_FORMAT = 10;

  private Convolutions() {}

  private static boolean isKnown(Arguments with) {
    long height = with.integer(0, 0);
    long width = with.integer(1, 0);
    boolean plain = height % 2 == 1 && width % 2 == 1 && with.input(0).rank() == 4;
    for (int i = 0; i < 2; i++) {
      plain &= with.integer(STRIDES + i, 0) == 1 && with.integer(DILATIONS + i, 0) == 1;
    }
    return plain
        && with.integer(SAME_SIZE, 0) == 1
        && with.integer(CHANNELS_LAST, 0) == 0
        && with.integer(KERNEL_FORMAT, 0) == 0;
  }

  /** {@code conv2d}: image, kernel {@code [height, width, in, out]} and maybe a bias. */
  static @Nullable List<Tensor> forward(Builder to, Arguments with) {
    if (!isKnown(with)) {
      return null;
    }
    Tensor kernel = with.input(1);
    int out = kernel.size(3);
    Tensor matrix = to.transposed(to.reshape(kernel, kernel.length() / out, out));
    Tensor result = product(to, matrix, stack(to, with.input(0), kernel, true));
    if (with.inputs().size() > 2) {
      result = to.add(result, to.reshape(with.input(2), 1, out, 1));
    }
    return List.of(to.reshape(result, with.shape()));
  }

  /** {@code conv2d_bp}: image, kernel, maybe a bias, and the gradient of the result. */
  static @Nullable List<Tensor> backward(Builder to, Arguments with) {
    if (!isKnown(with)) {
      return null;
    }
    Tensor image = with.input(0);
    Tensor kernel = with.input(1);
    Tensor gradient = with.input(with.inputs().size() - 1);
    int batch = image.size(0);
    int in = kernel.size(2);
    int out = kernel.size(3);
    int area = image.size(2) * image.size(3);
    Tensor turned = to.reshape(to.permute(kernel, 2, 0, 1, 3), in, kernel.length() / in);
    Tensor byImage =
        to.reshape(product(to, turned, stack(to, gradient, kernel, false)), image.shape());
    Tensor flat = to.reshape(gradient, batch, out, area);
    Tensor each = to.product(stack(to, image, kernel, true), to.transposed(flat), 1);
    Tensor byKernel = to.reshape(to.sum(each, 0), kernel.shape());
    if (with.inputs().size() == 3) {
      return List.of(byImage, byKernel);
    }
    return List.of(byImage, byKernel, to.reshape(to.sum(flat, 0, 2), with.shapes().get(2)));
  }

  /** The matrix times each stack {@code [batch, places, area]}. */
  private static Tensor product(Builder to, Tensor matrix, Tensor stack) {
    return to.product(
        to.broadcast(matrix, stack.size(0), matrix.size(0), matrix.size(1)), stack, 1);
  }

  /**
   * Shifted images {@code [batch, height · width · channels, area]}, 0 outside.
   *
   * @param kernel its first two axes are the shifts
   * @param ahead whether place {@code k} of the kernel reads {@code k − size/2} ahead, or behind
   */
  private static Tensor stack(Builder to, Tensor image, Tensor kernel, boolean ahead) {
    int batch = image.size(0);
    int channels = image.size(1);
    int height = image.size(2);
    int width = image.size(3);
    int rows = kernel.size(0);
    int columns = kernel.size(1);
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        parts.add(shifted(to, image, shift(i, rows, ahead), shift(j, columns, ahead), true));
      }
    }
    Tensor stack =
        to.stack(
            "stack " + ahead + rows + "x" + columns,
            parts,
            all -> {
              List<Tensor> places = new ArrayList<>();
              for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                  Tensor one = to.narrow(to.narrow(all, 1, i, 1, 1), 2, j, 1, 1);
                  Tensor place = to.reshape(one, batch, channels, height, width);
                  places.add(
                      shifted(to, place, shift(i, rows, ahead), shift(j, columns, ahead), false));
                }
              }
              return places;
            },
            batch,
            rows,
            columns,
            channels,
            height,
            width);
    return to.reshape(stack, batch, rows * columns * channels, height * width);
  }

  private static int shift(int place, int size, boolean ahead) {
    int shift = place - size / 2;
    return ahead ? shift : -shift;
  }

  /** The part of an image that a shift reads, or the part that it fills. */
  private static Tensor shifted(Builder to, Tensor image, int down, int right, boolean reads) {
    int height = Math.max(0, image.size(2) - Math.abs(down));
    int width = Math.max(0, image.size(3) - Math.abs(right));
    int top = Math.max(0, reads ? down : -down);
    int left = Math.max(0, reads ? right : -right);
    return to.narrow(to.narrow(image, 2, top, 1, height), 3, left, 1, width);
  }
}
