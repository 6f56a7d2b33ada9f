package io.espalier.quality.reconcile;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream of bytes into lines without copying those that fit the buffer, which grows up to a bound. */
final class LineSplitter {
    private static final int FIRST_BUFFER = 256 * 1024;
    /** A payload of the largest kind grows six-fold when every byte is escaped. */
    private static final int LONGEST_LINE = 64 * 1024 * 1024;

    private LineSplitter() {}

    /** Takes one line without its line feed. */
    @FunctionalInterface
    interface LineTaker {
        /** {@code terminated} is false for a last line that has no line feed. */
        void take(byte[] buffer, int offset, int length, boolean terminated);
    }

    /**
     * Reads to the end.
     *
     * @throws IOException also when a line is longer than 64 MiB
     */
    static void split(InputStream in, LineTaker taker) throws IOException {
        byte[] buffer = new byte[FIRST_BUFFER];
        int filled = 0;
        while (true) {
            int n = in.read(buffer, filled, buffer.length - filled);
            if (n < 0) {
                break;
            }
            int searchFrom = filled;
            filled += n;
            int taken = takeLines(buffer, searchFrom, filled, taker);
            System.arraycopy(buffer, taken, buffer, 0, filled - taken);
            filled -= taken;
            if (filled == buffer.length) {
                buffer = grown(buffer);
            }
        }
        if (filled > 0) {
            taker.take(buffer, 0, filled, false);
        }
    }

    private static int takeLines(byte[] buffer, int searchFrom, int filled, LineTaker taker) {
        int start = 0;
        for (int i = searchFrom; i < filled; i++) {
            if (buffer[i] == '\n') {
                taker.take(buffer, start, i - start, true);
                start = i + 1;
            }
        }
        return start;
    }

    private static byte[] grown(byte[] buffer) throws IOException {
        if (buffer.length >= LONGEST_LINE) {
            throw new IOException("a line is longer than " + LONGEST_LINE + " bytes");
        }
        return Arrays.copyOf(buffer, Math.min(LONGEST_LINE, buffer.length * 2));
    }
}
