package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;

/** Steps that each write one storage and read some of the earlier ones. */
final class PlannedSteps {

  private record Step(Set<Storage> reads, Set<Storage> writes, boolean overlays)
      implements MemoryPlan.Step {
    @Override
    public boolean canOverlay(Storage result, Storage operand) {
      return overlays && result.length() == operand.length();
    }
  }

  private final List<Step> steps = new ArrayList<>();
  private final List<Storage> storages = new ArrayList<>();

  static PlannedSteps random(Random random, int count) {
    PlannedSteps planned = new PlannedSteps();
    for (int i = 0; i < count; i++) {
      Set<Storage> reads = new LinkedHashSet<>();
      for (int j = 0; i > 0 && j < random.nextInt(3); j++) {
        reads.add(planned.storages.get(Math.max(0, i - 1 - random.nextInt(4))));
      }
      Storage result = new Storage(DataType.FLOAT, 16 * (1 + random.nextInt(4)));
      planned.storages.add(result);
      planned.steps.add(new Step(reads, Set.of(result), random.nextBoolean()));
    }
    return planned;
  }

  List<Step> steps() {
    return steps;
  }

  private int last(Storage storage) {
    int last = storages.indexOf(storage);
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).reads().contains(storage)) {
        last = Math.max(last, i);
      }
    }
    return last;
  }

  void assertApart(MemoryPlan plan) {
    Map<Storage, Long> places = plan.places();
    long size = Objects.requireNonNull(plan.sizes().get(DataType.FLOAT));
    for (int i = 0; i < storages.size(); i++) {
      Storage later = storages.get(i);
      long at = places.get(later);
      assertThat(at).isNotNegative();
      assertThat(at + later.length()).isLessThanOrEqualTo(size);
      for (int j = 0; j < i; j++) {
        Storage earlier = storages.get(j);
        long from = places.get(earlier);
        boolean overlap = at < from + earlier.length() && from < at + later.length();
        boolean together = last(earlier) >= i;
        // An operand that dies may be where the result of the same step is.
        boolean overlay =
            last(earlier) == i
                && from == at
                && steps.get(i).reads().contains(earlier)
                && steps.get(i).canOverlay(later, earlier);
        assertThat(overlap && together && !overlay).as("%s and %s", j, i).isFalse();
      }
    }
  }
}
