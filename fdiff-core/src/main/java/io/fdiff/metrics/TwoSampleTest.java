package io.fdiff.metrics;

/**
 * The outcome of a permutation test of the hypothesis that two sets have the same law. Immutable.
 *
 * @param mmd2 unbiased estimate of MMD², negative about half of the time if the laws are equal
 * @param pValue {@code p = (1 + #{permuted ≥ observed}) / (1 + permutations)}, in {@code (0, 1]}:
 *     under equal laws {@code P(p ≤ α) ≤ α}
 * @param bandwidth {@code γ} of the kernel, in units of the L² norm
 * @param permutations number {@code B} of permutations; {@code p ≥ 1/(B + 1)}
 */
public record TwoSampleTest(double mmd2, double pValue, double bandwidth, int permutations) {}
