package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.NetworkConfig;

/**
 * The numbers of a {@link LeNet}.
 *
 * @param channels channels of the images, at least 1
 * @param height rows of the images, at least 28
 * @param width columns of the images, at least 28
 * @param classes number of classes, at least 2
 */
@JsonTypeName("lenet")
public record LeNetConfig(int channels, int height, int width, int classes)
    implements NetworkConfig {

  private static final int SMALLEST = 28;

  /**
   * Checks the numbers.
   *
   * @param channels channels of the images, at least 1
   * @param height rows of the images, at least 28
   * @param width columns of the images, at least 28
   * @param classes number of classes, at least 2
   * @throws IllegalArgumentException if a number is out of range
   */
  public LeNetConfig {
    if (channels < 1) {
      throw new IllegalArgumentException("channels " + channels + ": must be at least 1");
    }
    if (height < SMALLEST || width < SMALLEST) {
      throw new IllegalArgumentException(
          "images of "
              + height
              + " × "
              + width
              + " points: LeNet takes 28 × 28 and larger ones; resample the images");
    }
    if (classes < 2) {
      throw new IllegalArgumentException("classes " + classes + ": must be at least 2");
    }
  }

  /**
   * Grey images of 28 × 28 points in 10 classes.
   *
   * @return the default configuration
   */
  public static LeNetConfig defaults() {
    return new LeNetConfig(1, 28, 28, 10);
  }

  /**
   * None: the network is not a denoiser.
   *
   * @return 0
   */
  @Override
  public int levelFeatures() {
    return 0;
  }

  @Override
  public Conditioning conditioning() {
    return Conditioning.NONE;
  }

  @Override
  public LeNet network() {
    return new LeNet(this);
  }
}
