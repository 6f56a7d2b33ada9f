package io.espalier.relay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.spool.SpoolException.Code;
import io.espalier.testkit.files.SmallDisk;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes when room is short, and what stays. */
@Timeout(60)
class SpoolRoomTest extends SpoolRig {
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
}
