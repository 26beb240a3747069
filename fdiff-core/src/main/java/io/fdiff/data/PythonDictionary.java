package io.fdiff.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one form of Python dictionary that heads an NPY file: three string keys in any order, with a
 * string, a truth value and a tuple of integers.
 *
 * @param descr data type
 * @param fortran whether the first axis runs fastest
 * @param shape lengths of the axes, not negative
 */
record PythonDictionary(String descr, boolean fortran, List<Long> shape) {

  private static final String DESCR = "descr";
  private static final String ORDER = "fortran_order";
  private static final String SHAPE = "shape";

  /** No character of the header, whose characters are bytes. */
  private static final char END = '\uFFFF';

  static PythonDictionary parse(BinaryInput in, long start, String text)
      throws InvalidDataException {
    return new Parser(in, start, text).dictionary();
  }

  /** Reads left to right and never back. */
  private static final class Parser {

    private final BinaryInput in;
    private final long start;
    private final String text;
    private int at;

    Parser(BinaryInput in, long start, String text) {
      this.in = in;
      this.start = start;
      this.text = text;
    }

    PythonDictionary dictionary() throws InvalidDataException {
      Map<String, Object> entries = new TreeMap<>();
      expect('{');
      while (peek() != '}') {
        int place = at;
        String key = string();
        expect(':');
        Object value =
            switch (key) {
              case DESCR -> descr();
              case ORDER -> truth();
              case SHAPE -> tuple();
              default ->
                  throw fault(
                      place,
                      "key " + Quoted.of(key) + " is none of descr, fortran_order and shape");
            };
        if (entries.put(key, value) != null) {
          throw fault(place, "key " + key + " stands there twice; it may once");
        }
        if (peek() != '}') {
          expect(',');
        }
      }
      expect('}');
      if (peek() != END) {
        throw fault(at, "text " + rest() + " follows the dictionary; only blanks may");
      }
      if (entries.get(DESCR) instanceof String descr
          && entries.get(ORDER) instanceof Boolean order
          && entries.get(SHAPE) instanceof Axes axes) {
        return new PythonDictionary(descr, order, axes.lengths());
      }
      throw fault(
          at, "the keys are " + entries.keySet() + ", needed are descr, fortran_order and shape");
    }

    private record Axes(List<Long> lengths) {}

    private String descr() throws InvalidDataException {
      if (peek() == '[' || peek() == '(') {
        throw fault(
            at,
            "the data type is a record; arrays of plain numbers are read: write each field of its"
                + " own");
      }
      return string();
    }

    private boolean truth() throws InvalidDataException {
      peek();
      for (String word : List.of("True", "False")) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("True");
        }
      }
      throw fault(at, rest() + " where True or False must stand");
    }

    private Axes tuple() throws InvalidDataException {
      List<Long> lengths = new ArrayList<>();
      expect('(');
      while (peek() != ')') {
        lengths.add(integer());
        if (peek() == ')' && lengths.size() == 1) {
          throw fault(at, "a tuple of one entry needs a comma after it");
        }
        if (peek() != ')') {
          expect(',');
        }
      }
      expect(')');
      return new Axes(List.copyOf(lengths));
    }

    private long integer() throws InvalidDataException {
      peek();
      int from = at;
      long value = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        int digit = text.charAt(at) - '0';
        if (value > (Long.MAX_VALUE - digit) / 10) {
          throw fault(from, "the length of an axis exceeds 2^63 − 1");
        }
        value = 10 * value + digit;
        at++;
      }
      if (at == from) {
        throw fault(
            from, rest() + " where the length of an axis must stand, an integer not below 0");
      }
      // Python 2 wrote long integers so.
      if (at < text.length() && text.charAt(at) == 'L') {
        at++;
      }
      return value;
    }

    private String string() throws InvalidDataException {
      char quote = peek();
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw fault(at, rest() + " where a text in quotes must stand");
      }
      String value = text.substring(at + 1, end);
      if (value.indexOf('\\') >= 0) {
        throw fault(at, "text " + Quoted.of(value) + " holds a backslash; names hold none");
      }
      at = end + 1;
      return value;
    }

    private void expect(char c) throws InvalidDataException {
      if (peek() != c) {
        throw fault(at, rest() + " where '" + c + "' must stand");
      }
      at++;
    }

    /** The next character that is no blank, or END. */
    private char peek() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : END;
    }

    private String rest() {
      return at < text.length() ? Quoted.of(text.substring(at)) : "the end of the header";
    }

    private InvalidDataException fault(int place, String problem) {
      return in.fault(
          "header, byte " + (start + place), problem + "; write the file with numpy.save");
    }
  }
}
