package io.fdiff.data;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An invertible scaling of function values to the range that a network is trained in.
 *
 * <p>Law: {@code denormalize(normalize(x)) = x} up to rounding. A normalizer acts on values point
 * by point, and in the same way on every grid unless its constants are functions themselves ({@link
 * PointwiseNormalizer}). Its constants are fitted on training data only and then used for all.
 * Implementations are immutable and thread-safe.
 */
public interface Normalizer {

  /**
   * Data units to network units.
   *
   * @param x {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shape or type do not fit
   */
  INDArray normalize(INDArray x);

  /**
   * Network units to data units.
   *
   * @param y {@code [batch, channels, n1, …, nd]}, FLOAT or DOUBLE. Not modified.
   * @return a fresh array of the same shape and type
   * @throws IllegalArgumentException if shape or type do not fit
   */
  INDArray denormalize(INDArray y);

  /**
   * A data set in network units.
   *
   * @param data functions in data units
   * @return the same functions on the same grid, scaled
   * @throws IllegalArgumentException if the number of channels does not fit
   */
  default FunctionDataset normalize(FunctionDataset data) {
    return data.withValues(normalize(data.values()));
  }

  /**
   * A data set in data units.
   *
   * @param data functions in network units
   * @return the same functions on the same grid, scaled back
   * @throws IllegalArgumentException if the number of channels does not fit or a value leaves the
   *     range of double precision
   */
  default FunctionDataset denormalize(FunctionDataset data) {
    return data.withValues(denormalize(data.values()));
  }

  /**
   * This map and then another one, such as {@code AsinhNormalizer} and then {@code
   * AffineNormalizer}. The other one is fitted on data that this one has normalised.
   *
   * @param next applied to what this one gives
   * @return the composition
   */
  default Normalizer then(Normalizer next) {
    return new ChainedNormalizer(this, next);
  }
}
