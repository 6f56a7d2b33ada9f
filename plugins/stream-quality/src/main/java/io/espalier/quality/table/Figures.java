package io.espalier.quality.table;

import java.util.Locale;

/** Numbers as people read them, in at most six characters. */
final class Figures {
    private static final String[] UNITS = {"", "k", "M", "G", "T", "P", "E"};
    private static final long EXACT_BELOW = 100_000;

    private Figures() {}

    /** A count: exact below 100,000, else with three digits and a unit, as {@code 1.23M}. Rounds down. */
    static String count(long value) {
        if (Math.abs(value) < EXACT_BELOW) {
            return Long.toString(value);
        }
        double rest = value;
        int unit = 0;
        while (Math.abs(rest) >= 1000) {
            rest /= 1000;
            unit++;
        }
        return threeDigits(rest) + UNITS[unit];
    }

    /** Milliseconds: {@code 850ms}, {@code 1.25s}, {@code 12.5m} or {@code 3.20h}. */
    static String millis(long value) {
        if (value < 1000) {
            return value + "ms";
        }
        double seconds = value / 1000.0;
        if (seconds < 600) {
            return threeDigits(seconds) + "s";
        }
        return seconds < 36_000 ? threeDigits(seconds / 60) + "m" : threeDigits(seconds / 3600) + "h";
    }

    private static String threeDigits(double value) {
        double size = Math.abs(value);
        int decimals = size < 10 ? 2 : size < 100 ? 1 : 0;
        double scale = Math.pow(10, decimals);
        return String.format(Locale.ROOT, "%." + decimals + "f", Math.floor(value * scale) / scale);
    }
}
