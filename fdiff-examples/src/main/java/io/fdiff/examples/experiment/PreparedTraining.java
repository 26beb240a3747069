package io.fdiff.examples.experiment;

import io.fdiff.data.FunctionDataset;
import io.fdiff.flow.Coupling;
import io.fdiff.nn.Condition;
import io.fdiff.nn.Network;
import io.fdiff.nn.data.Augmentation;
import io.fdiff.nn.train.DenoisingObjective;
import io.fdiff.sde.SDE;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An experiment with its data read and what is estimated from them: all that a trainer needs.
 *
 * @param data the functions, as they were read
 * @param network the architecture
 * @param sampling experiment and estimates
 * @param sde the forward process on the grid of the data
 * @param condition what the network is told of each function, or null
 * @param objective loss and batches
 */
record PreparedTraining(
    FunctionDataset data,
    Network network,
    Sampling sampling,
    SDE sde,
    @Nullable Condition condition,
    DenoisingObjective objective) {

  /**
   * Reads the data.
   *
   * @param experiment what to train
   * @param folder what relative paths of the data are relative to
   * @throws IOException if data cannot be read
   * @throws IllegalArgumentException if parts of the experiment do not fit each other or the data
   */
  static PreparedTraining of(Experiment experiment, Path folder) throws IOException {
    DataSource.Loaded loaded = experiment.data().load(folder);
    FunctionDataset data = loaded.functions();
    Network network = experiment.network().network();
    FunctionModel model =
        FunctionModel.fit(
            data, experiment.normalization(), experiment.basis(), experiment.centred());
    ConditionValues told =
        experiment.condition().load(folder, data, labels(experiment, loaded.labels()));
    ConditionModel conditions = ConditionModel.fit(told, experiment.condition().columns());
    conditions.requireFits(experiment.network().conditioning());
    Sampling sampling = new Sampling(experiment, model, conditions);
    Condition condition = conditions.condition(told);
    SDE sde = sampling.sde(data.grid());
    INDArray values = model.normalizer().normalize(data.values());
    return new PreparedTraining(
        data, network, sampling, sde, condition, objective(sampling, sde, values, condition));
  }

  /** The classes, if the network is told them. */
  private static @Nullable List<Integer> labels(
      Experiment experiment, @Nullable List<Integer> labels) {
    if (experiment.network().conditioning().classes() == 0) {
      return null;
    }
    if (labels == null) {
      throw new IllegalArgumentException(
          "the network is conditioned on classes, the data have none: give labels in data, or"
              + " classes: 0 in network.conditioning");
    }
    return labels;
  }

  private static DenoisingObjective objective(
      Sampling sampling, SDE sde, INDArray values, @Nullable Condition condition) {
    Experiment experiment = sampling.experiment();
    ObjectiveChoice choice = experiment.objective();
    DenoisingObjective objective =
        DenoisingObjective.of(sde, values)
            .withMean(sampling.mean())
            .predicting(sampling.parametrization())
            .withNorm(choice.norm(sde, sampling.model().estimate()))
            .withWeight(choice.lossWeight())
            .withTimes(choice.timeLaw(sde.horizon()));
    if (choice.flip()) {
      objective = objective.withAugmentation(Augmentation.horizontalFlip());
    }
    if (condition != null) {
      objective = objective.given(condition, choice.dropCondition());
    }
    if (experiment.process() instanceof ProcessChoice.FlowChoice flow
        && flow.coupling() == ProcessChoice.Coupling.OPTIMAL_TRANSPORT) {
      objective = objective.withCoupling(Coupling.optimal());
    }
    return objective;
  }
}
