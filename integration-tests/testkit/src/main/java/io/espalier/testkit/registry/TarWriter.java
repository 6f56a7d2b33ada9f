package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Writes a tar file (ustar) of plain files and folders; sizes up to 8 GiB. */
final class TarWriter {
    private static final int BLOCK = 512;
    private static final int SIZE_AT = 124;
    private static final int SUM_AT = 148;

    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void file(String name, long size, SampleBlob.Content content) throws IOException {
        header(name, size, '0', "0000644");
        content.writeTo(out);
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    /** A file that may be executed. */
    void program(String name, byte[] content) throws IOException {
        header(name, content.length, '0', "0000755");
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    void file(String name, byte[] content) throws IOException {
        file(name, content.length, body -> body.write(content));
    }

    void folder(String name) throws IOException {
        header(name + "/", 0, '5', "0000755");
    }

    /** Writes the end mark; does not close the stream. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void header(String name, long size, char type, String rights) throws IOException {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, rights);
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        put(block, SIZE_AT, String.format(Locale.ROOT, "%011o", size));
        put(block, 136, "00000000000");
        put(block, SUM_AT, "        ");
        block[156] = (byte) type;
        put(block, 257, "ustar");
        put(block, 263, "00");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        put(block, SUM_AT, String.format(Locale.ROOT, "%06o", sum) + "\0 ");
        out.write(block);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
