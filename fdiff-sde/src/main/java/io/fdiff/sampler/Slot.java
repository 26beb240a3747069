package io.fdiff.sampler;

/** The batches that a chain holds at a time. */
enum Slot {
  /** The state. */
  STATE,
  /** Another state at which the denoiser is asked, or a direction. */
  AHEAD,
  /** {@code D} of the last call. */
  DENOISED,
  /** {@code D} of an earlier call. */
  KEPT,
  /** Noise {@code ξ ~ N(0, R)}. */
  NOISE
}
