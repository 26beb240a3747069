package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Places storages in one block for each element type: those that do not live at the same time may
 * share memory, and a result may lie on an operand that dies in the same step.
 */
final class MemoryPlan {

  /** What a step does to memory. */
  interface Step {
    Set<Storage> reads();

    Set<Storage> writes();

    /** Whether a result may take the place of an operand. */
    boolean canOverlay(Storage result, Storage operand);
  }

  /** Storages that share one place, and the steps during which it is taken. */
  private static final class Slot {
    final DataType type;
    final int length;
    int first;
    int last;
    long place;

    Slot(Storage storage, int first) {
      this.type = storage.type();
      this.length = storage.length();
      this.first = first;
      this.last = first;
    }

    boolean meets(Slot other) {
      return type == other.type && first <= other.last && other.first <= last;
    }
  }

  private final Map<Storage, Slot> slots = new LinkedHashMap<>();
  private final Map<DataType, Long> sizes = new LinkedHashMap<>();

  /**
   * Plans the memory.
   *
   * @param steps the steps in order
   * @param inputs storages that are filled before the first step
   */
  MemoryPlan(List<? extends Step> steps, List<Storage> inputs) {
    Map<Storage, Integer> lastUse = new LinkedHashMap<>();
    inputs.forEach(input -> lastUse.put(input, -1));
    for (int at = 0; at < steps.size(); at++) {
      int step = at;
      steps.get(at).reads().forEach(storage -> lastUse.put(storage, step));
      steps.get(at).writes().forEach(storage -> lastUse.put(storage, step));
    }
    lastUse.replaceAll((storage, last) -> storage.pinned() ? steps.size() : last);
    inputs.forEach(input -> open(input, -1, lastUse));
    for (int at = 0; at < steps.size(); at++) {
      MemoryPlan.Step step = steps.get(at);
      for (Storage result : step.writes()) {
        if (isPlaced(result) && !slots.containsKey(result)) {
          overlay(step, result, at, lastUse);
          open(result, at, lastUse);
        }
      }
    }
    place();
  }

  private static boolean isPlaced(Storage storage) {
    return storage.array() == null
        && (storage.type() == DataType.FLOAT || storage.type() == DataType.DOUBLE);
  }

  private void open(Storage storage, int first, Map<Storage, Integer> lastUse) {
    Slot slot = slots.computeIfAbsent(storage, s -> new Slot(s, first));
    Integer last = lastUse.get(storage);
    slot.last = Math.max(slot.last, last == null ? first : last);
  }

  private void overlay(Step step, Storage result, int at, Map<Storage, Integer> lastUse) {
    for (Storage operand : step.reads()) {
      Slot slot = slots.get(operand);
      if (slot != null && slot.last == at && step.canOverlay(result, operand)) {
        Integer dies = lastUse.get(operand);
        if (dies != null && dies == at) {
          slots.put(result, slot);
          return;
        }
      }
    }
  }

  private void place() {
    List<Slot> order = new ArrayList<>(new LinkedHashSet<>(slots.values()));
    // Ties in order of life: the plan must not depend on hashes.
    order.sort(
        Comparator.<Slot>comparingInt(slot -> -slot.length)
            .thenComparingInt(slot -> slot.first)
            .thenComparingInt(slot -> slot.last));
    List<Slot> placed = new ArrayList<>();
    for (Slot slot : order) {
      int unit = Arena.ALIGNMENT / slot.type.width();
      List<Slot> neighbours =
          placed.stream()
              .filter(slot::meets)
              .sorted(Comparator.comparingLong(other -> other.place))
              .toList();
      long at = 0;
      for (Slot other : neighbours) {
        if (at + slot.length <= other.place) {
          break;
        }
        long end = other.place + (other.length + (long) unit - 1) / unit * unit;
        at = Math.max(at, end);
      }
      slot.place = at;
      placed.add(slot);
      sizes.merge(slot.type, at + slot.length, Math::max);
    }
  }

  /** First element of each storage. */
  Map<Storage, Long> places() {
    Map<Storage, Long> places = new LinkedHashMap<>();
    slots.forEach((storage, slot) -> places.put(storage, slot.place));
    return places;
  }

  /** Elements of the block of each type. */
  Map<DataType, Long> sizes() {
    return sizes;
  }
}
