package io.espalier.replication.trigger;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** One field of a cron expression: the values it lets through. */
record CronField(BitSet values, boolean every) {
    /**
     * Reads {@code *}, {@code N}, {@code N-M}, each with {@code /STEP}, and lists of them.
     *
     * @param names of the values from {@code min} on; empty when they have none
     * @throws IllegalArgumentException without a subject
     */
    static CronField parse(String text, int min, int max, List<String> names) {
        BitSet values = new BitSet();
        for (String part : text.split(",", -1)) {
            int slash = part.indexOf('/');
            String range = slash < 0 ? part : part.substring(0, slash);
            int step = slash < 0 ? 1 : number(part.substring(slash + 1), 1, max, List.of());
            int dash = range.indexOf('-', 1);
            int from = min;
            int to = max;
            if (!range.equals("*")) {
                from = number(dash < 0 ? range : range.substring(0, dash), min, max, names);
                to = dash < 0 ? (slash < 0 ? from : max) : number(range.substring(dash + 1), min, max, names);
            }
            if (from > to) {
                throw new IllegalArgumentException("'" + part + "' runs backwards");
            }
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
        }
        return new CronField(values, text.startsWith("*"));
    }

    boolean has(int value) {
        return values.get(value);
    }

    private static int number(String text, int min, int max, List<String> names) {
        int name = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (name >= 0) {
            return min + name;
        }
        if (!text.matches("\\d{1,4}")) {
            throw new IllegalArgumentException("'" + text + "' is no number");
        }
        int value = Integer.parseInt(text);
        if (value < min || value > max) {
            throw new IllegalArgumentException("'" + text + "' is not within " + min + " to " + max);
        }
        return value;
    }
}
