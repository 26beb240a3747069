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
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The whole state of a training at one step, as a directory {@code step-00000123}: {@code
 * config.json} (format, network, training and what the caller adds as {@code model}), {@code
 * state.json}, and the tensors {@code model.safetensors}, {@code ema.safetensors} and {@code
 * optimizer.safetensors}.
 *
 * <p>A checkpoint is written under a temporary name, forced to disk and renamed, so that a
 * directory of that name is complete. Immutable.
 */
public final class Checkpoint {

  private static final String FORMAT = "fdiff-checkpoint";
  private static final int VERSION = 1;
  private static final String CONFIG = "config.json";
  private static final String STATE = "state.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String AVERAGE = "ema.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})");
  private static final String TEMPORARY = ".tmp-";

  private record State(long step, double runningLoss) {}

  private final NetworkConfig network;
  private final TrainingConfig training;
  private final JsonNode model;
  private final long step;
  private final double runningLoss;
  private final float[] weights;
  private final float[] average;
  private final Adam adam;

  Checkpoint(
      NetworkConfig network,
      TrainingConfig training,
      JsonNode model,
      long step,
      double runningLoss,
      float[] weights,
      float[] average,
      Adam adam) {
    this.network = network;
    this.training = training;
    this.model = model.deepCopy();
    this.step = step;
    this.runningLoss = runningLoss;
    this.weights = weights;
    this.average = average;
    this.adam = new Adam(adam.m().clone(), adam.v().clone());
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
   * What the writer added: grid, normalisation, spectrum.
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
    return step;
  }

  /**
   * The running mean of the losses.
   *
   * @return the loss
   */
  public double runningLoss() {
    return runningLoss;
  }

  /**
   * The weights of the last step.
   *
   * @return a fresh vector, FLOAT
   */
  public ParameterVector weights() {
    return vector(network.network(), weights);
  }

  /**
   * The moving average of the weights, the ones to sample with.
   *
   * @return a fresh vector, FLOAT
   */
  public ParameterVector averagedWeights() {
    return vector(network.network(), average);
  }

  Adam optimizer() {
    return new Adam(adam.m().clone(), adam.v().clone());
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
    Files.createDirectories(directory);
    Path target = directory.resolve(String.format(Locale.ROOT, "step-%08d", step));
    Path temporary = temporary(directory);
    try {
      writeFiles(temporary);
      force(temporary);
      if (Files.exists(target)) {
        // A rename cannot replace a directory that is not empty.
        Files.move(target, temporary(directory).resolve(target.getFileName()));
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      force(directory);
    } catch (IOException | RuntimeException ex) {
      deleteTree(temporary);
      throw ex;
    }
    deleteOld(directory, keep);
    return target;
  }

  /** A new directory that no reader looks at, with default permissions. */
  private static Path temporary(Path directory) throws IOException {
    return Files.createDirectory(directory.resolve(TEMPORARY + UUID.randomUUID()));
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
    config.set("model", model);
    writeText(directory.resolve(CONFIG), json.writeValueAsBytes(config));
    writeText(directory.resolve(STATE), json.writeValueAsBytes(new State(step, runningLoss)));
    Map<String, String> metadata = Map.of("format", FORMAT);
    ParameterVector holder = ParameterVector.zeros(network.network(), DataType.FLOAT);
    holder.assign(weights);
    new SafeTensors(holder.tensors(), metadata).write(directory.resolve(WEIGHTS));
    holder.assign(average);
    new SafeTensors(holder.tensors(), metadata).write(directory.resolve(AVERAGE));
    Map<String, INDArray> moments = new LinkedHashMap<>();
    holder.assign(adam.m());
    holder.tensors().forEach((name, tensor) -> moments.put("m." + name, tensor));
    ParameterVector second = ParameterVector.zeros(network.network(), DataType.FLOAT);
    second.assign(adam.v());
    second.tensors().forEach((name, tensor) -> moments.put("v." + name, tensor));
    new SafeTensors(moments, metadata).write(directory.resolve(OPTIMIZER));
  }

  private static void writeText(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.DSYNC);
  }

  /** Makes names durable; not every system can open a directory, and those need not. */
  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException ignored) {
      // Windows refuses to open directories.
    }
  }

  private static void deleteOld(Path directory, int keep) throws IOException {
    List<Path> complete = complete(directory);
    for (Path old : complete.subList(0, Math.max(0, complete.size() - keep))) {
      // Renamed first, so that a half-deleted directory never looks like a checkpoint.
      Path hidden = temporary(directory).resolve(old.getFileName());
      Files.move(old, hidden, StandardCopyOption.ATOMIC_MOVE);
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().startsWith(TEMPORARY)) {
          deleteTree(entry);
        }
      }
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Checkpoint directories by step, oldest first. */
  private static List<Path> complete(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries
          .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .filter(Files::isDirectory)
          .forEach(found::add);
    }
    found.sort(Comparator.comparingLong(Checkpoint::stepOf));
    return found;
  }

  private static long stepOf(Path directory) {
    return Long.parseLong(directory.getFileName().toString().substring("step-".length()));
  }

  /**
   * The newest checkpoint below a directory. What an interrupted write left behind is ignored.
   *
   * @param directory parent of the checkpoints
   * @return the checkpoint, empty if there is none or the directory does not exist
   * @throws IOException if the newest cannot be read; see {@link #read}
   */
  public static Optional<Checkpoint> latest(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    List<Path> complete = complete(directory);
    return complete.isEmpty()
        ? Optional.empty()
        : Optional.of(read(complete.get(complete.size() - 1)));
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
        || !config.has("model")) {
      throw new IOException(CONFIG + " lacks network, training or model");
    }
    NetworkConfig network = json.treeToValue(config.get("network"), NetworkConfig.class);
    TrainingConfig training = json.treeToValue(config.get("training"), TrainingConfig.class);
    State state = json.readValue(Files.readAllBytes(directory.resolve(STATE)), State.class);
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
        config.get("model"),
        state.step(),
        state.runningLoss(),
        values(built, directory, WEIGHTS, SafeTensors.read(directory.resolve(WEIGHTS)).tensors()),
        values(built, directory, AVERAGE, SafeTensors.read(directory.resolve(AVERAGE)).tensors()),
        new Adam(values(built, directory, OPTIMIZER, m), values(built, directory, OPTIMIZER, v)));
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
    return "Checkpoint[step " + step + ", " + network + "]";
  }
}
