package io.espalier.replication.shell;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times as people write them: {@code 90s}, {@code 30m}, {@code 24h}, {@code 7d}. */
public final class Lifetime {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,6})([smhd])");

    private Lifetime() {}

    /**
     * Reads a time.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static Duration parse(String name, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("The " + name + " '" + Shown.of(text)
                    + "' is no time; write a whole number with s, m, h or d, as in 24h.");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
