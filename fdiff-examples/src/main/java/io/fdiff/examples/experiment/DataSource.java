package io.fdiff.examples.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.fdiff.covariance.SpectralCovariance;
import io.fdiff.covariance.Spectrum;
import io.fdiff.data.BrownianSheet;
import io.fdiff.data.CurvesCsv;
import io.fdiff.data.FunctionDataset;
import io.fdiff.data.FunctionGenerator;
import io.fdiff.data.GaussianProcessMixture;
import io.fdiff.data.GaussianRandomField;
import io.fdiff.data.IdxReader;
import io.fdiff.data.ImageFolder;
import io.fdiff.data.LinearFunctions;
import io.fdiff.data.NpyReader;
import io.fdiff.data.QuadraticFunctions;
import io.fdiff.data.WavReader;
import io.fdiff.noise.NoiseSource;
import io.fdiff.space.Grid;
import io.fdiff.space.Interval;
import io.fdiff.space.RegularGrid;
import io.fdiff.transform.Basis;
import io.fdiff.transform.Resampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Where the functions of a training come from.
 *
 * <p>Paths are relative to a folder that the command line gives ({@code --data}, or the variable
 * {@code FDIFF_DATA}).
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(DataSource.Idx.class),
  @JsonSubTypes.Type(DataSource.Csv.class),
  @JsonSubTypes.Type(DataSource.Npy.class),
  @JsonSubTypes.Type(DataSource.Images.class),
  @JsonSubTypes.Type(DataSource.Sound.class),
  @JsonSubTypes.Type(DataSource.Generated.class)
})
public sealed interface DataSource {

  /**
   * Functions, and their classes where there are any.
   *
   * @param functions the functions
   * @param labels one class for each function, null without classes
   */
  record Loaded(FunctionDataset functions, @Nullable List<Integer> labels) {}

  /**
   * Reads or generates the functions.
   *
   * @param folder what relative paths are relative to
   * @return the functions
   * @throws IOException if a file is missing or cannot be used
   */
  Loaded load(Path folder) throws IOException;

  /**
   * Images of an IDX file (MNIST), resampled by multilinear interpolation between pixel centres.
   *
   * @param images the file, may be compressed
   * @param labels file of the classes, empty for none
   * @param size rows and columns to resample to
   * @param count how many of the first images, 0 for all
   */
  @JsonTypeName("idx")
  record Idx(String images, String labels, List<Integer> size, int count) implements DataSource {
    @Override
    public Loaded load(Path folder) throws IOException {
      Path file = existing(folder, images);
      FunctionDataset all = count > 0 ? IdxReader.images(file, count) : IdxReader.images(file);
      List<Integer> classes = null;
      if (!labels.isEmpty()) {
        int[] values = IdxReader.labels(existing(folder, labels), all.size());
        classes = Arrays.stream(values).boxed().toList();
      }
      return new Loaded(resampled(all, size), classes);
    }
  }

  /**
   * Curves of a table.
   *
   * @param file CSV with the argument values in its first row
   */
  @JsonTypeName("csv")
  record Csv(String file) implements DataSource {
    @Override
    public Loaded load(Path folder) throws IOException {
      return new Loaded(CurvesCsv.read(existing(folder, file)).dataset(), null);
    }
  }

  /**
   * Functions on a regular grid of the unit box, {@code [functions, n1, …]}.
   *
   * @param file NPY
   * @param layout where the points of the grid lie in their cells
   */
  @JsonTypeName("npy")
  record Npy(String file, RegularGrid.Layout layout) implements DataSource {
    @Override
    public Loaded load(Path folder) throws IOException {
      Path path = existing(folder, file);
      long[] shape = NpyReader.shape(path);
      if (shape.length < 2) {
        throw new IllegalArgumentException(
            path
                + ": array of shape "
                + Arrays.toString(shape)
                + ", expected [functions, n1, …] with at least one axis of points");
      }
      int[] points = new int[shape.length - 1];
      Arrays.setAll(points, i -> Math.toIntExact(shape[i + 1]));
      return new Loaded(NpyReader.read(path, RegularGrid.unit(layout, points)), null);
    }
  }

