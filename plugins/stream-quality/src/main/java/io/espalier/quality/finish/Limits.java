package io.espalier.quality.finish;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time limits as they are typed in the shell. */
public final class Limits {
    private static final Pattern LIMIT = Pattern.compile("(\\d{1,6})(ms|s|m)");

    private Limits() {}

    /**
     * Reads a limit as {@code 500ms}, {@code 10s} or {@code 2m}.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static Duration parse(String text) {
        Matcher matcher = LIMIT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "The limit is '" + text + "'; write a number and a unit, as 500ms, 10s or 2m.");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }
}
