package io.fdiff.examples.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
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

/**
 * A training and how to sample from it, as a configuration file describes it.
 *
 * @param data where the functions come from
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
    FunctionModel.Normalization normalization,
    Basis basis,
    boolean centred,
    ProcessChoice process,
    NetworkConfig network,
    ObjectiveChoice objective,
    TrainingConfig training,
    SamplingChoice sampling) {

  private static final String TRAINING = "training";
  private static final String NETWORK = "network";
  private static final String TYPE = "type";

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
      String path =
          e instanceof com.fasterxml.jackson.databind.JsonMappingException mapping
              ? mapping.getPathReference()
              : "";
      throw new IllegalArgumentException(
          file
              + (e.getLocation() == null || e.getLocation().getLineNr() < 1
                  ? ""
                  : ", line " + e.getLocation().getLineNr())
              + ": "
              + e.getOriginalMessage()
                  .replaceFirst("Missing creator property '(.*)' \\(index .*", "missing key '$1'")
              + (path.isEmpty() ? "" : " (at " + path + ")"),
          e);
    }
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
        data, normalization, basis, centred, process, network, objective, value, sampling);
  }

  /**
   * A copy with another way to sample.
   *
   * @param value how to sample
   * @return the copy
   */
  public Experiment withSampling(SamplingChoice value) {
    return new Experiment(
        data, normalization, basis, centred, process, network, objective, training, value);
  }
}
