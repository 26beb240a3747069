package io.fdiff.examples.experiment;

import io.fdiff.data.NpyWriter;
import io.fdiff.examples.OutputFolder;
import io.fdiff.space.FunctionBatch;
import io.fdiff.space.Grid;
import java.io.IOException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sampled functions as files. */
final class FunctionFiles {

  private FunctionFiles() {}

  /**
   * Writes {@code name.npy}, {@code [functions, channels, n1, …, nd]} in single precision, and for
   * functions of one or two variables {@code name.png}.
   *
   * @param output the folder
   * @param name file name without its ending
   * @param model channels of the functions
   * @param grid their grid
   * @param values {@code [functions · channels · points]}
   * @throws IOException if a file cannot be written
   */
  static void write(
      OutputFolder output, String name, FunctionModel model, Grid grid, double[] values)
      throws IOException {
    int channels = model.channels();
    int count = values.length / channels / grid.size();
    INDArray array = FunctionBatch.zeros(grid, DataType.FLOAT, count, channels);
    FunctionBatch.write(values, array);
    NpyWriter.write(output.path(name + ".npy"), array);
    if (grid.dimension() <= 2) {
      output.writePng(name + ".png", Gallery.draw(name, grid, channels, values));
    }
  }
}
