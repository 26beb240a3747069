package io.fdiff.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A space of functions, not of arrays: what it says of a function that its grids resolve is the
 * same on all of them, and a functional has the same Riesz representative (oracle H9).
 */
public abstract class RefinementContract extends HilbertSpaceContract {

  /** The same space on other grids of the domain, finer or not square. */
  protected abstract List<HilbertSpace> others();

  /** A function that all grids resolve. */
  protected abstract double function(double... p);

  private INDArray at(HilbertSpace space) {
    return TestFunctions.at(space.grid(), this::function);
  }

  /** Derivatives by the values of the functional {@code ⟨f, ·⟩} of L². */
  private INDArray functional(HilbertSpace space) {
    double[] g = TestFunctions.values(at(space));
    for (int i = 0; i < g.length; i++) {
      g[i] *= space.grid().weight(i);
    }
    return FunctionBatch.array(space.grid(), DataType.DOUBLE, 1, g);
  }

  @Test
  final void normsDoNotDependOnTheGrid() {
    double norm = space().norm(at(space())).getDouble(0);
    for (HilbertSpace other : others()) {
      assertThat(other.norm(at(other)).getDouble(0))
          .as("%s", other.grid())
          .isCloseTo(norm, within(1e-11 * norm));
    }
  }

  @Test
  final void representativesDoNotDependOnTheGrid() {
    INDArray here = space().riesz(functional(space()));
    double norm = space().norm(here).getDouble(0);
    double product = space().inner(here, at(space())).getDouble(0);
    for (HilbertSpace other : others()) {
      INDArray there = other.riesz(functional(other));
      assertThat(other.norm(there).getDouble(0))
          .as("%s", other.grid())
          .isCloseTo(norm, within(1e-11 * norm));
      assertThat(other.inner(there, at(other)).getDouble(0))
          .isCloseTo(product, within(1e-11 * Math.abs(product)));
    }
  }
}
