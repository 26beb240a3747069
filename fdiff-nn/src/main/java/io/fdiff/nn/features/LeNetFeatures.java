package io.fdiff.nn.features;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.nn.GraphContext;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.arch.LeNet;
import io.fdiff.nn.arch.LeNetConfig;
import io.fdiff.nn.engine.GraphSession;
import io.fdiff.nn.io.ConfigurationFormat;
import io.fdiff.nn.io.SafeTensors;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.RegularGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained {@link LeNet} as a map from images to vectors, for {@link
 * io.fdiff.metrics.FrechetDistance}.
 *
 * <p>A distance belongs to its weights: values of two networks, even of two trainings of one, are
 * not comparable. Keep the file of the weights with the numbers. Images are evaluated in chunks of
 * fixed size; a sample in another batch differs by rounding. Not thread-safe.
 */
public final class LeNetFeatures implements AutoCloseable {

  private static final String CONFIG = "config";
  private static final int CHUNK = 128;

  private final LeNetConfig config;
  private final ParameterVector parameters;
  private final RegularGrid grid;
  private final GraphSession session;
  private final String features;
  private final String logits;

  private LeNetFeatures(LeNetConfig config, ParameterVector parameters) {
    this.config = config;
    this.parameters = parameters;
    this.grid = RegularGrid.unit(config.height(), config.width());
    LeNet network = config.network();
    GraphContext context = new GraphContext(network, parameters, grid);
    SDVariable hidden = network.features(context);
    SDVariable out = network.classes(context, hidden);
    this.features = hidden.name();
    this.logits = out.name();
    this.session = new GraphSession(context.graph(), List.of(features, logits));
  }

  /**
   * The features of a network.
   *
   * @param config the network
   * @param parameters its weights; read at each call
   * @return the features
   */
  public static LeNetFeatures of(LeNetConfig config, ParameterVector parameters) {
    return new LeNetFeatures(
        Objects.requireNonNull(config, "config"), Objects.requireNonNull(parameters, "parameters"));
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param file weights in the safetensors format, with the configuration as metadata {@code
   *     config}
   * @return the features
   * @throws IOException if the file cannot be read, or has no configuration of a LeNet
   * @throws IllegalArgumentException if its tensors are not those of the configuration
   */
  public static LeNetFeatures read(Path file) throws IOException {
    SafeTensors content = SafeTensors.read(file);
    String text = content.metadata().get(CONFIG);
    if (text == null) {
      throw new IOException(
          file + " has no metadata " + CONFIG + ": it was not written by LeNetFeatures.write");
    }
    LeNetConfig config = ConfigurationFormat.mapper().readValue(text, LeNetConfig.class);
    return of(config, ParameterVector.of(config.network(), DataType.FLOAT, content.tensors()));
  }

  /**
   * Writes weights and configuration as a safetensors file.
   *
   * @param file the file; overwritten if it exists
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    new SafeTensors(parameters.tensors(), Map.of(CONFIG, json())).write(file);
  }

  private String json() {
    ObjectMapper mapper = ConfigurationFormat.mapper();
    try {
      return mapper.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of integers is valid JSON", e);
    }
  }

  /**
   * The grid of the images, cell centres of the unit square.
   *
   * @return the grid
   */
  public RegularGrid grid() {
    return grid;
  }

  /**
   * Activations of the last hidden layer.
   *
   * @param images {@code [n, channels, height, width]}, FLOAT or DOUBLE, scaled as in training. Not
   *     modified.
   * @return {@code [n][84]}, ready for {@link io.fdiff.metrics.FrechetDistance#between}
   * @throws IllegalArgumentException if the shape does not fit
   */
  public double[][] features(INDArray images) {
    return evaluate(images, features, LeNet.FEATURES);
  }

  /**
   * The most probable class of each image.
   *
   * @param images as for {@link #features}. Not modified.
   * @return classes from 0
   * @throws IllegalArgumentException if the shape does not fit
   */
  public int[] classify(INDArray images) {
    double[][] rows = evaluate(images, logits, config.classes());
    int[] classes = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int k = 1; k < rows[i].length; k++) {
        if (rows[i][k] > rows[i][classes[i]]) {
          classes[i] = k;
        }
      }
    }
    return classes;
  }

  /**
   * The share of images whose most probable class is the right one.
   *
   * @param images as for {@link #features}. Not modified.
   * @param labels one class for each. Not modified.
   * @return a number in {@code [0, 1]}
   * @throws IllegalArgumentException if the shape does not fit or there is not one label for each
   */
  public double accuracy(INDArray images, int[] labels) {
    int n = FunctionBatch.of(grid, images).batch();
    if (labels.length != n) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + n + " images: give one each");
    }
    int[] found = classify(images);
    int right = 0;
    for (int i = 0; i < n; i++) {
      right += found[i] == labels[i] ? 1 : 0;
    }
    return (double) right / n;
  }

  private double[][] evaluate(INDArray images, String output, int columns) {
    FunctionBatch batch = FunctionBatch.of(grid, images);
    int channels = config.channels();
    if (batch.channels() != channels) {
      throw new IllegalArgumentException(
          "images of "
              + batch.channels()
              + " channels: the network takes "
              + channels
              + "; convert them, or train one of that number");
    }
    double[] values = batch.toDoubles();
    int points = grid.size();
    double[][] rows = new double[batch.batch()][columns];
    for (int from = 0; from < rows.length; from += CHUNK) {
      int count = Math.min(CHUNK, rows.length - from);
      double[] chunk = new double[points * count * channels];
      for (int i = 0; i < count * channels; i++) {
        int row = from * channels + i;
        for (int p = 0; p < points; p++) {
          chunk[p * count * channels + i] = values[row * points + p];
        }
      }
      double[] result = new double[count * columns];
      try (INDArray input = Nd4j.createUninitialized(parameters.type(), points, count, channels)) {
        FunctionBatch.write(chunk, input);
        session.run(
            Map.of(GraphContext.VALUES, input),
            outputs -> {
              FunctionBatch.read(Objects.requireNonNull(outputs.get(output)), result);
              return true;
            });
      }
      for (int i = 0; i < count; i++) {
        System.arraycopy(result, i * columns, rows[from + i], 0, columns);
      }
    }
    return rows;
  }

  /** Frees the memory of activations; a later call allocates it again. */
  @Override
  public void close() {
    session.close();
  }
}
