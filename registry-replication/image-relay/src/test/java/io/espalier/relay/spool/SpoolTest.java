package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.relay.feed.HeldChunk;
import io.espalier.relay.spool.SpoolException.Code;
import io.espalier.testkit.files.SmallDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpoolTest {
    private static final int CHUNK = 1_000;
    private static final Duration NOT_AT_ALL = Duration.ZERO;

    @TempDir
    private Path folder;

    private final SampleChunks sample = SampleChunks.random(1, 9_500, CHUNK);

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
    void evictsWhatTheRegistryHasAndThenTheLongestUnused() throws Exception {
        SampleChunks first = SampleChunks.random(2, 400_000, CHUNK);
        SampleChunks second = SampleChunks.random(3, 400_000, CHUNK);
        SampleChunks third = SampleChunks.random(4, 400_000, CHUNK);
        try (Spool spool = open()) {
            filled(spool, first, 1).close();
            SpooledBlob committed = filled(spool, second, 1);
            committed.committed();
            committed.close();
            filled(spool, third, 1).close();

            assertThat(spool.find(second.digest()))
                    .as("in the registry, so it goes first")
                    .isEmpty();
            assertThat(spool.find(first.digest())).isPresent();
        }
    }

    @Test
    void saysWhatIsNeededWhenABlobDoesNotFit() throws Exception {
        SampleChunks big = SampleChunks.random(2, 800_000, CHUNK);
        try (Spool spool = open()) {
            assertThatThrownBy(() -> spool.open(sample.digest(), 2 << 20, CHUNK))
                    .hasMessageContaining("2097152")
                    .hasMessageContaining("raise spool-bytes")
                    .extracting(e -> ((SpoolException) e).code())
                    .isEqualTo(Code.TOO_LARGE);
            SpooledBlob held = filled(spool, big, 1);
            String other = SampleChunks.random(3, 10, CHUNK).digest();
            assertThatThrownBy(() -> spool.open(other, 500_000, CHUNK))
                    .hasMessageContaining("800000 of 1048576")
                    .extracting(e -> ((SpoolException) e).code())
                    .isEqualTo(Code.NO_ROOM);
            held.close();
            spool.open(other, 500_000, CHUNK).close();
            assertThat(spool.usedBytes()).isEqualTo(500_000);
        }
    }

    @Test
    void fullDiskIsAnErrorThatHeals() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(1 << 20);
                Spool spool = Spool.open(disk.folder().resolve("spool"), 1 << 30);
                SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
            spool.hashes(sample.digest(), CHUNK, 0, sample.hashes());
            disk.fill();
            assertThatThrownBy(() -> blob.offer(0, sample.chunk(0), NOT_AT_ALL))
                    .hasMessageContaining("the disk is full")
                    .extracting(e -> ((SpoolException) e).code())
                    .isEqualTo(Code.DISK_FULL);
            assertThat(blob.have().isEmpty()).isTrue();
            disk.free();
            assertThat(blob.offer(0, sample.chunk(0), NOT_AT_ALL)).isEqualTo(Offer.STORED);
        }
    }

    @Test
    void fullDiskTakesAwayWhatIsInTheRegistryAndTheChunkIsWritten() throws Exception {
        SampleChunks done = SampleChunks.random(2, 300_000, CHUNK);
        SampleChunks halfWay = SampleChunks.random(3, 100_000, CHUNK);
        try (SmallDisk disk = SmallDisk.mount(1 << 20);
                Spool spool = Spool.open(disk.folder().resolve("spool"), 1 << 30);
                SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
            SpooledBlob committed = filled(spool, done, 300);
            committed.committed();
            filled(spool, halfWay, 50).close();
            spool.hashes(sample.digest(), CHUNK, 0, sample.hashes());
            disk.fill();
            assertThatThrownBy(() -> blob.offer(0, sample.chunk(0), NOT_AT_ALL))
                    .as("somebody still holds the only blob that is done with")
                    .hasMessageContaining("the disk is full");
            committed.close();

            for (int i = 0; i < 10; i++) {
                assertThat(blob.offer(i, sample.chunk(i), NOT_AT_ALL)).isEqualTo(Offer.STORED);
            }

            assertThat(spool.find(done.digest())).isEmpty();
            assertThat(spool.find(halfWay.digest()))
                    .as("what is on its way stays")
                    .hasValueSatisfying(
                            left -> assertThat(left.have().cardinality()).isEqualTo(50));
            assertThat(spool.storedBytes()).isEqualTo(9_500 + 50L * CHUNK);
            assertThat(blob.stream().readAllBytes()).isEqualTo(sample.bytes());
        }
    }

    @Test
    void fullDiskTakesAwayWhatAnEarlierRunLeft() throws Exception {
        SampleChunks left = SampleChunks.random(2, 300_000, CHUNK);
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            Path spooled = disk.folder().resolve("spool");
            try (Spool spool = Spool.open(spooled, 1 << 30)) {
                filled(spool, left, 300).close();
            }
            try (Spool spool = Spool.open(spooled, 1 << 30);
                    SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
                assertThat(spool.storedBytes()).isEqualTo(300_000);
                disk.fill();

                spool.hashes(sample.digest(), CHUNK, 0, sample.hashes());
                assertThat(blob.offer(0, sample.chunk(0), NOT_AT_ALL)).isEqualTo(Offer.STORED);

                assertThat(spool.storedBytes()).isEqualTo(CHUNK);
            }
        }
    }

    @Test
    void fullDiskSparesWhatAnEarlierRunLeftOfABlobThatIsNeeded() throws Exception {
        SampleChunks needed = SampleChunks.random(2, 300_000, CHUNK);
        SampleChunks other = SampleChunks.random(3, 200_000, CHUNK);
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            Path spooled = disk.folder().resolve("spool");
            try (Spool spool = Spool.open(spooled, 1 << 30)) {
                filled(spool, needed, 300).close();
                filled(spool, other, 200).close();
            }
            try (Spool spool = Spool.open(spooled, 1 << 30);
                    SpooledBlob blob = spool.open(sample.digest(), 9_500, CHUNK)) {
                spool.spare(needed.digest()::equals);
                disk.fill();

                spool.hashes(sample.digest(), CHUNK, 0, sample.hashes());
                assertThat(blob.offer(0, sample.chunk(0), NOT_AT_ALL)).isEqualTo(Offer.STORED);

                assertThat(spool.find(other.digest())).isEmpty();
                assertThat(spool.find(needed.digest())).hasValueSatisfying(left -> {
                    left.check();
                    assertThat(left.have().cardinality()).isEqualTo(300);
                    left.close();
                });
            }
        }
    }

    @Test
    void diskThatIsNearlyFullIsLow() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(1 << 20)) {
            assertThat(DiskSpace.of(disk.folder()).isLow()).isFalse();
            disk.fill();
            assertThat(DiskSpace.of(disk.folder())).isEqualTo(new DiskSpace(1 << 20, 0));
            assertThat(DiskSpace.of(disk.folder()).isLow()).isTrue();
        }
    }

    @Test
    void countsWhatIsOnDiskAndNotWhatIsYetToCome() throws Exception {
        try (Spool spool = open();
                SpooledBlob blob = filled(spool, sample, 10)) {
            SpooledBlob other =
                    spool.open(SampleChunks.random(5, 700_000, CHUNK).digest(), 700_000, CHUNK);
            assertThat(blob.isComplete()).isTrue();
            assertThat(spool.storedBytes()).isEqualTo(9_500);
            assertThat(spool.usedBytes()).isEqualTo(709_500);
            other.close();
        }
    }

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
    void viewKeepsItsBlobFromEviction() throws Exception {
        SampleChunks big = SampleChunks.random(2, 800_000, CHUNK);
        try (Spool spool = open()) {
            filled(spool, big, 3).close();
            String other = SampleChunks.random(3, 10, CHUNK).digest();
            try (BlobView view = spool.view(big.digest(), 800_000, CHUNK)) {
                assertThat(view.next(new BitSet())).isZero();
                assertThatThrownBy(() -> spool.open(other, 500_000, CHUNK)).isInstanceOf(SpoolException.class);
            }
            spool.open(other, 500_000, CHUNK).close();
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

    private Spool open() throws IOException {
        return Spool.open(folder.resolve("spool"), 1 << 20);
    }

    private static SpooledBlob filled(Spool spool, SampleChunks sample, int chunks) throws Exception {
        SpooledBlob blob = spool.open(sample.digest(), sample.bytes().length, sample.chunkBytes());
        spool.hashes(sample.digest(), sample.chunkBytes(), 0, sample.hashes());
        for (int i = 0; i < chunks; i++) {
            assertThat(blob.offer(i, sample.chunk(i), NOT_AT_ALL)).isEqualTo(Offer.STORED);
        }
        return blob;
    }

    private static Offer offer(SpooledBlob blob, int index, Duration wait) {
        try {
            return blob.offer(index, SampleChunks.random(1, 9_500, CHUNK).chunk(index), wait);
        } catch (SpoolException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int read(BlobStream stream) {
        try {
            return stream.read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes, StandardOpenOption.WRITE);
    }

    private static Path fileIn(Path folder, String end) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
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
