package io.espalier.relay.spool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChunkMemoryTest {
    private static final int MOST = 4;
    private static final int KEPT = 2;
    private static final int BYTES = 1000;

    private final ChunkMemory memory = new ChunkMemory(MOST, KEPT);
    private final BlobFile file = file("a");
    private final BlobFile other = file("b");
    private int wakes;

    private BlobFile file(String digit) {
        return new BlobFile(
                Path.of("nowhere"),
                new BlobName("sha256:" + digit.repeat(64), 100L * BYTES, BYTES),
                new ChunkHashes(),
                memory,
                () -> false,
                true);
    }

    private ChunkMemory.Slot shared(BlobFile of, int index) {
        ChunkMemory.Slot slot = requireNonNull(memory.forFresh(BYTES), "no memory");
        slot.bytes().putInt(0, index);
        memory.share(slot, of, index);
        return slot;
    }

    private ChunkMemory.@Nullable Slot reading(boolean first) {
        return memory.forReading(BYTES, first, () -> wakes++);
    }

    private @Nullable Integer found(BlobFile of, int index) {
        try (ChunkMemory.Slot slot = memory.find(of, index)) {
            return slot == null ? null : slot.bytes().getInt(0);
        }
    }

    @Test
    void theNewestChunksAreKept() {
        for (int i = 0; i < 5; i++) {
            shared(file, i).close();
        }
        assertThat(found(file, 2)).isNull();
        assertThat(found(file, 3)).isEqualTo(3);
        assertThat(found(file, 4)).isEqualTo(4);
        assertThat(found(other, 4)).isNull();
    }

    @Test
    void aChunkThatSomebodyHoldsKeepsItsBytes() {
        shared(file, 7).close();
        try (ChunkMemory.Slot held = requireNonNull(memory.find(file, 7), "not found")) {
            for (int i = 10; i < 30; i++) {
                shared(file, i).close();
            }
            memory.drop(file, 7);
            for (int i = 30; i < 50; i++) {
                shared(other, i).close();
            }
            assertThat(held.bytes().getInt(0)).isEqualTo(7);
        }
        assertThat(found(file, 7)).isNull();
    }

    @Test
    void aDroppedChunkIsFoundNoMore() {
        shared(file, 1).close();
        shared(other, 1).close();
        memory.drop(file, 1);
        assertThat(found(file, 1)).isNull();
        assertThat(found(other, 1)).isEqualTo(1);
        memory.drop(other);
        assertThat(found(other, 1)).isNull();
    }

    @Test
    void aChunkThatComesAgainReplacesTheOldOne() {
        shared(file, 1).close();
        ChunkMemory.Slot again = shared(file, 1);
        again.bytes().putInt(0, 99);
        again.close();
        assertThat(found(file, 1)).isEqualTo(99);
    }

    @Test
    void whenAllIsHeldThereIsNoneUntilSomebodyLetsGo() {
        List<ChunkMemory.Slot> held = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            held.add(requireNonNull(reading(true), "no memory"));
        }
        assertThat(reading(true)).isNull();
        assertThat(memory.forFresh(BYTES)).isNull();
        assertThat(wakes).isZero();

        held.get(0).close();

        assertThat(wakes).isEqualTo(1);
        ChunkMemory.Slot slot = reading(true);
        assertThat(slot).isNotNull();
        held.get(1).close();
        assertThat(wakes).as("nobody waits any more").isEqualTo(1);
    }

    @Test
    void aSecondChunkIsForThoseWhoComeFirstOnlyWhileHalfIsFree() {
        assertThat(reading(true)).isNotNull();
        assertThat(reading(false)).isNotNull();
        assertThat(reading(false)).isNull();
        assertThat(reading(true)).isNotNull();
    }

    @Test
    void freshChunksMakeRoomForReaders() {
        shared(file, 1).close();
        shared(file, 2).close();
        for (int i = 0; i < MOST; i++) {
            assertThat(reading(true)).isNotNull();
        }
        assertThat(found(file, 1)).isNull();
        assertThat(found(file, 2)).isNull();
    }

    @Test
    void aBufferThatIsTooSmallIsReplaced() {
        shared(file, 1).close();
        memory.drop(file, 1);
        try (ChunkMemory.Slot larger = requireNonNull(memory.forFresh(2 * BYTES), "no memory")) {
            ByteBuffer bytes = larger.bytes();
            assertThat(bytes.remaining()).isEqualTo(2 * BYTES);
        }
    }
}
