package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Divides the nodes of a plan into groups that run as one step each, as large as their dependencies
 * allow.
 */
final class Fusion {

  private final Map<Node, Integer> positions = new LinkedHashMap<>();
  private final Map<Node, Group> groups = new LinkedHashMap<>();
  private final Set<Group> all = new LinkedHashSet<>();

  private Fusion(List<Node> nodes) {
    for (Node node : nodes) {
      positions.put(node, positions.size());
      add(node);
    }
    joinReaders(nodes);
  }

  /** Row groups that read the same array become one, so that it is read once. */
  private void joinReaders(List<Node> nodes) {
    Map<Tensor, Set<Node>> readers = new LinkedHashMap<>();
    for (Node node : nodes) {
      if (Group.isRowNode(node)) {
        for (Tensor input : node.inputs()) {
          if (input.producer() != null) {
            readers.computeIfAbsent(input.base(), base -> new LinkedHashSet<>()).add(node);
          }
        }
      }
    }
    for (Set<Node> each : readers.values()) {
      List<Node> list = new ArrayList<>(each);
      for (int i = 1; i < list.size(); i++) {
        Group home = group(list.get(i - 1));
        Group other = group(list.get(i));
        if (home != other && home.absorb(other)) {
          replace(other, home);
        }
      }
    }
  }

  private Group group(Node node) {
    return Objects.requireNonNull(groups.get(node));
  }

  /**
   * The groups in an order in which they can run.
   *
   * @param nodes nodes, each after those it depends on
   */
  static List<Group> of(List<Node> nodes) {
    return new Fusion(nodes).ordered();
  }

  private void add(Node node) {
    Set<Group> needed = new LinkedHashSet<>();
    for (Tensor input : node.inputs()) {
      Node producer = input.producer();
      if (producer != null) {
        needed.add(Objects.requireNonNull(groups.get(producer)));
      }
    }
    List<Group> candidates = new ArrayList<>(needed);
    Collections.reverse(candidates);
    Group home = null;
    if (Group.isRowNode(node)) {
      for (Group candidate : candidates) {
        if (home == null) {
          if (candidate.join(node, needed)) {
            home = candidate;
          }
        } else if (home.absorb(candidate)) {
          replace(candidate, home);
        }
      }
    }
    if (home == null) {
      home = new Group(node);
      home.before().addAll(needed);
      all.add(home);
    }
    groups.put(node, home);
  }

  private void replace(Group old, Group by) {
    all.remove(old);
    for (Node member : old.members()) {
      groups.put(member, by);
    }
    for (Group group : all) {
      if (group.before().remove(old) && group != by) {
        group.before().add(by);
      }
    }
  }

  private int position(Node node) {
    return Objects.requireNonNull(positions.get(node));
  }

  private int last(Group group) {
    return group.members().stream().mapToInt(this::position).max().orElseThrow();
  }

  private List<Group> ordered() {
    Map<Group, Integer> open = new LinkedHashMap<>();
    Map<Group, List<Group>> after = new LinkedHashMap<>();
    PriorityQueue<Group> ready = new PriorityQueue<>(Comparator.comparingInt(this::last));
    for (Group group : all) {
      group.members().sort(Comparator.comparingInt(this::position));
      open.put(group, group.before().size());
      for (Group earlier : group.before()) {
        after.computeIfAbsent(earlier, g -> new ArrayList<>()).add(group);
      }
      if (group.before().isEmpty()) {
        ready.add(group);
      }
    }
    List<Group> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      Group group = ready.remove();
      order.add(group);
      for (Group later : after.getOrDefault(group, List.of())) {
        if (open.merge(later, -1, Integer::sum) == 0) {
          ready.add(later);
        }
      }
    }
    if (order.size() != all.size()) {
      throw new IllegalStateException(
          (all.size() - order.size()) + " of " + all.size() + " groups wait for each other");
    }
    return order;
  }
}
