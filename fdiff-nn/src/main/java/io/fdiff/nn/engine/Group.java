package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Nodes that run as one step. A group of row nodes has a domain {@code rows × columns}; each of its
 * nodes works on the whole domain or, once a row, on its rows.
 */
final class Group {

  private static final int LARGEST = 56;

  private final List<Node> members = new ArrayList<>();
  private final boolean rowGroup;
  private final Set<Group> before = new LinkedHashSet<>();
  private int length;
  private int rows;

  /** 0 while any division of the length into rows will do. */
  private int columns;

  Group(Node node) {
    rowGroup = isRowNode(node);
    members.add(node);
    if (rowGroup) {
      int[] domain = domain(node);
      length = Layout.product(domain);
      columns = isFlat(node) ? 0 : columns(domain);
      rows = columns == 0 ? 0 : length / columns;
    }
  }

  List<Node> members() {
    return members;
  }

  boolean isRowGroup() {
    return rowGroup;
  }

  Set<Group> before() {
    return before;
  }

  int rows() {
    return columns == 0 ? length : rows;
  }

  int columns() {
    return columns == 0 ? 1 : columns;
  }

  static boolean isRowNode(Node node) {
    return node instanceof Node.Pointwise
        || node instanceof Node.RowFold
        || (node instanceof Node.ColumnSum sum && sum.outer() == 1);
  }

  /** The shape that a row node runs over. */
  private static int[] domain(Node node) {
    return node instanceof Node.Pointwise pointwise
        ? pointwise.out().shape()
        : node.inputs().get(0).shape();
  }

  private static int columns(int... domain) {
    return domain.length == 0 ? 1 : domain[domain.length - 1];
  }

  /** Whether all arrays of a node are full and in C order, so that rows do not matter. */
  private static boolean isFlat(Node node) {
    if (!(node instanceof Node.Pointwise pointwise)) {
      return false;
    }
    int[] shape = pointwise.out().shape();
    return pointwise.out().layout().isContiguous()
        && pointwise.inputs().stream()
            .allMatch(
                in ->
                    in.length() == pointwise.out().length()
                        && in.layout().broadcast(shape).isContiguous());
  }

  /** Whether a node of the group works on rows, not on all elements. */
  boolean isNarrow(Node node) {
    return Layout.product(domain(node)) != length;
  }

  /** Whether a node can run over the domain; a flat domain takes the rows of the node. */
  private boolean fits(Node node) {
    int[] domain = domain(node);
    int size = Layout.product(domain);
    boolean flat = isFlat(node);
    if (size == length) {
      return columns == 0 || flat || columns(domain) == columns;
    }
    return columns > 1
        && size == rows
        && !(node instanceof Node.RowFold)
        && (flat || columns(domain) == 1);
  }

  /** The access of a node of the group to one of its operands or to its result. */
  Access access(Node node, Tensor operand) {
    boolean result = node.outputs().contains(operand);
    boolean narrow = isNarrow(node);
    if (isFlat(node)) {
      return Access.sequential(
          operand.layout().offset(), rows(), narrow || columns() == 1 ? 1 : columns());
    }
    int[] domain = domain(node);
    if (result && !(node instanceof Node.Pointwise)) {
      // The fold of each row; column sums never come here.
      return Access.sequential(operand.layout().offset(), rows(), 1);
    }
    Layout layout = operand.layout().broadcast(domain);
    return Access.of(layout, narrow ? domain.length : Math.max(0, domain.length - 1));
  }

  /** Whether the node reads an array of a member as the member wrote it, row by row. */
  private boolean readsInRow(Node reader, Tensor operand, Node member) {
    return !(member instanceof Node.ColumnSum)
        && access(reader, operand).equals(access(member, member.outputs().get(0)));
  }

  private boolean readsInRows(Node reader, Group group) {
    for (Tensor operand : reader.inputs()) {
      Node producer = operand.producer();
      if (producer != null
          && group.members.contains(producer)
          && !readsInRow(reader, operand, producer)) {
        return false;
      }
    }
    return true;
  }

  /** Adds a node if that is possible. */
  boolean join(Node node, Set<Group> needed) {
    if (!rowGroup || members.size() >= LARGEST || !fits(node)) {
      return false;
    }
    for (Group other : needed) {
      if (other != this && other.dependsOn(this)) {
        return false;
      }
    }
    int oldColumns = columns;
    settle(node);
    if (!readsInRows(node, this)) {
      columns = oldColumns;
      return false;
    }
    members.add(node);
    before.addAll(needed);
    before.remove(this);
    return true;
  }

  private void settle(Node node) {
    if (columns == 0 && !isFlat(node)) {
      columns = columns(domain(node));
      rows = length / columns;
    }
  }

  /** Takes over the nodes of another group if that is possible. */
  boolean absorb(Group other) {
    if (!other.rowGroup || members.size() + other.members.size() > LARGEST) {
      return false;
    }
    for (Group group : other.before) {
      if (group != this && group.dependsOn(this)) {
        return false;
      }
    }
    for (Group group : before) {
      if (group != other && group.dependsOn(other)) {
        return false;
      }
    }
    int oldColumns = columns;
    for (Node node : other.members) {
      boolean takes = fits(node);
      if (takes) {
        settle(node);
      }
      if (!takes || !readsInRows(node, this)) {
        columns = oldColumns;
        return false;
      }
    }
    for (Node node : members) {
      if (!readsInRows(node, other)) {
        columns = oldColumns;
        return false;
      }
    }
    members.addAll(other.members);
    before.addAll(other.before);
    before.remove(this);
    before.remove(other);
    return true;
  }

  /** Whether this group runs after another one. */
  boolean dependsOn(Group other) {
    Set<Group> seen = new HashSet<>();
    List<Group> open = new ArrayList<>(List.of(this));
    while (!open.isEmpty()) {
      Group group = open.remove(open.size() - 1);
      if (group == other) {
        return true;
      }
      for (Group earlier : group.before) {
        if (seen.add(earlier)) {
          open.add(earlier);
        }
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return rowGroup
        ? "rows " + Arrays.toString(new int[] {rows(), columns()}) + " x" + members.size()
        : Objects.requireNonNull(members.get(0)).label();
  }
}
