package io.fdiff.nn.train;

import io.fdiff.nn.GraphContext;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a network is trained for: a loss as part of the graph, and the batches it is evaluated on.
 *
 * <p>Law: a batch depends on the noise source and the arguments alone, so that a training can be
 * resumed at any step to the same bits.
 */
public interface Objective {

  /**
   * The grid that the functions of a batch live on.
   *
   * @return the grid
   */
  Grid grid();

  /**
   * Adds the loss to a graph.
   *
   * @param context graph and inputs. Modified.
   * @param output the network's output {@code [points, batch, channels]}
   * @return the loss, a scalar; the mean over the batch
   */
  SDVariable loss(GraphContext context, SDVariable output);

  /**
   * The inputs of one step, for network and loss, without those of the grid.
   *
   * @param config configuration of the network
   * @param type type of the network's parameters
   * @param size number of samples
   * @param noise where to read random numbers: another step for each batch
   * @return arrays by name of their placeholder, valid until the call after the next, so that one
   *     batch can be drawn while another one is in use. Not to be modified.
   */
  Map<String, INDArray> batch(NetworkConfig config, DataType type, int size, NoiseSource noise);

  /**
   * The inputs of one part of a batch, for a batch that is too large for the memory at once: the
   * samples of all parts are those of the whole batch, and the mean of their losses is its loss.
   *
   * <p>By default the samples {@code part.first()} and on of the noise source. An objective whose
   * samples depend on each other, as times of low discrepancy do, draws what they share for the
   * whole batch.
   *
   * @param config configuration of the network
   * @param type type of the network's parameters
   * @param part which part
   * @param noise where to read random numbers: the same for all parts of a batch
   * @return arrays by name of their placeholder, valid until the call after the next. Not to be
   *     modified.
   */
  default Map<String, INDArray> batch(
      NetworkConfig config, DataType type, BatchPart part, NoiseSource noise) {
    return batch(
        config, type, part.size(), noise.withFirstSample(noise.firstSample() + part.first()));
  }
}
