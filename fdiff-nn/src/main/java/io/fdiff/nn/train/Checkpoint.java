package io.fdiff.nn.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fdiff.nn.Network;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.ParameterVector;
import io.fdiff.nn.io.ConfigurationFormat;
import io.fdiff.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The whole state of a training at one step, as a directory {@code step-00000123}: {@code
 * config.json} (format, version, network, training, grids and what the caller adds as {@code
 * model}: basis, scaling, spectrum), {@code state.json} (steps done, running loss), and the tensors
 * {@code model.safetensors}, {@code ema.safetensors} and {@code optimizer.safetensors} (the moments
 * {@code m.…} and {@code v.…} of Adam).
 *
 * <p>The generator of random numbers has no state to save: all it gives is addressed by the seed in
 * {@code config.json} and the step in {@code state.json}.
 *
 * <p>A checkpoint is written under a temporary name, forced to disk and renamed, so that a
 * directory of that name is complete whenever the process or the machine stops. Immutable.
 */
public final class Checkpoint {

  private static final String FORMAT = "fdiff-checkpoint";
  private static final int VERSION = 2;
  private static final String CONFIG = "config.json";
  private static final String STATE = "state.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String AVERAGE = "ema.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";

  private record State(long step, double runningLoss) {}

  private final NetworkConfig network;
  private final TrainingConfig training;
  private final List<String> grids;
  private final JsonNode model;
  private final TrainingState state;

  Checkpoint(
      NetworkConfig network,
      TrainingConfig training,
      List<String> grids,
      JsonNode model,
      TrainingState state) {
    this.network = network;
    this.training = training;
    this.grids = List.copyOf(grids);
    this.model = model.deepCopy();
    this.state = state.copy();
  }

  /**
   * The configuration of the network.
   *
   * @return the configuration that rebuilds it
   */
  public NetworkConfig network() {
    return network;
  }

  /**
   * The configuration of the training.
   *
   * @return the numbers of the run
   */
  public TrainingConfig training() {
    return training;
  }

  /**
   * The same state, to be trained on with other numbers, for example a lower learning rate after
   * the loss was not finite.
   *
   * @param other the new configuration
   * @return a checkpoint that is not written anywhere
   */
  public Checkpoint withTraining(TrainingConfig other) {
    return new Checkpoint(network, Objects.requireNonNull(other, "other"), grids, model, state);
  }

  /**
   * The grids of the objectives, in their order, as text.
   *
   * @return an unmodifiable list
   */
  public List<String> grids() {
    return grids;
  }

  /**
   * What the writer added: basis, normalisation, spectrum.
   *
   * @return a copy
   */
  public JsonNode model() {
    return model.deepCopy();
  }

  /**
   * The number of steps done.
   *
   * @return steps
   */
  public long step() {
    return state.step();
  }

  /**
   * The running mean of the losses.
   *
   * @return the loss
   */
  public double runningLoss() {
    return state.runningLoss();
  }

  /**
   * The weights of the last step.
   *
   * @return a fresh vector, FLOAT
   */
  public ParameterVector weights() {
    return vector(network.network(), state.weights());
  }

  /**
   * The moving average of the weights, the ones to sample with.
   *
   * @return a fresh vector, FLOAT
   */
  public ParameterVector averagedWeights() {
    return vector(network.network(), state.average());
  }

  /** An independent copy of the state. */
  TrainingState state() {
    return state.copy();
  }

  private static ParameterVector vector(Network network, float[] values) {
    ParameterVector result = ParameterVector.zeros(network, DataType.FLOAT);
    result.assign(values);
    return result;
  }

  /**
   * Writes this state below a directory and deletes checkpoints that are no longer among the
   * newest.
   *
   * @param directory parent of the checkpoints; created if missing
   * @param keep how many of the newest stay, at least 1
   * @return the directory of this checkpoint
   * @throws IOException if it cannot be written; older checkpoints stay
   */
  Path write(Path directory, int keep) throws IOException {
    return new CheckpointDirectory(directory).write(state.step(), keep, this::writeFiles);
  }

  private void writeFiles(Path directory) throws IOException {
    ObjectMapper json = ConfigurationFormat.mapper();
    ObjectNode config = json.createObjectNode();
    config.put("format", FORMAT);
    config.put("version", VERSION);
    // valueToTree with the interface keeps the type of the architecture.
    config.set(
        "network", json.readTree(json.writerFor(NetworkConfig.class).writeValueAsBytes(network)));
    config.set("training", json.valueToTree(training));
    config.set("grids", json.valueToTree(grids));
    config.set("model", model);
    writeText(directory.resolve(CONFIG), json.writeValueAsBytes(config));
    writeText(
        directory.resolve(STATE),
        json.writeValueAsBytes(new State(state.step(), state.runningLoss())));
    Map<String, String> metadata = Map.of("format", FORMAT);
    ParameterVector holder = ParameterVector.zeros(network.network(), DataType.FLOAT);
    holder.assign(state.weights());
    new SafeTensors(holder.tensors(), metadata).write(directory.resolve(WEIGHTS));
    holder.assign(state.average());
    new SafeTensors(holder.tensors(), metadata).write(directory.resolve(AVERAGE));
    Map<String, INDArray> moments = new LinkedHashMap<>();
    holder.assign(state.m());
    holder.tensors().forEach((name, tensor) -> moments.put("m." + name, tensor));
    ParameterVector second = ParameterVector.zeros(network.network(), DataType.FLOAT);
    second.assign(state.v());
    second.tensors().forEach((name, tensor) -> moments.put("v." + name, tensor));
    new SafeTensors(moments, metadata).write(directory.resolve(OPTIMIZER));
  }

