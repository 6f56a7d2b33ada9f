package io.espalier.scenarios;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The closing line of a run. */
final class Verdict {
    private static final Pattern LINE = Pattern.compile(
            "^run streams=(?<streams>\\d+) read=(?<read>\\d+) stored=(?<stored>\\d+)"
                    + " written=(?<written>\\d+) lost=(?<lost>\\d+) duplicates=(?<duplicates>\\d+) p99_ms=(?<p99>\\d+)$",
            Pattern.MULTILINE);

    private Verdict() {}

    static Matcher parse(String output) {
        Matcher matcher = LINE.matcher(output);
        if (!matcher.find()) {
            throw new AssertionError(
                    "There is no closing line 'run streams=... read=... stored=... written=... lost=... duplicates=... p99_ms=...' in:\n"
                            + output);
        }
        return matcher;
    }
}
