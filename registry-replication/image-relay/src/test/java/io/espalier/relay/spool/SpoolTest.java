package io.espalier.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SpoolTest extends SpoolRig {
    @Test
    void takesOnlyChunksWithTheRightHash() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
            spool.hashes(sample.digest(), CHUNK, 0, sample.hashes());

            assertThat(blob.offer(3, sample.chunk(4), NOT_AT_ALL)).isEqualTo(Offer.WRONG);
            assertThat(blob.offer(9, sample.chunk(3), NOT_AT_ALL)).isEqualTo(Offer.WRONG);
            assertThat(blob.offer(10, sample.chunk(3), NOT_AT_ALL)).isEqualTo(Offer.WRONG);
            assertThat(blob.have().isEmpty()).isTrue();
            assertThat(blob.offer(3, sample.chunk(3), NOT_AT_ALL)).isEqualTo(Offer.STORED);
            assertThat(blob.offer(3, sample.chunk(3), NOT_AT_ALL)).isEqualTo(Offer.DUPLICATE);
            assertThat(blob.have()).isEqualTo(BitSet.valueOf(new long[] {8}));
        }
    }

    @Test
    void chunkWaitsForItsHash() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
            assertThat(blob.offer(0, sample.chunk(0), NOT_AT_ALL)).isEqualTo(Offer.NO_HASH);

            CompletableFuture<Offer> waiting =
                    CompletableFuture.supplyAsync(() -> offer(blob, 0, Duration.ofSeconds(30)));
            spool.hashes(sample.digest(), CHUNK, 0, sample.hashes(0, 1));

            assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(Offer.STORED);
        }
    }

    @Test
    void hashesThatCameBeforeTheBlobAreKept() throws Exception {
        try (Spool spool = open()) {
            spool.hashes(sample.digest(), CHUNK, 5, sample.hashes(5, 10));
            try (SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
                assertThat(blob.hashesKnown()).isEqualTo(5);
                assertThat(blob.offer(9, sample.chunk(9), NOT_AT_ALL)).isEqualTo(Offer.STORED);
            }
        }
    }

    @Test
    void provesEveryChunkAgainAfterACrash() throws Exception {
        Path copy = folder.resolve("copy");
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 8)) {
            copy(folder.resolve("spool"), copy);
            assertThat(blob.have().cardinality()).isEqualTo(8);
        }
        flip(fileIn(copy, ".blob"), 2 * CHUNK + 17);

        try (Spool again = Spool.open(copy, 1 << 20);
                SpooledBlob blob = again.open(sample.digest(), 9_500, CHUNK)) {
            assertThat(blob.have().isEmpty())
                    .as("nothing counts before it is proved")
                    .isTrue();
            blob.check();
            BitSet expected = new BitSet();
            expected.set(0, 8);
            expected.clear(2);
            assertThat(blob.have()).isEqualTo(expected);
        }
    }

    @Test
    void tornHashMakesItsChunkUnknownAndNotWrong() throws Exception {
        try (Spool spool = open()) {
            spool.hashes(sample.digest(), CHUNK, 0, sample.hashes());
        }
        flip(fileIn(folder.resolve("spool"), ".hashes"), 3 * 36 + 5);

        try (Spool spool = open();
                SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
            assertThat(blob.hashesKnown()).isEqualTo(9);
            assertThat(blob.offer(3, sample.chunk(3), NOT_AT_ALL)).isEqualTo(Offer.NO_HASH);
        }
    }

    @Test
    void corruptChunkOnDiskIsForgottenWhenItIsReadAgain() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 10)) {
            flip(fileIn(folder.resolve("spool"), ".blob"), 4 * CHUNK);

            assertThat(blob.recheck()).isEqualTo(BitSet.valueOf(new long[] {1 << 4}));
            assertThat(blob.isComplete()).isFalse();
            assertThat(blob.offer(4, sample.chunk(4), NOT_AT_ALL)).isEqualTo(Offer.STORED);
            assertThat(blob.stream().readAllBytes()).isEqualTo(sample.bytes());
        }
    }

    @Test
    void closingEndsWhoWaits() throws Exception {
        Spool spool = open();
        SpooledBlob blob = filled(spool, sample, 1);
        BlobStream stream = blob.stream();
        stream.readNBytes(CHUNK);
        BlobView view = spool.view(SampleChunks.random(9, 10, CHUNK).digest(), 10, CHUNK);
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> read(stream));
        spool.close();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasMessageContaining("given up");
        assertThatThrownBy(() -> view.next(new BitSet())).hasMessageContaining("closed");
    }

    private static Offer offer(SpooledBlob blob, int index, Duration wait) {
        try {
            return blob.offer(index, SampleChunks.random(1, 9_500, CHUNK).chunk(index), wait);
        } catch (SpoolException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