  /**
   * Images of a folder.
   *
   * @param folder the folder
   * @param colour GREY or RGB
   * @param size rows and columns to resample to
   */
  @JsonTypeName("images")
  record Images(String folder, ImageFolder.Colour colour, List<Integer> size)
      implements DataSource {
    @Override
    public Loaded load(Path parent) throws IOException {
      requireSize(size);
      ImageFolder.Size pixels = new ImageFolder.Size(size.get(0), size.get(1));
      return new Loaded(ImageFolder.read(existing(parent, folder), colour, pixels), null);
    }
  }

  /**
   * Sounds of a folder, cut or padded to one length.
   *
   * @param folder folder of WAV files of one sample rate
   * @param frames samples of a clip
   * @param points points to resample the clip to
   */
  @JsonTypeName("sound")
  record Sound(String folder, int frames, int points) implements DataSource {
    @Override
    public Loaded load(Path parent) throws IOException {
      Path root = existing(parent, folder);
      List<Path> files;
      try (Stream<Path> entries = Files.list(root)) {
        files = entries.filter(path -> path.toString().endsWith(".wav")).sorted().toList();
      }
      if (files.isEmpty()) {
        throw new NoSuchFileException(root.toString(), null, "the folder holds no .wav files");
      }
      FunctionDataset clips = WavReader.clips(files, frames, WavReader.Fit.CROP_OR_PAD);
      return new Loaded(resampled(clips, List.of(points)), null);
    }
  }

  /** Laws that functions can be generated from. */
  enum Law {
    /** Two Gaussian processes, means ±(10x − 5) (Kerrigan et al.). */
    GAUSSIAN_PROCESS_MIXTURE,
    /** Random lines (Kerrigan et al.). */
    LINEAR,
    /** Random parabolas on [−10, 10] (Lim et al.). */
    QUADRATIC,
    /** Brownian motion or sheet. */
    BROWNIAN_SHEET,
    /** A smooth Gaussian random field of the Neumann basis, variance about 1. */
    GAUSSIAN_FIELD
  }

  /**
   * Generated functions, no files needed.
   *
   * @param law the law
   * @param points points per axis of the unit box
   * @param count number of functions
   * @param seed seed of the functions
   */
  @JsonTypeName("generated")
  record Generated(Law law, List<Integer> points, int count, long seed) implements DataSource {
    @Override
    public Loaded load(Path folder) {
      int[] shape = points.stream().mapToInt(Integer::intValue).toArray();
      RegularGrid grid = RegularGrid.unit(shape);
      FunctionGenerator generator =
          switch (law) {
            case GAUSSIAN_PROCESS_MIXTURE -> GaussianProcessMixture.kerrigan(grid);
            case LINEAR -> LinearFunctions.kerrigan(grid);
            case QUADRATIC ->
                QuadraticFunctions.hdm(
                    RegularGrid.of(List.of(new Interval(-10, 10)), RegularGrid.Layout.NODE, shape));
            case BROWNIAN_SHEET -> BrownianSheet.of(grid);
            case GAUSSIAN_FIELD ->
                GaussianRandomField.of(
                    SpectralCovariance.of(
                        Basis.COSINE.on(grid), Spectrum.bessel(8, 1 + 0.5 * shape.length, 500)));
          };
      return new Loaded(generator.generate(NoiseSource.of(seed), count), null);
    }
  }

  /** A file or folder that must be there. */
  static Path existing(Path folder, String name) throws IOException {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      throw new NoSuchFileException(
          path.toString(),
          null,
          "there is no such file or folder; paths of a configuration are relative to --data, or"
              + " to the variable FDIFF_DATA");
    }
    return path;
  }

  private static void requireSize(List<Integer> size) {
    if (size.size() != 2 || size.stream().anyMatch(n -> n < 2)) {
      throw new IllegalArgumentException(
          "size " + size + ": give rows and columns, each at least 2");
    }
  }

  /** The functions on cells of the same domain; unchanged where they are on that grid. */
  private static FunctionDataset resampled(FunctionDataset data, List<Integer> size) {
    int[] shape = size.stream().mapToInt(Integer::intValue).toArray();
    Grid from = data.grid();
    if (shape.length != from.dimension()) {
      throw new IllegalArgumentException(
          "size " + size + " for functions of " + from.dimension() + " variables: give one each");
    }
    Grid to = RegularGrid.of(from.domain(), RegularGrid.Layout.CELL, shape);
    if (from.equals(to)) {
      return data;
    }
    return FunctionDataset.of(
        to,
        Resampling.linear(data.values(), from, to, Resampling.Extension.CONSTANT)
            .castTo(DataType.FLOAT));
  }
}
