package io.fdiff.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LayoutPropertiesTest {

  /** Elements in C order of the layout's shape. */
  private static List<Integer> elements(Layout layout) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < layout.length(); i++) {
      int rest = i;
      int at = layout.offset();
      for (int axis = layout.rank() - 1; axis >= 0; axis--) {
        at += rest % layout.size(axis) * layout.stride(axis);
        rest /= layout.size(axis);
      }
      all.add(at);
    }
    return all;
  }

  private static int[] factors(Random random, int length) {
    List<Integer> shape = new ArrayList<>();
    int rest = length;
    while (rest > 1) {
      int factor = 1 + random.nextInt(rest);
      if (rest % factor == 0) {
        shape.add(factor);
        rest /= factor;
      }
    }
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A layout of up to 4 axes after random permutations and slices. */
  private static Layout layout(Random random) {
    int rank = 1 + random.nextInt(4);
    int[] shape = random.ints(rank, 1, 5).toArray();
    Layout layout = Layout.contiguous(shape);
    for (int i = 0; i < random.nextInt(3); i++) {
      int axis = random.nextInt(rank);
      if (random.nextBoolean()) {
        int other = random.nextInt(rank);
        int[] axes = new int[rank];
        for (int a = 0; a < rank; a++) {
          axes[a] = a == axis ? other : a == other ? axis : a;
        }
        layout = layout.permute(axes);
      } else if (layout.size(axis) > 1) {
        layout = layout.narrow(axis, 1, 1, layout.size(axis) - 1);
      }
    }
    return layout;
  }

  @Property
  void reshapeKeepsTheElementsInOrder(@ForAll long seed) {
    Random random = new Random(seed);
    Layout layout = layout(random);
    int[] target = factors(random, layout.length());
    Layout reshaped = layout.reshape(target);
    if (layout.isContiguous()) {
      assertThat(reshaped).isNotNull();
    }
    if (reshaped != null) {
      assertThat(reshaped.shape()).containsExactly(target);
      assertThat(elements(reshaped)).isEqualTo(elements(layout));
    }
  }

  @Property
  void contiguousMeansSuccessiveElements(@ForAll long seed) {
    Layout layout = layout(new Random(seed));
    List<Integer> elements = elements(layout);
    boolean successive = true;
    for (int i = 1; i < elements.size(); i++) {
      successive &= elements.get(i) == elements.get(i - 1) + 1;
    }
    assertThat(layout.isContiguous()).isEqualTo(successive);
  }

  @Property
  void accessReachesTheRows(@ForAll long seed) {
    Layout layout = layout(new Random(seed));
    int rowAxes = layout.rank() - 1;
    int columns = layout.size(rowAxes);
    Access access = Access.of(layout, rowAxes);
    List<Integer> elements = elements(layout);
    for (int row = 0; row < layout.length() / columns; row++) {
      assertThat(access.row(row)).isEqualTo(elements.get(row * columns));
    }
  }

  /** Whatever lives at the same time lies apart; what fits into a hole takes it. */
  @Property
  void storagesThatLiveTogetherLieApart(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int n) {
    PlannedSteps steps = PlannedSteps.random(new Random(seed), n);
    MemoryPlan plan = new MemoryPlan(steps.steps(), List.of());
    steps.assertApart(plan);
  }
}
