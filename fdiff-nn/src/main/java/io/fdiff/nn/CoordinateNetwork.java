package io.fdiff.nn;

/**
 * A network whose output is a function of the coordinates, so that it can be evaluated at any
 * points of the domain, not only at those of its input.
 *
 * <p>Law: the graph takes the points from the input {@link GraphContext#COORDINATES}, {@code
 * [outputPoints, dimension]} with each axis of the domain scaled to {@code [−1, 1]}, and its output
 * is {@code [outputPoints, batch, channels]}, each point by itself: the value at a point does not
 * depend on the other points. {@link Network#gridInputs} gives the points of the grid; who wants
 * others replaces that input.
 */
public interface CoordinateNetwork extends Network {}
