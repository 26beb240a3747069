package io.fdiff.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/** One image: its size from the header, then its pixels. Not thread-safe. */
final class ImageFile implements Closeable {

  static final long MAX_PIXELS = 1 << 26;

  /** TIFF and WBMP, which the JDK reads as well, have no checks worth relying on. */
  private static final Set<String> FORMATS = Set.of("png", "jpeg", "bmp", "gif");

  /** An image in memory, its raster and the functions made of it, in bytes a pixel. */
  private static final long BYTES = 40;

  /**
   * The second pass of interlaced rows begins at row 4; without it the JDK leaves the others out.
   */
  private static final int MIN_GIF_ROWS = 5;

  /** Bytes of a file that are looked at before the decoders of the JDK are; images are longer. */
  private static final int HEAD = 26;

  private static final long PNG_MAGIC = 0x89504E470D0A1A0AL;
  private static final int BMP_MAGIC = 0x424D;

  private final Path file;
  private final ImageInputStream stream;
  private final ImageReader reader;
  private final ImageFolder.Size size;

  private ImageFile(Path file, ImageInputStream stream, ImageReader reader, ImageFolder.Size size) {
    this.file = file;
    this.stream = stream;
    this.reader = reader;
    this.size = size;
  }

  static ImageFile open(Path file) throws IOException {
    double ratio = requireSoundLengths(Objects.requireNonNull(file, "file"));
    ImageInputStream stream = new FileImageInputStream(file.toFile());
    try {
      ImageReader reader = reader(file, stream);
      try {
        return new ImageFile(file, stream, reader, size(file, reader, ratio));
      } catch (IOException e) {
        reader.dispose();
        throw e;
      }
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  /**
   * Checks the lengths that the decoders of the JDK would allocate by: those of the chunks of a PNG
   * file and the offset of the pixels in a BMP file.
   *
   * @return how many pixels a byte of the file can stand for at most, by its format: for PNG by the
   *     ratio of deflate, for GIF by the longest string of an LZW code of 12 bits, for JPEG by the
   *     one bit that a block of 64 pixels needs, for BMP by its run lengths
   */
  private static double requireSoundLengths(Path file) throws IOException {
    try (BinaryInput in = BinaryInput.open(file, "a PNG, JPEG, BMP or GIF image")) {
      if (in.stored() < HEAD) {
        throw in.fault(in.stored() + " bytes are no image; get it anew");
      }
      ByteBuffer head = in.header(HEAD, ByteOrder.BIG_ENDIAN, "the header");
      if (head.getLong(0) == PNG_MAGIC) {
        requireChunks(in, Integer.toUnsignedLong(head.getInt(8)));
        return 8.0 * BinaryInput.MAX_RATIO / Math.max(1, head.get(24));
      }
      if (head.getChar(0) == BMP_MAGIC) {
        head.order(ByteOrder.LITTLE_ENDIAN);
        long pixels = Integer.toUnsignedLong(head.getInt(10));
        long header = Integer.toUnsignedLong(head.getInt(14));
        if (pixels > in.stored() || header > in.stored() - 14) {
          throw in.fault(
              "byte 10",
              "pixels from byte "
                  + pixels
                  + " on after a header of "
                  + header
                  + " bytes; the file has "
                  + in.stored()
                  + ": get it anew");
        }
        return 128;
      }
      return head.get(0) == 'G' ? 4096 / 1.5 : 512;
    }
  }

  /** Walks the chunks of a PNG file, of the first of which 10 bytes are read. */
  private static void requireChunks(BinaryInput in, long first) throws InvalidDataException {
    long length = first;
    // Data and checksum follow the 16 bytes of magic, length and name.
    long rest = length + Integer.BYTES - (HEAD - 16);
    while (true) {
      if (rest < 0 || rest > in.stored() - in.position()) {
        throw in.fault(
            "byte " + in.position(),
            "a chunk of "
                + length
                + " bytes where the file holds "
                + (in.stored() - in.position())
                + " more; it is cut off: get it anew");
      }
      in.skip(rest, "a chunk");
      if (in.stored() - in.position() < 8) {
        return;
      }
      ByteBuffer head = in.header(8, ByteOrder.BIG_ENDIAN, "the head of a chunk");
      if (head.getInt(4) == 0x49454E44) {
        return;
      }
      length = Integer.toUnsignedLong(head.getInt(0));
      rest = length + Integer.BYTES;
    }
  }

  private static ImageReader reader(Path file, ImageInputStream stream) throws IOException {
    for (Iterator<ImageReader> found = ImageIO.getImageReaders(stream); found.hasNext(); ) {
      ImageReader reader = found.next();
      if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
        // Without metadata, in which compressed text may be of any length.
        reader.setInput(stream, true, true);
        return reader;
      }
      reader.dispose();
    }
    throw new InvalidDataException(
        file, "the content is no PNG, JPEG, BMP or GIF image; convert it to PNG");
  }

  private static ImageFolder.Size size(Path file, ImageReader reader, double ratio)
      throws IOException {
    long rows;
    long columns;
    try {
      rows = reader.getHeight(0);
      columns = reader.getWidth(0);
    } catch (IOException | RuntimeException e) {
      throw damaged(file, e);
    }
    if (rows < 2 || columns < 2 || rows * columns > MAX_PIXELS) {
      throw new InvalidDataException(
          file,
          rows
              + " rows and "
              + columns
              + " columns; an image has at least 2 of each and at most 2^26 pixels: scale or cut"
              + " it");
    }
    if (rows < MIN_GIF_ROWS && reader.getFormatName().equalsIgnoreCase("gif")) {
      throw new InvalidDataException(
          file,
          "a GIF image of "
              + rows
              + " rows; of fewer than "
              + MIN_GIF_ROWS
              + " the decoder of the JDK loses some where they are interlaced: save it as PNG");
    }
    long bytes = Files.size(file);
    if (rows * columns > ratio * bytes) {
      throw new InvalidDataException(
          file,
          rows
              + " rows and "
              + columns
              + " columns in a file of "
              + bytes
              + " bytes, which holds at most "
              + (long) (ratio * bytes)
              + " pixels; it is cut off or its header is wrong: get it anew");
    }
    BinaryInput.requireMemory(
        file, rows * columns * (BYTES / Double.BYTES), "an image of " + rows * columns + " pixels");
    return new ImageFolder.Size((int) rows, (int) columns);
  }

  /** The decoders of the JDK meet damaged files with exceptions of any kind. */
  private static InvalidDataException damaged(Path file, Exception e) {
    String found = e.toString().replaceAll("\\p{Cntrl}", " ");
    return new InvalidDataException(
        file, "the image is damaged or of a rare kind (" + found + "); save it anew as PNG", e);
  }

  ImageFolder.Size size() {
    return size;
  }

  /** Values {@code [channels, rows, columns]} in {@code [0, 1]}. */
  double[] read(ImageFolder.Colour colour) throws InvalidDataException {
    BufferedImage image;
    try {
      image = reader.read(0);
    } catch (IOException | RuntimeException e) {
      throw damaged(file, e);
    }
    if (image.getHeight() != size.rows() || image.getWidth() != size.columns()) {
      throw new InvalidDataException(
          file,
          image.getHeight()
              + " rows and "
              + image.getWidth()
              + " columns are decoded where the header has "
              + size.rows()
              + " and "
              + size.columns()
              + "; save it anew as PNG");
    }
    int pixels = size.rows() * size.columns();
    double[] out = new double[colour.channels() * pixels];
    Samples samples = new Samples(image);
    double[] rgb = new double[3];
    for (int i = 0; i < pixels; i++) {
      int x = i % size.columns();
      int y = i / size.columns();
      if (!samples.read(x, y, rgb)) {
        throw new InvalidDataException(
            file,
            "row " + y + ", column " + x,
            "the pixel is transparent; put the image on a background");
      }
      if (colour == ImageFolder.Colour.RGB) {
        for (int c = 0; c < 3; c++) {
          out[c * pixels + i] = rgb[c];
        }
      } else {
        // Grey stays exactly as it is.
        out[i] =
            rgb[0] == rgb[1] && rgb[1] == rgb[2]
                ? rgb[0]
                : 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
      }
    }
    return out;
  }

  /**
   * The samples of an image as they are stored. {@code BufferedImage.getRGB} would take grey for
   * linear light and put a gamma curve on it, and cut 16 bits to 8.
   */
  private static final class Samples {

    private final ColorModel model;
    private final Raster raster;
    private final double[] largest;
    private final boolean stored;
    private int[] pixel = new int[4];

    Samples(BufferedImage image) {
      model = image.getColorModel();
      raster = image.getRaster();
      stored = !(model instanceof IndexColorModel);
      largest = new double[raster.getNumBands()];
      for (int band = 0; band < largest.length; band++) {
        largest[band] = stored ? Math.scalb(1.0, model.getComponentSize(band)) - 1 : 0;
      }
    }

    /** Reads one pixel; false if it is transparent. */
    boolean read(int x, int y, double[] rgb) {
      if (!stored) {
        int index = raster.getSample(x, y, 0);
        int argb = model.getRGB(index);
        for (int c = 0; c < 3; c++) {
          rgb[c] = (argb >> (16 - 8 * c) & 0xff) / 255.0;
        }
        return argb >>> 24 == 0xff;
      }
      pixel = raster.getPixel(x, y, pixel);
      boolean grey = largest.length < 3;
      for (int c = 0; c < 3; c++) {
        int band = grey ? 0 : c;
        rgb[c] = pixel[band] / largest[band];
      }
      int alpha = largest.length - 1;
      return !model.hasAlpha() || pixel[alpha] == largest[alpha];
    }
  }

  @Override
  public void close() throws IOException {
    reader.dispose();
    stream.close();
  }
}
