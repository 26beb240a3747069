package io.fdiff.data;

import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One map after another.
 *
 * @param first applied to data units
 * @param second applied to what the first one gives
 */
record ChainedNormalizer(Normalizer first, Normalizer second) implements Normalizer {

  ChainedNormalizer {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(second, "second");
  }

  @Override
  public INDArray normalize(INDArray x) {
    return second.normalize(first.normalize(x));
  }

  @Override
  public INDArray denormalize(INDArray y) {
    return first.denormalize(second.denormalize(y));
  }
}
