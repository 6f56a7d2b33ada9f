package io.espalier.collector.discovery;

import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * An absolute path with wildcards. Unlike the JDK's, {@code **} between two slashes also stands for no folder at all, as
 * people expect of {@code /var/log/**}{@code /*.log}.
 */
final class Glob {
    private static final String WILDCARDS = "*?[{\\";
    private static final int MAX_DOUBLE_STARS = 4;

    private final Path root;
    private final int depth;
    private final List<PathMatcher> matchers = new ArrayList<>();

    Glob(FileSystem files, String pattern) {
        String[] names = pattern.split("/", -1);
        StringBuilder literal = new StringBuilder("/");
        int fixed = 1;
        while (fixed < names.length - 1 && isLiteral(names[fixed])) {
            literal.append(names[fixed++]).append('/');
        }
        root = files.getPath(literal.toString());
        depth = pattern.contains("**") ? Integer.MAX_VALUE : names.length - fixed;
        expand(files, pattern, 0, MAX_DOUBLE_STARS);
    }

    private void expand(FileSystem files, String pattern, int from, int left) {
        int at = pattern.indexOf("/**/", from);
        if (at < 0 || left == 0) {
            matchers.add(files.getPathMatcher("glob:" + pattern));
            return;
        }
        expand(files, pattern, at + 3, left - 1);
        expand(files, pattern.substring(0, at) + pattern.substring(at + 3), at, left - 1);
    }

    private static boolean isLiteral(String name) {
        return name.chars().noneMatch(c -> WILDCARDS.indexOf(c) >= 0);
    }

    /** The deepest folder below which every match lies. */
    Path root() {
        return root;
    }

    /** How many levels below the root a match can lie. */
    int depth() {
        return depth;
    }

    boolean matches(Path path) {
        for (PathMatcher matcher : matchers) {
            if (matcher.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
