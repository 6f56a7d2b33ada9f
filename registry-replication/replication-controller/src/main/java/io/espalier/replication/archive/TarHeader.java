package io.espalier.replication.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Arrays;

/**
 * The fields of one 512-byte header of a tar file (POSIX.1-1988 ustar, and GNU's way of writing large numbers).
 *
 * @param type the type flag; {@code 0} for a file
 * @param link where a link points
 */
record TarHeader(String name, long size, char type, String link) {
    static final int BYTES = 512;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_LENGTH = 8;

    /** Whether the block marks the end. */
    static boolean isEnd(byte[] block) {
        return Arrays.equals(block, new byte[BYTES]);
    }

    /** Reads a header; the message of a failure goes behind "the archive". */
    static TarHeader read(byte[] block) throws IOException {
        checkSum(block);
        boolean ustar = text(block, 257, 5).equals("ustar");
        String name = text(block, 0, 100);
        // GNU's old format has times where POSIX has the prefix.
        if (ustar && block[262] == 0) {
            String prefix = text(block, 345, 155);
            name = prefix.isEmpty() ? name : prefix + "/" + name;
        }
        long size = number(block, 124, 12);
        if (size < 0) {
            throw new IOException("has a member of negative size");
        }
        char type = (char) (block[156] & 0xff);
        return new TarHeader(name, size, type == 0 ? '0' : type, text(block, 157, 100));
    }

    private static void checkSum(byte[] block) throws IOException {
        long sum = 0;
        for (int i = 0; i < BYTES; i++) {
            boolean field = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LENGTH;
            sum += field ? ' ' : block[i] & 0xff;
        }
        if (sum != number(block, CHECKSUM_AT, CHECKSUM_LENGTH)) {
            throw new IOException("is no tar file, or damaged: the checksum of a header is wrong");
        }
    }

    private static long number(byte[] block, int at, int length) throws IOException {
        if ((block[at] & 0x80) != 0) {
            return binary(block, at, length);
        }
        String octal = text(block, at, length).strip();
        try {
            return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
        } catch (NumberFormatException e) {
            throw new IOException("is no tar file, or damaged: a header has no number where one must be", e);
        }
    }

    private static long binary(byte[] block, int at, int length) throws IOException {
        long value = block[at] & 0x7f;
        for (int i = 1; i < length; i++) {
            if (value > Long.MAX_VALUE >> 8) {
                throw new IOException("has a member of impossible size");
            }
            value = (value << 8) | (block[at + i] & 0xff);
        }
        return value;
    }

    private static String text(byte[] block, int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, UTF_8);
    }
}
