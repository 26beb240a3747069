package io.fdiff.sampler;

import io.fdiff.schedule.TimeGrid;
import org.junit.jupiter.api.Nested;

/** Every sampler against its contract. */
class SamplerContractsTest {

  @Nested
  class OfEulerMaruyama extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return EulerMaruyama.of(times);
    }

    @Override
    int draws() {
      return 5;
    }
  }

  @Nested
  class OfStochasticHeun extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return StochasticHeun.of(times);
    }

    @Override
    int draws() {
      return 5;
    }
  }

  @Nested
  class OfExponentialIntegrator extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return ExponentialIntegrator.of(times, 0.5);
    }

    @Override
    int draws() {
      return 5;
    }
  }

  @Nested
  class OfDeterministicExponentialIntegrator extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return ExponentialIntegrator.of(times, 0);
    }

    @Override
    int draws() {
      return 0;
    }
  }

  @Nested
  class OfDdim extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return Ddim.of(times, 0.7);
    }

    @Override
    int draws() {
      return 5;
    }
  }

  @Nested
  class OfAncestral extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return Ancestral.of(times, ReverseVariance.forward());
    }

    @Override
    int draws() {
      return 5;
    }
  }

  @Nested
  class OfProbabilityFlowByEuler extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return ProbabilityFlowSampler.euler(times);
    }

    @Override
    int draws() {
      return 0;
    }
  }

  @Nested
  class OfProbabilityFlowByHeun extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return ProbabilityFlowSampler.heun(times);
    }

    @Override
    int draws() {
      return 0;
    }
  }

  @Nested
  class OfProbabilityFlowWithChurn extends SamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      // At all times but the horizon.
      return ProbabilityFlowSampler.heun(times).withChurn(0.2, 0, 1, 1);
    }

    @Override
    int draws() {
      return 4;
    }
  }

  @Nested
  class OfMultistepExponential extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return MultistepExponential.of(times);
    }

    @Override
    int draws() {
      return 0;
    }
  }

  @Nested
  class OfPredictorCorrectorWithFixedStep extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return PredictorCorrector.of(times, 2, LangevinStep.fixed(0.2));
    }

    @Override
    int draws() {
      return 15;
    }
  }

  @Nested
  class OfPredictorCorrectorBySignalToNoise extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return PredictorCorrector.of(Ddim.of(times, 0), 1, LangevinStep.signalToNoise(0.16));
    }

    @Override
    int draws() {
      return 5;
    }
  }

  @Nested
  class OfAnnealedLangevin extends SteppedSamplerContract {
    @Override
    SteppedSampler create(TimeGrid times) {
      return AnnealedLangevin.of(times, 3, LangevinStep.fixed(0.2));
    }

    @Override
    int draws() {
      return 18;
    }
  }

  @Nested
  class OfRestart extends SamplerContract {
    @Override
    Sampler create(TimeGrid times) {
      return Restart.of(StochasticHeun.of(times), times.time(4), times.time(1), 2);
    }

    @Override
    int draws() {
      return 5 + 2 * (1 + 3);
    }
  }

  @Nested
  class OfDormandPrince extends SamplerContract {
    @Override
    Sampler create(TimeGrid times) {
      return DormandPrince.of(times.time(times.steps()));
    }

    @Override
    int draws() {
      return 0;
    }
  }
}
