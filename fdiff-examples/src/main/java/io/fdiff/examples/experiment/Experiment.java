package io.fdiff.examples.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fdiff.nn.NetworkConfig;
import io.fdiff.nn.io.ConfigurationFormat;
import io.fdiff.nn.train.TrainingConfig;
import io.fdiff.transform.Basis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A training and how to sample from it, as a configuration file describes it.
 *
 * @param data where the functions come from
 * @param condition what the network is told about each function besides its class; not given,
 *     nothing
 * @param normalization scaling of the data
 * @param basis boundary: FOURIER periodic, COSINE zero slope, SINE zero value
 * @param centred whether the mean function is taken out of the data
 * @param process forward process
 * @param network architecture; numbers not given are the defaults of its type
 * @param objective what is predicted and how errors are measured
 * @param training numbers of the run; those not given are the defaults
 * @param sampling how to sample
 */
public record Experiment(
    DataSource data,
    ConditionChoice condition,
    FunctionModel.Normalization normalization,
    Basis basis,
    boolean centred,
    ProcessChoice process,
    NetworkConfig network,
    ObjectiveChoice objective,
    TrainingConfig training,
    SamplingChoice sampling) {

  private static final String CONDITION = "condition";
  private static final String TRAINING = "training";
  private static final String NETWORK = "network";
  private static final String TYPE = "type";

  /**
   * Checks that the parts go together.
   *
   * @param data where the functions come from
   * @param condition what the network is told about each function besides its class
   * @param normalization scaling of the data
   * @param basis boundary: FOURIER periodic, COSINE zero slope, SINE zero value
   * @param centred whether the mean function is taken out of the data
   * @param process forward process
   * @param network architecture
   * @param objective what is predicted and how errors are measured
   * @param training numbers of the run
   * @param sampling how to sample
   * @throws IllegalArgumentException if coupled noise meets another prediction than VELOCITY or a
   *     sampler that draws noise
   */
  public Experiment {
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(sampling, "sampling");
    if (process instanceof ProcessChoice.FlowChoice flow
        && flow.coupling() == ProcessChoice.Coupling.OPTIMAL_TRANSPORT) {
      if (objective.predicts() != ObjectiveChoice.Prediction.VELOCITY) {
        throw new IllegalArgumentException(
            "coupling OPTIMAL_TRANSPORT with prediction "
                + objective.predicts()
                + ": a coupled flow has a velocity only; use VELOCITY or coupling INDEPENDENT");
      }
      if (!sampling.method().deterministic()) {
        throw new IllegalArgumentException(
            "coupling OPTIMAL_TRANSPORT with sampler "
                + sampling.method()
                + ", which needs noise independent of the data: use HEUN, DDIM or MULTISTEP, or"
                + " coupling INDEPENDENT");
      }
    }
  }

  /**
   * Reads a configuration file.
   *
   * @param file YAML
   * @return the experiment
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it does not describe an experiment: says where and why
   */
  public static Experiment read(Path file) throws IOException {
    ObjectMapper yaml = ConfigurationFormat.mapper(new YAMLFactory());
    byte[] text = Files.readAllBytes(file);
    try {
      JsonNode tree = yaml.readTree(text);
      if (!(tree instanceof ObjectNode root)) {
        throw new IllegalArgumentException(file + ": expected the keys data, process, network, …");
      }
      addConditionIfMissing(root, yaml);
      complete(root, TRAINING, yaml.valueToTree(TrainingConfig.defaults()));
      String type = root.path(NETWORK).path(TYPE).asText();
      for (NetworkConfig config : Architectures.defaults()) {
        ObjectNode defaults = yaml.valueToTree(config);
        if (defaults.path(TYPE).asText().equals(type)) {
          complete(root, NETWORK, defaults);
        }
      }
      return yaml.treeToValue(root, Experiment.class);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      String path = e instanceof JsonMappingException mapping ? place(mapping) : "";
      throw new IllegalArgumentException(
          file
              + (line < 1 ? "" : ", line " + line)
              + ": "
              + problem(e.getOriginalMessage())
              + (path.isEmpty() ? "" : " (at " + path + ")"),
          e);
    }
  }

  /** What is wrong in words of the file, on one line: a parser of YAML adds indented excerpts. */
  private static String problem(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
        .collect(Collectors.joining(", "))
        .replaceFirst("Missing creator property '(.*)' \\(index .*", "missing key '$1'")
        .replaceFirst("Unrecognized field \"(.*)\" \\(class .*", "unknown key '$1'")
        .replaceFirst("Cannot construct instance of `[^`]*`, problem: ", "");
  }

  /** The keys that lead to the problem. */
  private static String place(JsonMappingException problem) {
    return problem.getPath().stream()
        .map(key -> key.getFieldName() == null ? "[" + key.getIndex() + "]" : key.getFieldName())
        .collect(Collectors.joining("."));
  }

  /** Files without the key tell the network nothing. */
  static void addConditionIfMissing(ObjectNode root, ObjectMapper mapper) {
    complete(root, CONDITION, mapper.valueToTree(ConditionChoice.NONE));
  }

  /** Gives a part of the file the defaults of what it does not say. */
  private static void complete(ObjectNode root, String key, ObjectNode defaults) {
    JsonNode given = root.path(key);
    if (given.isMissingNode()) {
      root.set(key, defaults);
    } else if (given instanceof ObjectNode values) {
      merge(defaults, values);
      root.set(key, defaults);
    }
  }

  /** Overwrites values of nested objects; unknown keys stay, to be refused by the reader. */
  private static void merge(ObjectNode into, ObjectNode from) {
    for (Map.Entry<String, JsonNode> field : from.properties()) {
      JsonNode old = into.get(field.getKey());
      if (old instanceof ObjectNode nested
          && field.getValue() instanceof ObjectNode more
          && (!more.has(TYPE) || more.path(TYPE).equals(nested.path(TYPE)))) {
        merge(nested, more);
      } else {
        into.set(field.getKey(), field.getValue());
      }
    }
  }

  /**
   * A copy with another training.
   *
   * @param value numbers of the run
   * @return the copy
   */
  public Experiment withTraining(TrainingConfig value) {
    return new Experiment(
        data,
        condition,
        normalization,
        basis,
        centred,
        process,
        network,
        objective,
        value,
        sampling);
  }

  /**
   * A copy with another way to sample.
   *
   * @param value how to sample
   * @return the copy
   */
  public Experiment withSampling(SamplingChoice value) {
    return new Experiment(
        data,
        condition,
        normalization,
        basis,
        centred,
        process,
        network,
        objective,
        training,
        value);
  }
}
