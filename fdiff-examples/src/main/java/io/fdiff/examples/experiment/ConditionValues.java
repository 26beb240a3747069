package io.fdiff.examples.experiment;

import io.fdiff.data.FunctionDataset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Conditions of some functions in units of their files; what there is has one entry a function.
 *
 * @param labels classes, null without
 * @param context context functions, null without
 * @param measurements {@code [functions, columns]}, null without
 */
record ConditionValues(
    @Nullable List<Integer> labels,
    @Nullable FunctionDataset context,
    @Nullable INDArray measurements) {}
