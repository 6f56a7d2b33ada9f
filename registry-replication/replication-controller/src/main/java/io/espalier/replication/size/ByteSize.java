package io.espalier.replication.size;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes numbers of bytes: {@code 8MB} is 8,000,000 bytes and {@code 8MiB} is 8,388,608. */
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(?:\\.([0-9]{1,3}))? ?([A-Za-z]*)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("tb", 1_000_000_000_000L),
            Map.entry("kib", 1L << 10),
            Map.entry("mib", 1L << 20),
            Map.entry("gib", 1L << 30),
            Map.entry("tib", 1L << 40));

    private ByteSize() {}

    /**
     * Reads a size of at least one byte.
     *
     * @param name what it is the size of, for the sentence
     * @throws IllegalArgumentException with a sentence
     */
    public static long parse(String name, String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (matcher.matches()) {
            Long unit = UNITS.get(matcher.group(3).toLowerCase(Locale.ROOT));
            if (unit != null) {
                try {
                    String decimals = matcher.group(2);
                    long bytes = Math.multiplyExact(Long.parseLong(matcher.group(1)), unit)
                            + (decimals == null ? 0 : (long) (Double.parseDouble("0." + decimals) * unit));
                    if (bytes >= 1) {
                        return bytes;
                    }
                } catch (ArithmeticException tooBig) {
                    // Refused below, as what is no size at all.
                }
            }
        }
        throw new IllegalArgumentException("The " + name + " '" + shown(text)
                + "' is no size; write a number with B, kB, MB, GB, KiB, MiB or GiB, as in" + " 100MB.");
    }

    /** As in {@code 8.0 MB}. */
    public static String text(long bytes) {
        return rounded((double) bytes);
    }

    /** A number of bytes that need not be whole; {@code ?} for one that is not finite. */
    public static String rounded(double bytes) {
        if (Double.isNaN(bytes) || Double.isInfinite(bytes)) {
            return "?";
        }
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        if (bytes < 1000) {
            return String.format(Locale.ROOT, "%.0f B", bytes);
        }
        double scaled = bytes;
        int unit = -1;
        while (scaled >= 999.95 && unit < units.length - 1) {
            scaled /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", scaled, units[unit]);
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 40 ? plain : plain.substring(0, 40) + "...";
    }
}
