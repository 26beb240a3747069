package io.fdiff.nn.engine;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A group of row nodes as a list of instructions on registers, run for one block of rows after the
 * other.
 *
 * <p>A wide register holds {@code blockRows × columns} numbers, a narrow one a number for each row.
 * Only what other steps read is written to memory.
 *
 * @param type FLOAT or DOUBLE
 * @param rows rows of the domain
 * @param columns columns of the domain
 * @param blockRows rows of a block
 * @param wide number of wide registers
 * @param narrow number of narrow registers
 * @param once instructions whose results hold for all blocks
 * @param each instructions of a block
 * @param sums what column sums are written to
 * @param label what profiles call it
 */
record RowProgram(
    DataType type,
    int rows,
    int columns,
    int blockRows,
    int wide,
    int narrow,
    List<Instruction> once,
    List<Instruction> each,
    List<Tensor> sums,
    String label) {

  /** One step of a program; registers are numbered apart for wide and narrow ones. */
  sealed interface Instruction {}

  /** Reads rows, or a number for each row, from memory. */
  record Load(Storage from, Access access, boolean isWide, int to) implements Instruction {}

  /** Writes rows, or a number for each row, to memory. */
  record Store(int from, boolean isWide, Storage to, Access access) implements Instruction {}

  /** Repeats a number over its row. */
  record Spread(int from, int to) implements Instruction {}

  /** An element-wise operation. */
  record Compute(Operation operation, double constant, int left, int right, int to, boolean isWide)
      implements Instruction {}

  /** Folds each row into a number. */
  record FoldRows(Node.Fold fold, int from, int to) implements Instruction {}

  /** Adds all rows of a block to a column sum. */
  record AddRows(int from, boolean isWide, int sum) implements Instruction {}

  /** Length of a column sum: wide ones have a number for each column, narrow ones one number. */
  int sumLength(int sum) {
    return sums.get(sum).length();
  }

  /** Storages that the program reads. */
  List<Storage> reads() {
    List<Storage> storages = new ArrayList<>();
    for (List<Instruction> part : List.of(once, each)) {
      for (Instruction instruction : part) {
        if (instruction instanceof Load load) {
          storages.add(load.from());
        }
      }
    }
    return storages;
  }

  /**
   * Whether a result may lie where an operand was: each block of both is the same memory, and is
   * read before it is written.
   */
  boolean canOverlay(Storage result, Storage operand) {
    if (result.length() != operand.length() || result.type() != operand.type()) {
      return false;
    }
    Access written = null;
    for (Instruction instruction : each) {
      if (instruction instanceof Store store && store.to() == result) {
        if (written != null) {
          return false;
        }
        written = store.access();
      }
    }
    if (written == null) {
      return false;
    }
    boolean stored = false;
    for (Instruction instruction : once) {
      if (instruction instanceof Load load && load.from() == operand) {
        return false;
      }
    }
    for (Instruction instruction : each) {
      if (instruction instanceof Load load && load.from() == operand) {
        if (stored || !load.access().equals(written)) {
          return false;
        }
      } else if (instruction instanceof Store store) {
        stored |= store.to() == result;
        if (store.to() == operand) {
          return false;
        }
      }
    }
    return true;
  }
}
