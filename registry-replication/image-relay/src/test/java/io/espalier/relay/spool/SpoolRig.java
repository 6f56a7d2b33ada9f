package io.espalier.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** A spool of a megabyte in a folder of the test, and blobs to put into it. */
abstract class SpoolRig {
    static final int CHUNK = 1_000;
    static final Duration NOT_AT_ALL = Duration.ZERO;

    @TempDir
    Path folder;

    final SampleChunks sample = SampleChunks.random(1, 9_500, CHUNK);

    Spool open() throws IOException {
        return Spool.open(folder.resolve("spool"), 1 << 20);
    }

    static SpooledBlob filled(Spool spool, SampleChunks sample, int chunks) throws Exception {
        SpooledBlob blob = spool.open(sample.digest(), sample.bytes().length, sample.chunkBytes());
        spool.hashes(sample.digest(), sample.chunkBytes(), 0, sample.hashes());
        for (int i = 0; i < chunks; i++) {
            assertThat(blob.offer(i, sample.chunk(i), NOT_AT_ALL)).isEqualTo(Offer.STORED);
        }
        return blob;
    }

    static int read(BlobStream stream) {
        try {
            return stream.read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes, StandardOpenOption.WRITE);
    }

    static Path fileIn(Path folder, String end) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
