package io.fdiff.nn.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: where each tensor lies. Read in one pass, so that a hostile one
 * takes no more memory than the tensors it truly describes.
 *
 * @param entries the tensors in the order of the data
 * @param metadata free text by name
 */
record TensorHeader(List<Entry> entries, Map<String, String> metadata) {

  static final String METADATA = "__metadata__";

  /** The most axes of an array. */
  private static final int MAX_RANK = 32;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** One tensor; offsets in bytes from the end of the header. */
  record Entry(String name, TensorType type, List<Long> shape, long begin, long end) {

    int length() {
      return (int) ((end - begin) / type.width());
    }

    long[] dimensions() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /** What is wrong with a header, without the file. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String what) {
      super(what);
    }
  }

  /**
   * Reads and checks a header.
   *
   * @param bytes the header
   * @param dataLength bytes that follow it
   * @throws Refused if it is not JSON of this format, or its tensors do not fill the data exactly
   */
  static TensorHeader parse(byte[] bytes, long dataLength) throws Refused {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(bytes)) {
      if (bytes[0] != '{' || json.nextToken() != JsonToken.START_OBJECT) {
        throw new Refused("has a header that is not a JSON object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals(METADATA)) {
          readMetadata(json, metadata);
        } else {
          entries.add(entry(json, name));
        }
      }
      if (json.nextToken() != null) {
        throw new Refused("has a header with text after its JSON object");
      }
    } catch (JsonProcessingException ex) {
      throw new Refused("has a header that is not JSON (" + ex.getOriginalMessage() + ")");
    } catch (IOException ex) {
      throw new Refused("has a header that is not JSON (" + ex.getMessage() + ")");
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    requireContiguous(entries, dataLength);
    return new TensorHeader(entries, metadata);
  }

  private static void requireContiguous(List<Entry> entries, long dataLength) throws Refused {
    long covered = 0;
    for (Entry entry : entries) {
      if (entry.begin() != covered) {
        throw new Refused(
            "places tensor "
                + entry.name()
                + " at byte "
                + entry.begin()
                + ", where "
                + covered
                + " is next: tensors must follow each other");
      }
      covered = entry.end();
    }
    if (covered != dataLength) {
      throw new Refused(
          (covered > dataLength ? "is cut off" : "has bytes left over")
              + ": its tensors take "
              + covered
              + " bytes, "
              + dataLength
              + " are there");
    }
  }

  private static void readMetadata(JsonParser json, Map<String, String> metadata)
      throws IOException, Refused {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new Refused("has " + METADATA + " that is not a JSON object of texts");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new Refused("has " + METADATA + " whose entry " + name + " is not a text");
      }
      metadata.put(name, json.getText());
    }
  }

  private static Entry entry(JsonParser json, String name) throws IOException, Refused {
    String type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    if (json.currentToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("dtype") && value == JsonToken.VALUE_STRING) {
          type = json.getText();
        } else if (field.equals("shape") && value == JsonToken.START_ARRAY) {
          shape = numbers(json, name, MAX_RANK);
        } else if (field.equals("data_offsets") && value == JsonToken.START_ARRAY) {
          offsets = numbers(json, name, 2);
        } else {
          json.skipChildren();
        }
      }
    }
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new Refused("describes tensor " + name + " without dtype, shape and two data_offsets");
    }
    TensorType known = TensorType.named(type).orElse(null);
    if (known == null) {
      throw new Refused(
          "holds tensor "
              + name
              + " of type "
              + type
              + "; these can be read: "
              + List.of(TensorType.values()));
    }
    return checked(new Entry(name, known, shape, offsets.get(0), offsets.get(1)));
  }

  private static List<Long> numbers(JsonParser json, String name, int most)
      throws IOException, Refused {
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      boolean whole =
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              && json.getLongValue() >= 0;
      if (!whole) {
        throw new Refused("describes tensor " + name + " with the number " + json.getText());
      }
      if (numbers.size() == most) {
        throw new Refused("describes tensor " + name + " with more than " + most + " numbers");
      }
      numbers.add(json.getLongValue());
    }
    return numbers;
  }

  private static Entry checked(Entry entry) throws Refused {
    long length = entry.end() - entry.begin();
    if (entry.shape().contains(0L)) {
      throw new Refused(
          "holds the empty tensor "
              + entry.name()
              + " of shape "
              + entry.shape()
              + ", which has no array");
    }
    long bytes = entry.type().width();
    boolean fits = length > 0;
    for (long n : entry.shape()) {
      fits = fits && bytes <= length / n;
      bytes *= fits ? n : 1;
    }
    if (!fits || bytes != length) {
      throw new Refused(
          "gives tensor "
              + entry.name()
              + " of shape "
              + entry.shape()
              + " and type "
              + entry.type()
              + " the bytes "
              + entry.begin()
              + " to "
              + entry.end()
              + ", which is not its size");
    }
    if (length / entry.type().width() > Integer.MAX_VALUE) {
      throw new Refused("holds tensor " + entry.name() + " of more than 2^31 − 1 values");
    }
    return entry;
  }
}
