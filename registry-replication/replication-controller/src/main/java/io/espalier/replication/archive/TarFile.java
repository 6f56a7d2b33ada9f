package io.espalier.replication.archive;

import io.espalier.replication.archive.TarMembers.Member;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;

/**
 * A tar file whose members are read in any order and as often as needed, without keeping any in memory. One in gzip's framing is
 * unpacked beside first. Thread-safe.
 *
 * <p>The messages of its exceptions go behind "the archive".
 */
final class TarFile implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final int MAX_LINKS = 8;
    /** Bytes of disk that unpacking leaves free. */
    private static final long SPARE = 64L << 20;

    private final FileChannel channel;
    private final TarMembers.Found found;

    private TarFile(FileChannel channel, TarMembers.Found found) {
        this.channel = channel;
        this.found = found;
    }

    /** @param temporary a folder for what is unpacked; it is gone again when this is closed */
    static TarFile open(Path file, Path temporary) throws IOException {
        boolean gzip = isGzip(file);
        Path plain = gzip ? unpacked(file, temporary) : file;
        FileChannel channel = gzip
                ? FileChannel.open(plain, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE)
                : FileChannel.open(plain, StandardOpenOption.READ);
        try {
            return new TarFile(channel, TarMembers.find(channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isGzip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return isGzip(in.readNBytes(2));
        }
    }

    static boolean isGzip(byte[] start) {
        return start.length >= 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
    }

    private static Path unpacked(Path file, Path temporary) throws IOException {
        Path plain = Files.createTempFile(temporary, "unpacked-", ".tar");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), BUFFER);
                FileChannel out = FileChannel.open(plain, StandardOpenOption.WRITE)) {
            byte[] block = new byte[BUFFER];
            long sinceCheck = SPARE;
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                sinceCheck += n;
                if (sinceCheck > SPARE / 4) {
                    sinceCheck = 0;
                    checkSpace(temporary);
                }
                out.write(ByteBuffer.wrap(block, 0, n));
            }
            return plain;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(plain);
            throw e;
        }
    }

    private static void checkSpace(Path folder) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < SPARE) {
            throw new IOException("does not fit unpacked: only " + free + " bytes are free in " + folder);
        }
    }

    boolean has(String name) {
        return found.files().containsKey(target(name));
    }

    long size(String name) throws IOException {
        return member(name).size();
    }

    /** All bytes of a small member. */
    byte[] bytes(String name, int max) throws IOException {
        Member member = member(name);
        if (member.size() > max) {
            throw new IOException(
                    "has the member " + name + " of " + member.size() + " bytes; at most " + max + " are taken there");
        }
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        }
    }

    /** The bytes of a member; the stream need not be closed. */
    InputStream open(String name) throws IOException {
        return new MemberStream(channel, member(name));
    }

    private Member member(String name) throws IOException {
        Member member = found.files().get(target(name));
        if (member == null) {
            throw new IOException("has no member " + name + "; it is incomplete");
        }
        return member;
    }

    private String target(String name) {
        String target = name;
        for (int i = 0; i < MAX_LINKS && found.links().containsKey(target); i++) {
            target = found.links().getOrDefault(target, target);
        }
        return target;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads a range of the file by position, so that many can be open. */
    private static final class MemberStream extends InputStream {
        private final FileChannel channel;
        private final long end;
        private long at;

        MemberStream(FileChannel channel, Member member) {
            this.channel = channel;
            this.at = member.at();
            this.end = member.at() + member.size();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (at >= end) {
                return -1;
            }
            int wanted = (int) Math.min(length, end - at);
            int n = channel.read(ByteBuffer.wrap(into, offset, wanted), at);
            if (n < 0) {
                throw new IOException("became shorter while it was read");
            }
            at += n;
            return n;
        }

        @Override
        public int available() {
            return (int) Math.min(BUFFER, end - at);
        }
    }
}
