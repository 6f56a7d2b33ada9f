package io.espalier.registry.name;

/** Foreign text in messages: without control characters, and short. */
final class Shown {
    private static final int MOST_CHARACTERS = 120;

    private Shown() {}

    static String of(String text) {
        String cut = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "..." : text;
        return "\"" + cut.replaceAll("\\p{Cntrl}", "?") + "\"";
    }
}
