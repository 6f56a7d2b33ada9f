package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.Transfer;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.size.ChunkSize;
import io.espalier.replication.window.WindowRules;

/**
 * How images are transferred.
 *
 * @param chunkBytes 0 for 256 KiB below 1 GiB, else 1 MiB
 * @param linkBytesPerSecond most that one link may carry of a transfer; 0 is no limit
 * @param gate whether images wait for a release gate
 * @param windows when nodes take images
 */
public record TransferSettings(
        ImageFilter filter,
        PriorityRules priorities,
        Backfill backfill,
        int chunkBytes,
        long linkBytesPerSecond,
        GateRule gate,
        WindowRules windows) {
    public TransferSettings {
        requireNonNull(gate, "gate is null");
        requireNonNull(windows, "windows is null");
        requireNonNull(filter, "filter is null");
        requireNonNull(priorities, "priorities is null");
        requireNonNull(backfill, "backfill is null");
        if (chunkBytes != 0 && (chunkBytes < Transfer.MIN_CHUNK_BYTES || chunkBytes > Transfer.MAX_CHUNK_BYTES)) {
            throw new IllegalArgumentException("chunk-bytes is " + chunkBytes + "; use 65536 to 1048576, or 0.");
        }
        if (linkBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "link-bytes-per-second is " + linkBytesPerSecond + "; use 0 for no limit, or more.");
        }
    }

    /** The same at any time. */
    public TransferSettings(
            ImageFilter filter,
            PriorityRules priorities,
            Backfill backfill,
            int chunkBytes,
            long linkBytesPerSecond,
            GateRule gate) {
        this(filter, priorities, backfill, chunkBytes, linkBytesPerSecond, gate, WindowRules.NONE);
    }

    /** The same without need of a gate. */
    public TransferSettings(
            ImageFilter filter, PriorityRules priorities, Backfill backfill, int chunkBytes, long linkBytesPerSecond) {
        this(filter, priorities, backfill, chunkBytes, linkBytesPerSecond, GateRule.IF_PRESENT);
    }

    /** The size of chunks of an image of that many bytes. */
    public int chunkBytesFor(long bytes) {
        return ChunkSize.of(bytes, chunkBytes);
    }
}
