package io.fdiff.nn.train;

import io.fdiff.flow.Coupling;
import io.fdiff.nn.Condition;
import io.fdiff.nn.LeadingModes;
import io.fdiff.nn.Parametrization;
import io.fdiff.nn.Preconditioning;
import io.fdiff.nn.data.Augmentation;
import io.fdiff.nn.data.TrainingData;
import io.fdiff.nn.loss.LossNorm;
import io.fdiff.nn.loss.LossWeight;
import io.fdiff.schedule.TimeDistribution;
import io.fdiff.sde.SDE;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a {@link DenoisingObjective} is made of; each objective has its own copy. */
final class DenoisingSettings {
  static final double SMALLEST_TIME = 1e-5;

  final SDE sde;
  final TrainingData data;
  Function<Grid, INDArray> mean;
  Parametrization parametrization = Preconditioning.UNIT;
  @Nullable LeadingModes modes;
  TimeDistribution times;
  @Nullable TimeDistribution stated;
  boolean stratified = true;
  @Nullable Coupling coupling;
  LossNorm norm = LossNorm.l2();
  LossWeight weight = LossWeight.ON_NETWORK;
  @Nullable Condition condition;
  double dropProbability;
  Augmentation augmentation = Augmentation.NONE;
  int points;

  DenoisingSettings(SDE sde, TrainingData data) {
    this.sde = Objects.requireNonNull(sde, "sde");
    this.data = Objects.requireNonNull(data, "data");
    this.mean = g -> FunctionBatch.zeros(g, DataType.DOUBLE, 1, data.channels());
    this.times = TimeDistribution.logUniform(SMALLEST_TIME * sde.horizon(), sde.horizon());
  }

  DenoisingSettings(DenoisingSettings base) {
    this.sde = base.sde;
    this.data = base.data;
    this.mean = base.mean;
    this.parametrization = base.parametrization;
    this.modes = base.modes;
    this.times = base.times;
    this.stated = base.stated;
    this.stratified = base.stratified;
    this.coupling = base.coupling;
    this.norm = base.norm;
    this.weight = base.weight;
    this.condition = base.condition;
    this.dropProbability = base.dropProbability;
    this.augmentation = base.augmentation;
    this.points = base.points;
  }
}
