package io.espalier.replication.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Texts as a terminal shows them. */
final class Shown {
    private static final int CHARS = 60;

    private Shown() {}

    /** What somebody wrote, without control characters and not too long. */
    static String of(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= CHARS ? plain : plain.substring(0, CHARS) + "...";
    }

    /** As in {@code 3m} or {@code 2d}. */
    static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        } else if (seconds < 7200) {
            return seconds / 60 + "m";
        }
        return seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }

    /** Rows under each other, the first one is the head; the last column is not filled up. */
    static String table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - row.get(i).length() + 2));
                }
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }
}
