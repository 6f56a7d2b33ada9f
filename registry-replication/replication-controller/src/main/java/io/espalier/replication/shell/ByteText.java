package io.espalier.replication.shell;

import java.util.List;
import java.util.Locale;

/** Numbers of bytes as an operator reads them. */
public final class ByteText {
    private ByteText() {}

    /** As {@code 1.5 GB}, in powers of 1000. */
    public static String of(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double value = (double) bytes;
        String unit = "";
        for (String next : List.of("kB", "MB", "GB", "TB")) {
            if (value < 1_000) {
                break;
            }
            value /= 1_000;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
