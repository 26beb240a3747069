package io.fdiff.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fdiff.nn.io.ConfigurationFormat;
import io.fdiff.nn.train.LearningRate.Decay;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  @Test
  void learningRateWarmsUpAndDecays() {
    LearningRate cosine = new LearningRate(2e-3, 10, Decay.COSINE);
    assertThat(cosine.at(0, 110)).isCloseTo(2e-4, within(1e-18));
    assertThat(cosine.at(4, 110)).isCloseTo(1e-3, within(1e-18));
    assertThat(cosine.at(9, 999)).isCloseTo(2e-3, within(1e-18));
    assertThat(cosine.at(10, 110)).isCloseTo(2e-3, within(1e-18));
    assertThat(cosine.at(35, 110)).isCloseTo(1e-3 * (1 + Math.sqrt(0.5)), within(1e-15));
    assertThat(cosine.at(60, 110)).isCloseTo(1e-3, within(1e-15));
    assertThat(cosine.at(110, 110)).isCloseTo(0, within(1e-15));
    assertThat(cosine.at(200, 110)).isCloseTo(0, within(1e-15));
    LearningRate constant = new LearningRate(2e-3, 0, Decay.CONSTANT);
    assertThat(constant.at(0, 110)).isEqualTo(2e-3);
    assertThat(constant.at(109, 110)).isEqualTo(2e-3);
    assertThat(cosine.independentOfTotal(10)).isTrue();
    assertThat(cosine.independentOfTotal(11)).isFalse();
    assertThat(constant.independentOfTotal(1000)).isTrue();
  }

  @Test
  void cosineEndsAtItsFloor() {
    LearningRate rate = new LearningRate(1, 10, new LearningRate.Cosine(0.2));
    assertThat(rate.at(10, 110)).isCloseTo(1, within(1e-15));
    assertThat(rate.at(60, 110)).isCloseTo(0.6, within(1e-15));
    assertThat(rate.at(110, 110)).isCloseTo(0.2, within(1e-15));
    assertThat(rate.at(500, 110)).isCloseTo(0.2, within(1e-15));
  }

  @Test
  void stepsFallAtTheirSteps() {
    LearningRate rate = new LearningRate(8, 2, new LearningRate.Steps(3, 0.5));
    double[] rates = new double[9];
    Arrays.setAll(rates, n -> rate.at(n, 9));
    assertThat(rates).containsExactly(4, 8, 8, 8, 8, 4, 4, 4, 2);
    assertThat(rate.independentOfTotal(1000)).isTrue();
  }

  /** Whatever can be configured comes back from JSON, and nothing may be left out or added. */
  @Test
  void configurationsComeBackFromJson() throws JsonProcessingException {
    ObjectMapper json = ConfigurationFormat.mapper();
    TrainingConfig config =
        TrainingConfig.defaults()
            .withOptimizer(new AdamConfig(0.8, 0.9, 1e-6, 0.01, Double.POSITIVE_INFINITY))
            .withAccumulation(3)
            .withPrefetch(false);
    List<TrainingConfig> configs =
        List.of(
            config,
            config.withDecay(Decay.CONSTANT).withCurriculum(Curriculum.cyclic(3)),
            config
                .withDecay(new LearningRate.Steps(30, 0.1))
                .withCurriculum(Curriculum.stages(100, 300)),
            config
                .withDecay(new LearningRate.Cosine(0.1))
                .withCurriculum(Curriculum.drawn(1, 0.5)));
    for (TrainingConfig each : configs) {
      String text = json.writeValueAsString(each);
      assertThat(json.readValue(text, TrainingConfig.class)).isEqualTo(each);
      JsonNode tree = json.readTree(text);
      for (String name : (Iterable<String>) tree::fieldNames) {
        ObjectNode lacking = tree.deepCopy();
        lacking.remove(name);
        assertThatExceptionOfType(JsonProcessingException.class)
            .isThrownBy(() -> json.treeToValue(lacking, TrainingConfig.class))
            .withMessageContaining(name);
      }
      ObjectNode more = tree.deepCopy();
      more.put("momentum", 0.9);
      assertThatExceptionOfType(JsonProcessingException.class)
          .isThrownBy(() -> json.treeToValue(more, TrainingConfig.class))
          .withMessageContaining("momentum");
    }
    assertThat(json.writeValueAsString(configs.get(2))).contains("\"steps\"", "\"stages\"");
  }

  @Test
  void averageForgetsTheStart() {
    WeightAverage average = new WeightAverage(0.999);
    assertThat(average.at(0)).isEqualTo(0.1);
    assertThat(average.at(90)).isEqualTo(0.91);
    assertThat(average.at(1_000_000)).isEqualTo(0.999);
    assertThat(new WeightAverage(0).at(50)).isZero();
  }

  @Test
  void numbersAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withLearningRate(Double.NaN))
        .withMessageContaining("learning rate NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withEmaDecay(1))
        .withMessageContaining("decay 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withClipNorm(0))
        .withMessageContaining("clipNorm 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withBatchSize(0))
        .withMessageContaining("batchSize 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withWarmUpSteps(-1))
        .withMessageContaining("warm-up of -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainingConfig.defaults().withAccumulation(0))
        .withMessageContaining("accumulation 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate.Cosine(Double.NaN))
        .withMessageContaining("floor NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate.Steps(0, 0.5))
        .withMessageContaining("every 0 steps");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate.Steps(5, Double.NaN))
        .withMessageContaining("by NaN");
  }
}
