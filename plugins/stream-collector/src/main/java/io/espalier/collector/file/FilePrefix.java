package io.espalier.collector.file;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/** The first bytes of an open file as first seen; tells when the file has got another content. Confined to one thread. */
final class FilePrefix {
    private final ByteBuffer scratch = ByteBuffer.allocate(Fingerprint.FULL_LENGTH);
    private byte[] seen = {};

    /** The first bytes of the file behind the path. */
    static byte[] of(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, READ)) {
            FilePrefix prefix = new FilePrefix();
            prefix.holds(channel);
            return prefix.seen;
        }
    }

    /** Whether the file still starts as it did; if so, learns the bytes that have come since. */
    boolean holds(FileChannel channel) throws IOException {
        scratch.clear();
        while (scratch.hasRemaining() && channel.read(scratch, scratch.position()) >= 0) {
            // until full or at the end of the file
        }
        int length = scratch.position();
        if (length < seen.length || !Arrays.equals(seen, 0, seen.length, scratch.array(), 0, seen.length)) {
            return false;
        }
        if (length > seen.length) {
            seen = Arrays.copyOf(scratch.array(), length);
        }
        return true;
    }

    int length() {
        return seen.length;
    }

    Fingerprint fingerprint() {
        return Fingerprint.of(seen);
    }

    boolean matches(Fingerprint fingerprint) {
        return fingerprint.matches(seen);
    }
}
