package io.espalier.replication.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes tar files as a test wants them, also wrong ones. */
final class TestTar implements AutoCloseable {
    private final OutputStream out;

    TestTar(Path file) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file));
    }

    void file(String name, byte[] content) throws IOException {
        header(name, content.length, '0', "");
        body(content);
    }

    void link(String name, String target) throws IOException {
        header(name, 0, '2', target);
    }

    void paxFile(String name, byte[] content) throws IOException {
        String record = " path=" + name + "\n";
        int length = record.length() + 3;
        byte[] pax = (length + record).getBytes(UTF_8);
        header("PaxHeader", pax.length, 'x', "");
        body(pax);
        file("short", content);
    }

    void gnuFile(String name, byte[] content) throws IOException {
        byte[] bytes = (name + "\0").getBytes(UTF_8);
        header("././@LongLink", bytes.length, 'L', "");
        body(bytes);
        file("short", content);
    }

    void header(String name, long size, char type, String link) throws IOException {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 124, String.format(Locale.ROOT, "%011o", size));
        put(block, 148, "        ");
        block[156] = (byte) type;
        put(block, 157, link);
        put(block, 257, "ustar\0");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o", sum) + "\0 ");
        out.write(block);
    }

    private void body(byte[] content) throws IOException {
        out.write(content);
        out.write(new byte[(512 - (content.length % 512)) % 512]);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[1024]);
        out.close();
    }
}
