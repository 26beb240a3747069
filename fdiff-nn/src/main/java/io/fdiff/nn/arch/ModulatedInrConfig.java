package io.fdiff.nn.arch;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.nn.Conditioning;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import java.util.Objects;

/**
 * The numbers of a {@link ModulatedInr}.
 *
 * @param channels channels of the functions, at least 1
 * @param encoder the transformer on the input; its grid has {@code tokens · patch} points an axis
 * @param sampling how functions on other grids are brought to that of the encoder
 * @param decoder the network of the coordinates
 * @param levelFeatures sinusoidal features of the noise level, even and at least 2
 * @param conditioning what the network is told besides state and level
 */
@JsonTypeName("modulated-inr")
public record ModulatedInrConfig(
    int channels,
    Transformer encoder,
    Sampling sampling,
    Decoder decoder,
    int levelFeatures,
    Conditioning conditioning)
    implements NetworkConfig {

  /** How functions on other grids are brought to that of the encoder. */
  public enum Sampling {

    /**
     * Multilinear interpolation at cell centres, continued along the outermost lines: any regular
     * grid, any points of an interval. Finer grids are not smoothed.
     */
    LINEAR,

    /**
     * Coefficients of cosines, at cell centres: exact for functions with no more of them than the
     * encoder's grid carries, whatever grid they come from. Higher ones are dropped.
     */
    COSINE,

    /** Fourier coefficients, at the nodes of a periodic grid; otherwise as {@link #COSINE}. */
    FOURIER
  }

  /** The function that hidden layers of the decoder end with. */
  public enum Activation {

    /** {@code ½x(1 + tanh(√(2/π)(x + 0.044715x³)))}. */
    GELU,

    /** {@code x·σ(x)}. */
    SWISH,

    /** {@code sin 30x}, with the initial weights of Sitzmann et al. (2020). */
    SINE
  }

  /** What the latent vector changes in the hidden layers. */
  public enum Modulation {

    /** {@code Wu + b + β} (Dupont et al. 2022). */
    SHIFT,

    /** {@code (1 + γ)(Wu + b) + β}. */
    SCALE_AND_SHIFT
  }

  /**
   * The numbers of the network of the coordinates.
   *
   * @param activation of the hidden layers
   * @param frequencies each coordinate in {@code [−1, 1]} is joined by sine and cosine of {@code
   *     2^j π/2} times it, {@code j = 0, …, frequencies − 1}; 0 for plain coordinates
   * @param width features of the hidden layers, at least the channels of the functions
   * @param layers hidden layers, at least 1
   * @param latent length of the latent vector, at least 1
   * @param modulation what the latent vector changes
   */
  public record Decoder(
      Activation activation,
      int frequencies,
      int width,
      int layers,
      int latent,
      Modulation modulation) {

    private static final int MOST_FREQUENCIES = 16;

    /**
     * Checks the numbers.
     *
     * @param activation of the hidden layers
     * @param frequencies sines and cosines of each coordinate, from 0 to 16
     * @param width features of the hidden layers, at least the channels of the functions
     * @param layers hidden layers, at least 1
     * @param latent length of the latent vector, at least 1
     * @param modulation what the latent vector changes
     * @throws IllegalArgumentException if a number is out of range
     */
    public Decoder {
      Objects.requireNonNull(activation, "activation");
      Objects.requireNonNull(modulation, "modulation");
      if (frequencies < 0 || frequencies > MOST_FREQUENCIES) {
        throw new IllegalArgumentException(
            "frequencies "
                + frequencies
                + ": must be from 0 (plain coordinates) to "
                + MOST_FREQUENCIES
                + "; they double");
      }
      Layers.positive("width", width);
      Layers.positive("layers", layers);
      Layers.positive("latent", latent);
    }

    /**
     * Six hidden layers of width 128 with GELU, 6 frequencies (up to 16 periods on the domain), a
     * latent vector of 128, scale and shift.
     *
     * @return the default numbers
     */
    public static Decoder defaults() {
      return new Decoder(Activation.GELU, 6, 128, 6, 128, Modulation.SCALE_AND_SHIFT);
    }

    /**
     * A SIREN on plain coordinates, as {@link #defaults} otherwise.
     *
     * @return the numbers
     */
    public static Decoder siren() {
      return new Decoder(Activation.SINE, 0, 128, 6, 128, Modulation.SCALE_AND_SHIFT);
    }

    /**
     * A copy of another size.
     *
     * @param newWidth features of the hidden layers
     * @param newLayers hidden layers, at least 1
     * @param newLatent length of the latent vector, at least 1
     * @return the copy
     */
    public Decoder withSize(int newWidth, int newLayers, int newLatent) {
      return new Decoder(activation, frequencies, newWidth, newLayers, newLatent, modulation);
    }

    /**
     * A copy with another modulation.
     *
     * @param value what the latent vector changes
     * @return the copy
     */
    public Decoder withModulation(Modulation value) {
      return new Decoder(activation, frequencies, width, layers, latent, value);
    }
  }

  /**
   * Checks the numbers.
   *
   * @param channels channels of the functions, at least 1
   * @param encoder the transformer on the input; its grid has {@code tokens · patch} points an axis
   * @param sampling how functions on other grids are brought to that of the encoder
   * @param decoder the network of the coordinates
   * @param levelFeatures sinusoidal features of the noise level, even and at least 2
   * @param conditioning what the network is told besides state and level
   * @throws IllegalArgumentException if a number is out of range
   */
  public ModulatedInrConfig {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(decoder, "decoder");
    Objects.requireNonNull(conditioning, "conditioning");
    Layers.checkSizes(channels, levelFeatures);
    if (decoder.width() < channels) {
      throw new IllegalArgumentException(
          "decoder width "
              + decoder.width()
              + " is below the "
              + channels
              + " channels of the functions: use at least "
              + channels);
    }
  }

  /**
   * One channel, an encoder on 32 × 32 points, cosine coefficients, 64 level features: an encoder
   * of a million parameters and a decoder of a hundred thousand.
   *
   * @return the default configuration
   */
  public static ModulatedInrConfig defaults() {
    return new ModulatedInrConfig(
        1, Transformer.defaults(), Sampling.COSINE, Decoder.defaults(), 64, Conditioning.NONE);
  }

  /**
   * A copy with another number of channels.
   *
   * @param value channels, at least 1
   * @return the copy
   */
  public ModulatedInrConfig withChannels(int value) {
    return new ModulatedInrConfig(value, encoder, sampling, decoder, levelFeatures, conditioning);
  }

  /**
   * A copy with another encoder.
   *
   * @param value the transformer on the input
   * @return the copy
   */
  public ModulatedInrConfig withEncoder(Transformer value) {
    return new ModulatedInrConfig(channels, value, sampling, decoder, levelFeatures, conditioning);
  }

  /**
   * A copy that brings functions to the encoder in another way.
   *
   * @param value how
   * @return the copy
   */
  public ModulatedInrConfig withSampling(Sampling value) {
    return new ModulatedInrConfig(channels, encoder, value, decoder, levelFeatures, conditioning);
  }

  /**
   * A copy with another decoder.
   *
   * @param value the network of the coordinates
   * @return the copy
   */
  public ModulatedInrConfig withDecoder(Decoder value) {
    return new ModulatedInrConfig(channels, encoder, sampling, value, levelFeatures, conditioning);
  }

  /**
   * A copy with another number of level features.
   *
   * @param value features, even and at least 2
   * @return the copy
   */
  public ModulatedInrConfig withLevelFeatures(int value) {
    return new ModulatedInrConfig(channels, encoder, sampling, decoder, value, conditioning);
  }

  /**
   * A copy with other conditions.
   *
   * @param value what the network is told besides state and level
   * @return the copy
   */
  public ModulatedInrConfig withConditioning(Conditioning value) {
    return new ModulatedInrConfig(channels, encoder, sampling, decoder, levelFeatures, value);
  }

  @Override
  public Network network() {
    return new ModulatedInr(this);
  }
}
