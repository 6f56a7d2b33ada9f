package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.HeldChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What readers see of blobs that still grow. */
@Timeout(60)
class BlobViewTest extends SpoolRig {
    @Test
    void streamWaitsForTheNextChunkAndEndsWhenAborted() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 2);
                BlobStream stream = blob.stream()) {
            assertThat(stream.readNBytes(2 * CHUNK)).hasSize(2 * CHUNK);
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> read(stream));
            blob.offer(2, sample.chunk(2), NOT_AT_ALL);
            assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(sample.bytes()[2 * CHUNK] & 0xff);

            stream.readNBytes(CHUNK - 1);
            CompletableFuture<Integer> never = CompletableFuture.supplyAsync(() -> read(stream));
            stream.abort("The transfer was cancelled.");
            assertThatThrownBy(() -> never.get(10, TimeUnit.SECONDS)).hasMessageContaining("was cancelled");
        }
    }

    @Test
    void viewOpenedBeforeTheBlobShowsChunksAsTheyCome() throws Exception {
        try (Spool spool = open();
                BlobView view = spool.view(sample.digest(), 9_500, CHUNK)) {
            AtomicInteger woken = new AtomicInteger();
            view.whenMore(woken::incrementAndGet);
            assertThat(view.next(new BitSet())).isEqualTo(-1);

            filled(spool, sample, 1).close();

            assertThat(woken).hasPositiveValue();
            assertThat(view.next(new BitSet())).isZero();
            ByteBuffer into = ByteBuffer.allocate(2 * CHUNK);
            view.read(0, into);
            assertThat(into.flip()).isEqualTo(sample.chunk(0));
            BitSet sent = new BitSet();
            sent.set(0);
            assertThat(view.next(sent)).isEqualTo(-1);
        }
    }

    @Test
    void viewOfOtherChunksShowsWhatIsWholeInThem() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 4);
                BlobView view = spool.view(sample.digest(), 9_500, 3 * CHUNK)) {
            BitSet sent = new BitSet();
            assertThat(view.next(sent)).isZero();
            sent.set(0);
            assertThat(view.next(sent)).isEqualTo(-1);
            blob.offer(9, sample.chunk(9), NOT_AT_ALL);
            assertThat(view.next(sent)).as("the last, short one").isEqualTo(3);
        }
    }

    @Test
    void theNewestChunksAreReadFromMemoryAndOlderOnesFromDisk() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 10);
                BlobView view = spool.view(sample.digest(), 9_500, CHUNK);
                BlobStream stream = blob.stream()) {
            for (long at = 3; at < 9_500; at += CHUNK) {
                flip(fileIn(folder.resolve("spool"), ".blob"), at);
            }
            assertThat(held(view, 9)).isEqualTo(sample.chunk(9));
            assertThat(held(view, 0)).isNotEqualTo(sample.chunk(0));

            byte[] all = stream.readAllBytes();
            assertThat(ByteBuffer.wrap(all, 9 * CHUNK, 500)).isEqualTo(sample.chunk(9));
            assertThat(ByteBuffer.wrap(all, 0, CHUNK)).isNotEqualTo(sample.chunk(0));
        }
    }

    @Test
    void whatRottedOnDiskIsNotServedFromMemoryEither() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 10);
                BlobView view = spool.view(sample.digest(), 9_500, CHUNK)) {
            flip(fileIn(folder.resolve("spool"), ".blob"), 9 * CHUNK + 3L);

            assertThat(blob.recheck().get(9)).isTrue();

            BitSet sent = new BitSet();
            sent.set(0, 9);
            assertThat(view.next(sent)).isEqualTo(-1);
            assertThat(held(view, 9)).isNotEqualTo(sample.chunk(9));
        }
    }

    @Test
    void aChunkOfAnotherHashThanBeforeIsNotServedFromMemory() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 10);
                BlobView view = spool.view(sample.digest(), 9_500, CHUNK)) {
            SampleChunks other = SampleChunks.random(2, 9_500, CHUNK);
            spool.hashes(sample.digest(), CHUNK, 9, other.hashes(9, 10));
            assertThat(blob.have().get(9)).isFalse();

            assertThat(blob.offer(9, other.chunk(9), NOT_AT_ALL)).isEqualTo(Offer.STORED);

            assertThat(held(view, 9)).isEqualTo(other.chunk(9));
        }
    }

    private ByteBuffer held(BlobView view, int index) throws IOException {
        try (HeldChunk chunk =
                requireNonNull(view.hold(index, sample.chunk(index).remaining(), true), "no memory")) {
            ByteBuffer bytes = chunk.bytes();
            return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        }
    }

    @Test
    void viewOfACrashedRunShowsOnlyWhatIsProved() throws Exception {
        try (Spool spool = open()) {
            filled(spool, sample, 10).close();
        }
        flip(fileIn(folder.resolve("spool"), ".blob"), 0);
        try (Spool spool = open();
                BlobView view = spool.view(sample.digest(), 9_500, CHUNK)) {
            await("the proof in the background")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> view.next(new BitSet()) == 1);
        }
    }
}
