package io.fdiff.sampler;

import io.fdiff.covariance.CovarianceOperator;
import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sde.Fixtures;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A fixed-step sampler with an affine denoiser is affine in the terminal state and in every noise
 * it draws. One run over a batch of zeros and unit impulses finds offset and matrices exactly; mean
 * and covariance of the result follow without sampling (oracle H2).
 */
final class AffineProbe {

  /** {@code x = offset + A x_T + Σ_j B_j ξ_j}. */
  record Affine(RealMatrix offset, RealMatrix terminal, List<RealMatrix> noises) {

    RealMatrix mean(RealMatrix terminalMean) {
      return offset.add(terminal.multiply(terminalMean));
    }

    /** The covariance for independent {@code ξ_j} with the given one. */
    RealMatrix covariance(RealMatrix terminalCovariance, RealMatrix noise) {
      RealMatrix sum = terminal.multiply(terminalCovariance).multiply(terminal.transpose());
      for (RealMatrix b : noises) {
        sum = sum.add(b.multiply(noise).multiply(b.transpose()));
      }
      return sum;
    }
  }

  /** The maps to the state that is denoised last, and to the sample that is returned. */
  record Result(Affine state, Affine output) {}

  private AffineProbe() {}

  /**
   * Probes a sampler in all directions of the grid.
   *
   * @param sampler the sampler
   * @param noise covariance of the process
   * @param process the process for a given noise
   * @param denoiser affine denoiser of that process
   * @param draws the number of noises that the sampler draws
   */
  static Result run(
      Sampler sampler,
      CovarianceOperator noise,
      Function<CovarianceOperator, SDE> process,
      Denoiser denoiser,
      int draws) {
    int n = noise.grid().size();
    double[][] directions = new double[n][n];
    for (int i = 0; i < n; i++) {
      directions[i][i] = 1;
    }
    return run(sampler, noise, process, denoiser, draws, directions);
  }

  /** As above, in given directions only; matrices have one column a direction. */
  static Result run(
      Sampler sampler,
      CovarianceOperator noise,
      Function<CovarianceOperator, SDE> process,
      Denoiser denoiser,
      int draws,
      double[][] directions) {
    return run(sampler, noise, process, denoiser, draws, directions, false);
  }

  /** As above; the basis of the noise may be hidden from the sampler. */
  static Result run(
      Sampler sampler,
      CovarianceOperator noise,
      Function<CovarianceOperator, SDE> process,
      Denoiser denoiser,
      int draws,
      double[][] directions,
      boolean hidden) {
    Grid grid = noise.grid();
    int n = grid.size();
    int d = directions.length;
    int batch = 1 + d * (1 + draws);
    double[] terminal = new double[batch * n];
    for (int i = 0; i < d; i++) {
      System.arraycopy(directions[i], 0, terminal, (1 + i) * n, n);
    }
    Prescribed prescribed = new Prescribed(noise, hidden);
    for (int j = 0; j < draws; j++) {
      double[] xi = new double[batch * n];
      for (int i = 0; i < d; i++) {
        System.arraycopy(directions[i], 0, xi, (1 + (1 + j) * d + i) * n, n);
      }
      prescribed.thenDraw(FunctionBatch.array(grid, DataType.DOUBLE, 1, xi));
    }
    INDArray[] last = new INDArray[1];
    Denoiser recording =
        (x, t) -> {
          last[0] = x.dup('c');
          return denoiser.denoise(x, t);
        };
    INDArray output =
        sampler.sample(
            process.apply(prescribed),
            recording,
            FunctionBatch.array(grid, DataType.DOUBLE, 1, terminal),
            NoiseSource.of(0));
    if (prescribed.drawn() != draws) {
      throw new AssertionError(prescribed.drawn() + " noises were drawn, expected " + draws);
    }
    return new Result(affine(last[0], n, d, draws), affine(output, n, d, draws));
  }

  private static Affine affine(INDArray result, int n, int d, int draws) {
    double[] values = Fixtures.values(result);
    RealMatrix offset = new Array2DRowRealMatrix(Arrays.copyOf(values, n));
    List<RealMatrix> maps = new ArrayList<>();
    for (int j = 0; j <= draws; j++) {
      RealMatrix map = new Array2DRowRealMatrix(n, d);
      for (int i = 0; i < d; i++) {
        int row = 1 + j * d + i;
        for (int p = 0; p < n; p++) {
          map.setEntry(p, i, values[row * n + p] - values[p]);
        }
      }
      maps.add(map);
    }
    return new Affine(offset, maps.get(0), maps.subList(1, draws + 1));
  }
}
