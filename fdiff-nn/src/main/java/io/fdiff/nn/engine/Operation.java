package io.fdiff.nn.engine;

/** Element-wise operations of row programs, on one or two operands and a constant {@code c}. */
enum Operation {
  NEGATE(1),
  SQUARE(1),
  ROOT(1),
  RECIPROCAL_ROOT(1),
  RECIPROCAL(1),
  EXP(1),
  LOG(1),
  TANH(1),
  SIGMOID(1),
  ERF(1),
  SIN(1),
  COS(1),
  ABS(1),
  /** −1, 0 or 1. */
  SIGN(1),
  /** 1 where positive, else 0. */
  STEP(1),
  /** 1 where {@code |x| < c}, else 0. */
  INSIDE(1),
  /** {@code x + c}. */
  ADD_CONSTANT(1),
  /** {@code cx}. */
  SCALE(1),
  /** {@code max(x, c)}. */
  AT_LEAST(1),
  /** {@code min(x, c)}. */
  AT_MOST(1),
  /** {@code x^c}. */
  POWER(1),
  ADD(2),
  SUBTRACT(2),
  MULTIPLY(2),
  DIVIDE(2),
  MAXIMUM(2),
  MINIMUM(2);

  private final int operands;

  Operation(int operands) {
    this.operands = operands;
  }

  int operands() {
    return operands;
  }
}
