package io.espalier.replication.image;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A list of globs: {@code *} stands for any characters, also {@code /}, and {@code ?} for one. A name matches when one glob
 * matches it, or there is none but exclusions, and no glob that begins with {@code !} does. The order does not matter.
 */
public final class GlobList {
    private static final int MAX_LENGTH = 256;

    private final List<String> globs;
    private final List<Pattern> included = new ArrayList<>();
    private final List<Pattern> excluded = new ArrayList<>();

    private GlobList(List<String> globs) {
        this.globs = List.copyOf(globs);
        for (String glob : globs) {
            if (glob.startsWith("!")) {
                excluded.add(pattern(glob.substring(1)));
            } else {
                included.add(pattern(glob));
            }
        }
    }

    /**
     * Reads globs; blank ones are left out.
     *
     * @throws IllegalArgumentException with a sentence when one is no glob
     */
    public static GlobList of(List<String> globs) {
        return new GlobList(globs.stream()
                .map(String::strip)
                .filter(glob -> !glob.isEmpty())
                .toList());
    }

    /** Matches everything. */
    public static GlobList everything() {
        return new GlobList(List.of());
    }

    public boolean matches(String name) {
        return (included.isEmpty() || any(included, name)) && !any(excluded, name);
    }

    private static boolean any(List<Pattern> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    private static Pattern pattern(String glob) {
        if (glob.isEmpty() || glob.length() > MAX_LENGTH || glob.startsWith("!")) {
            throw new IllegalArgumentException("'" + glob + "' is no glob; use 1 to " + MAX_LENGTH
                    + " characters with * and ?, and one ! before it to exclude.");
        }
        // Runs of * are one, so that no pattern takes more than the square of the name's length.
        String plain = glob.replaceAll("\\*+", "*");
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString());
    }

    @Override
    public String toString() {
        return globs.isEmpty() ? "*" : String.join(",", globs);
    }
}
