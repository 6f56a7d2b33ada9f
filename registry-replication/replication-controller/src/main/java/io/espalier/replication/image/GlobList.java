package io.espalier.replication.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of globs: {@code *} stands for any characters, also {@code /}, and {@code ?} for one. A name matches when one glob
 * matches it, or there is none but exclusions, and no glob that begins with {@code !} does. The order does not matter.
 */
public final class GlobList {
    private static final int MAX_LENGTH = 256;

    private final List<String> globs;
    private final List<String> included = new ArrayList<>();
    private final List<String> excluded = new ArrayList<>();

    private GlobList(List<String> globs) {
        this.globs = List.copyOf(globs);
        for (String glob : globs) {
            if (glob.startsWith("!")) {
                excluded.add(checked(glob.substring(1)));
            } else {
                included.add(checked(glob));
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

    private static boolean any(List<String> globs, String name) {
        return globs.stream().anyMatch(glob -> matches(glob, name));
    }

    /** Takes at most the product of both lengths, because only the last * is ever tried again. */
    private static boolean matches(String glob, String name) {
        int g = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = n;
            } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == name.charAt(n))) {
                g++;
                n++;
            } else if (star >= 0) {
                g = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    private static String checked(String glob) {
        if (glob.isEmpty() || glob.length() > MAX_LENGTH || glob.startsWith("!")) {
            throw new IllegalArgumentException("'" + glob + "' is no glob; use 1 to " + MAX_LENGTH
                    + " characters with * and ?, and one ! before it to exclude.");
        }
        return glob;
    }

    @Override
    public String toString() {
        return globs.isEmpty() ? "*" : String.join(",", globs);
    }
}
