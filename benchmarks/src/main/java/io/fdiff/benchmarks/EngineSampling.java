package io.fdiff.benchmarks;

import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.nn.Network;
import io.fdiff.nn.NeuralDenoiser;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.engine.Profile;
import io.fdiff.noise.NoiseSource;
import io.fdiff.sampler.EulerMaruyama;
import io.fdiff.sde.Driftless;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sampling of {@link SamplingCase} by fdiff. Not thread-safe. */
final class EngineSampling implements AutoCloseable {

  private final Driftless sde;
  private final NeuralDenoiser denoiser;
  private final INDArray terminal;

  EngineSampling() {
    RegularGrid grid =
        RegularGrid.unit(RegularGrid.Layout.PERIODIC, SamplingCase.SIDE, SamplingCase.SIDE);
    SpectralCovariance covariance =
        SpectralCovariance.of(Basis.FOURIER.on(grid), SamplingCase.SPECTRUM);
    sde = Driftless.of(covariance, SamplingCase.HORIZON);
    Network network = NetworkCase.UVIT.config().network();
    ParameterVector weights = ParameterVector.initial(network, DataType.FLOAT, NoiseSource.of(4));
    denoiser =
        NeuralDenoiser.of(
            network,
            weights,
            sde,
            other -> FunctionBatch.zeros(other, DataType.FLOAT, 1, 1),
            Preconditioning.UNIT);
    terminal =
        covariance.sample(
            NoiseSource.of(1), FunctionBatch.zeros(grid, DataType.FLOAT, SamplingCase.IMAGES, 1));
    terminal.muli(Math.sqrt(SamplingCase.HORIZON));
  }

  /** Samples; a value of the samples. */
  double sample(int steps) {
    INDArray samples =
        EulerMaruyama.of(SamplingCase.times(steps))
            .sample(sde, denoiser, terminal, NoiseSource.of(2));
    double value = samples.getDouble(0);
    samples.close();
    return value;
  }

  /** Gets the times of the network's graph from now on. */
  void profile(Profile to) {
    denoiser.profile(to);
  }

  @Override
  public void close() {
    denoiser.close();
  }
}
