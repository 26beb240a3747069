package io.fdiff.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fdiff.denoise.Denoiser;
import io.fdiff.noise.NoiseSource;
import io.fdiff.schedule.TimeGrid;
import io.fdiff.sde.Fixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The laws of a {@link SteppedSampler}. */
abstract class SteppedSamplerContract extends SamplerContract {

  @Override
  abstract SteppedSampler create(TimeGrid times);

  private INDArray run(Sampler sampler) {
    Problem problem = problem();
    return sampler.sample(problem.sde(), problem.denoiser(), problem.terminal(), NoiseSource.of(4));
  }

  @Test
  final void listenerHearsOfEveryStepOnce() {
    List<String> heard = new ArrayList<>();
    StepListener listener = (step, steps, t) -> heard.add(step + "/" + steps + " " + t);
    INDArray result = run(create(TIMES).withListener(listener));
    List<String> expected = new ArrayList<>();
    for (int step = 1; step <= TIMES.steps(); step++) {
      expected.add(step + "/" + TIMES.steps() + " " + TIMES.time(step));
    }
    assertThat(heard).isEqualTo(expected);
    assertThat(Fixtures.values(result)).isEqualTo(Fixtures.values(run(create(TIMES))));
  }

  @Test
  final void trajectoryKeepsTheStatesThatTheDenoiserSees() {
    Problem problem = problem();
    Trajectory all = Trajectory.every(1);
    INDArray[] last = new INDArray[1];
    Denoiser recording =
        (x, t) -> {
          last[0] = x.dup('c');
          return problem.denoiser().denoise(x, t);
        };
    // Floats as well: what is kept has the type of the states.
    INDArray narrow = problem.terminal().castTo(DataType.FLOAT);
    Trajectory some = Trajectory.every(2);
    create(TIMES)
        .withListener(some)
        .sample(problem.sde(), problem.denoiser(), narrow, NoiseSource.of(4));
    INDArray result =
        create(TIMES)
            .withListener(all)
            .sample(problem.sde(), recording, problem.terminal(), NoiseSource.of(4));
    assertThat(all.points()).extracting(Trajectory.Point::t).containsExactly(times(1, 2, 3, 4, 5));
    assertThat(some.points()).extracting(Trajectory.Point::t).containsExactly(times(2, 4, 5));
    assertThat(some.points().get(2).states().dataType()).isEqualTo(DataType.FLOAT);
    assertThat(Fixtures.values(result)).isEqualTo(Fixtures.values(run(create(TIMES))));
    // Each state is a copy of its own, at its time.
    for (int i = 1; i < 5; i++) {
      assertThat(Fixtures.values(all.points().get(i).states()))
          .isNotEqualTo(Fixtures.values(all.points().get(i - 1).states()));
    }
    // A run that ends earlier sees the state there.
    for (int i = 1; i < 5; i++) {
      double[] part = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        part[j] = TIMES.time(j);
      }
      Trajectory shorter = Trajectory.every(i);
      run(create(TimeGrid.of(part)).withListener(shorter));
      assertThat(Fixtures.values(shorter.points().get(0).states()))
          .isEqualTo(Fixtures.values(all.points().get(i - 1).states()));
    }
    assertThat(last[0].shape()).containsExactly(problem.terminal().shape());
  }

  private static Double[] times(int... indices) {
    Double[] times = new Double[indices.length];
    for (int i = 0; i < indices.length; i++) {
      times[i] = TIMES.time(indices[i]);
    }
    return times;
  }

  @Test
  final void cancelledRunsStopBeforeTheNextStep() {
    int[] calls = new int[1];
    List<Double> reached = new ArrayList<>();
    SteppedSampler sampler =
        create(TIMES)
            .withListener((step, steps, t) -> reached.add(t))
            .withCancellation(() -> calls[0]++ == 2);
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> run(sampler))
        .withMessageContaining("after 2 of 5 steps")
        .withMessageContaining("t = " + TIMES.time(2));
    assertThat(reached).containsExactly(TIMES.time(1), TIMES.time(2));
    assertThat(Fixtures.values(run(sampler.withCancellation(() -> false))))
        .isEqualTo(Fixtures.values(run(create(TIMES))));
  }

  @Test
  final void denoiserIsAskedAtTheTimesOfTheGridAndLastAtItsEnd() {
    Problem problem = problem();
    List<Double> asked = new ArrayList<>();
    Denoiser recording =
        (x, t) -> {
          assertThat(t.shape()).containsExactly(BATCH);
          for (double time : Fixtures.values(t)) {
            assertThat(time).isEqualTo(t.getDouble(0));
          }
          asked.add(t.getDouble(0));
          return problem.denoiser().denoise(x, t);
        };
    create(TIMES).sample(problem.sde(), recording, problem.terminal(), NoiseSource.of(4));
    assertThat(asked.stream().distinct()).containsExactly(times(0, 1, 2, 3, 4, 5));
    assertThat(asked.get(asked.size() - 1)).isEqualTo(TIMES.time(TIMES.steps()));
  }

  @Test
  final void otherTimesAreTakenOver() {
    TimeGrid other = TimeGrid.of(1, 0.4, 0.1);
    assertThat(create(TIMES).withTimes(other).times()).isEqualTo(other);
    assertThat(Fixtures.values(run(create(TIMES).withTimes(other))))
        .isEqualTo(Fixtures.values(run(create(other))));
  }

  @Test
  final void timesBeyondTheHorizonAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(create(TimeGrid.of(1.5, 1, 0.5, 0.4, 0.3, 0.2))))
        .withMessageContaining("first time 1.5")
        .withMessageContaining("horizon 1.0");
  }
}
