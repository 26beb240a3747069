package io.fdiff.data;

/** Text of a file as it enters a message: cut and freed of control characters, one short line. */
final class Quoted {

  private static final int SHOWN = 40;

  private Quoted() {}

  static String of(String text) {
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return '"' + shown.replaceAll("\\p{Cntrl}", " ") + '"';
  }
}
