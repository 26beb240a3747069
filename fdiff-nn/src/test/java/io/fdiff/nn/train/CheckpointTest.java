package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fdiff.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckpointTest {

  private static final JsonNode MODEL =
      new ObjectMapper().createObjectNode().put("grid", "unit").put("points", 16);

  @TempDir Path directory;

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private Path written() throws IOException {
    try (Trainer trainer = TrainingFixture.trainer()) {
      trainer.checkpointTo(directory, MODEL, 2);
      trainer.run(3);
      return trainer.checkpoint();
    }
  }

  @Test
  void resumedTrainingEndsInTheSameBits() throws IOException {
    try (Trainer whole = TrainingFixture.trainer();
        Trainer first = TrainingFixture.trainer()) {
      whole.run();
      first.checkpointTo(directory, MODEL, 2);
      first.run(25);
      // The run is killed at step 25; step 20 was the last checkpoint.
      Checkpoint checkpoint = Checkpoint.latest(directory).orElseThrow();
      assertThat(checkpoint.step()).isEqualTo(20);
      try (Trainer second = Trainer.resume(checkpoint, TrainingFixture.objective())) {
        assertThat(second.steps()).isEqualTo(20);
        assertThat(second.config()).isEqualTo(TrainingFixture.config());
        second.run();
        assertThat(second.weights().toFloats()).isEqualTo(whole.weights().toFloats());
        assertThat(second.averagedWeights().toFloats())
            .isEqualTo(whole.averagedWeights().toFloats());
        assertThat(second.runningLoss()).isEqualTo(whole.runningLoss());
        assertThat(second.state().v()).isEqualTo(whole.state().v());
      }
    }
  }

  @Test
  void everythingComesBack() throws IOException {
    Path path = written();
    assertThat(path.getFileName()).hasToString("step-00000003");
    assertThat(names(path))
        .containsExactly(
            "config.json",
            "ema.safetensors",
            "model.safetensors",
            "optimizer.safetensors",
            "state.json");
    Checkpoint checkpoint = Checkpoint.read(path);
    assertThat(checkpoint.network()).isEqualTo(TrainingFixture.network().config());
    assertThat(checkpoint.training()).isEqualTo(TrainingFixture.config());
    assertThat(checkpoint.model()).isEqualTo(MODEL);
    assertThat(checkpoint.runningLoss()).isPositive();
    try (Trainer trainer = TrainingFixture.trainer()) {
      trainer.run(3);
      assertThat(checkpoint.weights().toFloats()).isEqualTo(trainer.weights().toFloats());
      assertThat(checkpoint.averagedWeights().toFloats())
          .isEqualTo(trainer.averagedWeights().toFloats());
    }
  }

  @Test
  void newestStayAndLeftoversAreIgnored() throws IOException {
    Path leftover = Files.createDirectory(directory.resolve(".tmp-killed"));
    Files.writeString(leftover.resolve("model.safetensors"), "half");
    Files.createDirectory(directory.resolve("step-notanumber"));
    assertThat(Checkpoint.latest(directory)).isEmpty();
    assertThat(Checkpoint.latest(directory.resolve("nowhere"))).isEmpty();
    try (Trainer trainer =
        Trainer.of(
            TrainingFixture.network(),
            TrainingFixture.objective(),
            TrainingFixture.config().withSteps(5).withCheckpointEvery(1))) {
      trainer.checkpointTo(directory, MODEL, 2);
      trainer.run();
      assertThat(names(directory))
          .containsExactly("step-00000004", "step-00000005", "step-notanumber");
      assertThat(Checkpoint.latest(directory).orElseThrow().step()).isEqualTo(5);
      // Writing the same step again replaces it.
      trainer.checkpoint();
      assertThat(names(directory))
          .containsExactly("step-00000004", "step-00000005", "step-notanumber");
    }
  }

  /** Between the two renames of a replacement the old checkpoint has only its second name. */
  @Test
  void replacementInterruptedHalfWayKeepsTheOldOne() throws IOException {
    Path path = written();
    Path aside = directory.resolve(".old-" + path.getFileName());
    Files.move(path, aside);
    assertThat(Checkpoint.latest(directory).orElseThrow().step()).isEqualTo(3);
    try (Trainer trainer = TrainingFixture.trainer()) {
      trainer.checkpointTo(directory, MODEL, 2);
      trainer.run(3);
      trainer.checkpoint();
      assertThat(names(directory)).containsExactly("step-00000003");
      trainer.step();
      trainer.checkpoint();
      Files.move(path, aside);
      trainer.step();
      trainer.checkpoint();
      assertThat(names(directory)).containsExactly("step-00000004", "step-00000005");
    }
  }

  /** Basis, grid, scaling and versions are stated. */
  @Test
  void configurationStatesWhatAReaderNeeds() throws IOException {
    JsonNode config =
        new ObjectMapper().readTree(Files.readString(written().resolve("config.json")));
    assertThat(config.path("format").asText()).isEqualTo("fdiff-checkpoint");
    assertThat(config.path("version").asInt()).isEqualTo(2);
    assertThat(config.path("grids").get(0).asText())
        .isEqualTo(TrainingFixture.objective().grid().toString());
    assertThat(config.path("model")).isEqualTo(MODEL);
    assertThat(config.path("network").path("type").asText()).isEqualTo("fourier-neural-operator");
    assertThat(config.path("training").path("seed").asLong()).isEqualTo(7);
  }

  @Test
  void noClippingComesBack() throws IOException {
    TrainingConfig config = TrainingFixture.config().withClipNorm(Double.POSITIVE_INFINITY);
    try (Trainer trainer =
        Trainer.of(TrainingFixture.network(), TrainingFixture.objective(), config)) {
      trainer.checkpointTo(directory, MODEL, 1);
      trainer.step();
      trainer.checkpoint();
    }
    assertThat(Checkpoint.latest(directory).orElseThrow().training()).isEqualTo(config);
  }

  private void refused(Path checkpoint, String... words) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Checkpoint.latest(directory))
        .withMessageContaining("cannot use checkpoint " + checkpoint)
        .withMessageContainingAll(words)
        .withMessageContaining("Delete that directory")
        .satisfies(ex -> assertThat(ex.getMessage()).doesNotContain("\n"));
  }

  @Test
  void cutOffWeightsAreRefused() throws IOException {
    Path path = written();
    Path file = path.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 100, whole.length - 4}) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused(path, file.toString());
    }
  }

  @Test
  void missingFilesAreRefused() throws IOException {
    Path path = written();
    for (String name : names(path)) {
      Path file = path.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      Files.delete(file);
      refused(path, name, "is missing");
      Files.write(file, whole);
    }
    assertThat(Checkpoint.latest(directory)).isPresent();
  }

  @Test
  void weightsOfAnotherNetworkAreRefused() throws IOException {
    Path path = written();
    Path file = path.resolve("ema.safetensors");
    Map<String, INDArray> tensors = new HashMap<>(SafeTensors.read(file).tensors());
    tensors.put("layer1.pointwise", Nd4j.create(DataType.FLOAT, 2, 9));
    new SafeTensors(tensors, Map.of()).write(file);
    refused(path, "ema.safetensors", "layer1.pointwise has shape [2, 9], expected [6, 6]");
    tensors.remove("layer1.pointwise");
    new SafeTensors(tensors, Map.of()).write(file);
    refused(path, "ema.safetensors", "layer1.pointwise is missing");
  }

  @Test
  void foreignConfigurationsAreRefused() throws IOException {
    Path path = written();
    Path file = path.resolve("config.json");
    String sound = Files.readString(file);
    Map<String, String> cases =
        Map.of(
            "{\"hello\": 1}",
            "does not say \"format\"",
            "not json at all",
            "Unrecognized token",
            "",
            "does not say \"format\"",
            sound.replace("\"version\" : 2", "\"version\" : 99"),
            "version 99",
            sound.replace("fourier-neural-operator", "perceptron"),
            "perceptron",
            sound.replace("\"width\" : 6", "\"width\" : -6"),
            "width -6",
            sound.replace("\"width\" : 6", "\"width\" : 6, \"depth\" : 2"),
            "depth",
            sound.replace("\"width\" : 6,", ""),
            "width",
            sound.replace("\"network\"", "\"newtork\""),
            "lacks network");
    for (Map.Entry<String, String> entry : cases.entrySet()) {
      assertThat(entry.getKey()).isNotEqualTo(sound);
      Files.writeString(file, entry.getKey());
      refused(path, "config.json", entry.getValue());
    }
    Files.writeString(file, sound);
    Files.writeString(path.resolve("state.json"), "{\"step\": -4, \"runningLoss\": 0.5}");
    refused(path, "state.json", "-4");
  }

  @Test
  void checkpointNeedsADirectory() {
    try (Trainer trainer = TrainingFixture.trainer()) {
      assertThatIllegalStateException()
          .isThrownBy(trainer::checkpoint)
          .withMessageContaining("checkpointTo");
    }
  }
}
