package io.espalier.engine.desk;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Globs of repositories, as in the controller's configuration: {@code *} stands for any characters, {@code ?} for one, and {@code !}
 * before a glob excludes.
 */
public final class RepositoryGlobs {
    private static final int MOST_CHARACTERS = 256;

    private final List<Pattern> included;
    private final List<Pattern> excluded;

    private RepositoryGlobs(List<Pattern> included, List<Pattern> excluded) {
        this.included = included;
        this.excluded = excluded;
    }

    /**
     * Reads globs; blank ones are left out.
     *
     * @throws IllegalArgumentException with a sentence when one is no glob
     */
    public static RepositoryGlobs of(List<String> globs) {
        List<String> all = globs.stream()
                .map(String::strip)
                .filter(glob -> !glob.isEmpty())
                .toList();
        return new RepositoryGlobs(
                all.stream()
                        .filter(glob -> !glob.startsWith("!"))
                        .map(RepositoryGlobs::pattern)
                        .toList(),
                all.stream()
                        .filter(glob -> glob.startsWith("!"))
                        .map(glob -> pattern(glob.substring(1)))
                        .toList());
    }

    static Pattern pattern(String glob) {
        if (glob.isEmpty() || glob.length() > MOST_CHARACTERS || glob.startsWith("!")) {
            throw new IllegalArgumentException("'" + glob + "' is no glob of repositories; use 1 to " + MOST_CHARACTERS
                    + " characters with * and ?, and one ! before it to exclude.");
        }
        // Runs of * are one, so that no name takes long to match.
        String text = glob.replaceAll("\\*+", "*");
        return Pattern.compile(text.chars()
                .mapToObj(each -> each == '*' ? ".*" : each == '?' ? "." : Pattern.quote(Character.toString(each)))
                .collect(Collectors.joining()));
    }

    public boolean matches(String repository) {
        return (included.isEmpty() || any(included, repository)) && !any(excluded, repository);
    }

    private static boolean any(List<Pattern> patterns, String repository) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(repository).matches());
    }
}