  private static void writeText(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.DSYNC);
  }

  /**
   * The newest checkpoint below a directory. What an interrupted write left behind is ignored.
   *
   * @param directory parent of the checkpoints
   * @return the checkpoint, empty if there is none or the directory does not exist
   * @throws IOException if the newest cannot be read; see {@link #read}
   */
  public static Optional<Checkpoint> latest(Path directory) throws IOException {
    Optional<Path> newest = new CheckpointDirectory(directory).latest();
    return newest.isEmpty() ? Optional.empty() : Optional.of(read(newest.get()));
  }

  /**
   * Reads a checkpoint.
   *
   * @param directory its directory
   * @return the checkpoint
   * @throws IOException if a file is missing, cut off, or not of this format; the message names the
   *     file, what is wrong and what to do
   */
  public static Checkpoint read(Path directory) throws IOException {
    try {
      return readFiles(directory);
    } catch (NoSuchFileException ex) {
      throw refused(directory, "the file " + ex.getFile() + " is missing", ex);
    } catch (JsonProcessingException ex) {
      throw refused(directory, CONFIG + " or " + STATE + ": " + ex.getOriginalMessage(), ex);
    } catch (IOException | IllegalArgumentException ex) {
      throw refused(directory, Objects.requireNonNullElse(ex.getMessage(), ex.toString()), ex);
    }
  }

  private static IOException refused(Path directory, String what, Exception cause) {
    return new IOException(
        "cannot use checkpoint "
            + directory
            + ": "
            + what
            + ". Delete that directory to go on from an older checkpoint, or start a new training in"
            + " an empty directory.",
        cause);
  }

  private static Checkpoint readFiles(Path directory) throws IOException {
    ObjectMapper json = ConfigurationFormat.mapper();
    JsonNode config = json.readTree(Files.readAllBytes(directory.resolve(CONFIG)));
    if (!config.path("format").asText().equals(FORMAT)) {
      throw new IOException(CONFIG + " does not say \"format\": \"" + FORMAT + "\"");
    }
    if (config.path("version").asInt() != VERSION) {
      throw new IOException(
          CONFIG
              + " has version "
              + config.path("version")
              + ", this library reads version "
              + VERSION);
    }
    if (!config.path("network").isObject()
        || !config.path("training").isObject()
        || !config.path("grids").isArray()
        || !config.has("model")) {
      throw new IOException(CONFIG + " lacks network, training, grids or model");
    }
    NetworkConfig network = json.treeToValue(config.get("network"), NetworkConfig.class);
    TrainingConfig training = json.treeToValue(config.get("training"), TrainingConfig.class);
    State state = json.readValue(Files.readAllBytes(directory.resolve(STATE)), State.class);
    List<String> grids = new ArrayList<>();
    config.get("grids").forEach(grid -> grids.add(grid.asText()));
    if (state.step() < 0 || !Double.isFinite(state.runningLoss())) {
      throw new IOException(STATE + " holds " + state);
    }
    Map<String, INDArray> moments = SafeTensors.read(directory.resolve(OPTIMIZER)).tensors();
    Map<String, INDArray> m = new LinkedHashMap<>();
    Map<String, INDArray> v = new LinkedHashMap<>();
    moments.forEach(
        (name, tensor) ->
            (name.startsWith("m.") ? m : v)
                .put(
                    name.startsWith("m.") || name.startsWith("v.") ? name.substring(2) : name,
                    tensor));
    Network built = network.network();
    return new Checkpoint(
        network,
        training,
        grids,
        config.get("model"),
        new TrainingState(
            values(
                built, directory, WEIGHTS, SafeTensors.read(directory.resolve(WEIGHTS)).tensors()),
            values(
                built, directory, AVERAGE, SafeTensors.read(directory.resolve(AVERAGE)).tensors()),
            values(built, directory, OPTIMIZER, m),
            values(built, directory, OPTIMIZER, v),
            state.step(),
            state.runningLoss()));
  }

  private static float[] values(
      Network network, Path directory, String file, Map<String, INDArray> tensors)
      throws IOException {
    try {
      return ParameterVector.of(network, DataType.FLOAT, tensors).toFloats();
    } catch (IllegalArgumentException ex) {
      throw new IOException(directory.resolve(file) + ": " + ex.getMessage(), ex);
    }
  }

  @Override
  public String toString() {
    return "Checkpoint[step " + state.step() + ", " + network + "]";
  }
}
