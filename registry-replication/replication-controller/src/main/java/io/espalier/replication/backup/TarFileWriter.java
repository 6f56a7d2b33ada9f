package io.espalier.replication.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes files into a tar archive (POSIX.1-1988 ustar), all of them with mode 0600. Not thread-safe. */
final class TarFileWriter {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    /** Offsets and lengths of the header's fields, by the standard. */
    private static final int MODE_AT = 100;

    private static final int UID_AT = 108;
    private static final int GID_AT = 116;
    private static final int SIZE_AT = 124;
    private static final int TIME_AT = 136;
    private static final int SUM_AT = 148;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;
    private static final int SHORT = 8;
    private static final int LONG = 12;

    private final OutputStream out;
    private final long seconds;

    /** @param seconds since the epoch, as the time of all files */
    TarFileWriter(OutputStream out, long seconds) {
        this.out = out;
        this.seconds = seconds;
    }

    /** @param size what the content has; anything else is an error */
    void add(String name, long size, InputStream content) throws IOException {
        out.write(header(name, size));
        long written = content.transferTo(out);
        if (written != size) {
            throw new IOException(name + " has " + written + " bytes now and had " + size + " before");
        }
        pad(size);
    }

    /** Writes the end of the archive; the stream stays open. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private byte[] header(String name, long size) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length > NAME) {
            throw new IOException("the name " + name + " is too long for the archive");
        }
        byte[] header = new byte[BLOCK];
        System.arraycopy(text, 0, header, 0, text.length);
        octal(header, MODE_AT, SHORT, 0600);
        octal(header, UID_AT, SHORT, 0);
        octal(header, GID_AT, SHORT, 0);
        octal(header, SIZE_AT, LONG, size);
        octal(header, TIME_AT, LONG, seconds);
        header[TYPE_AT] = '0';
        byte[] magic = "ustar\u000000".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, header, MAGIC_AT, magic.length);
        Arrays.fill(header, SUM_AT, SUM_AT + SHORT, (byte) ' ');
        long sum = 0;
        for (byte one : header) {
            sum += Byte.toUnsignedInt(one);
        }
        octal(header, SUM_AT, SHORT - 1, sum);
        return header;
    }

    /** Digits with zeros before them, and a zero byte behind. */
    private static void octal(byte[] header, int at, int length, long value) throws IOException {
        String digits = Long.toOctalString(value);
        int zeros = length - 1 - digits.length();
        if (zeros < 0) {
            throw new IOException("a file is too large for the archive");
        }
        byte[] text = ("0".repeat(zeros) + digits).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, header, at, text.length);
        header[at + length - 1] = 0;
    }
}
