package io.espalier.relay.spool;

import java.util.LinkedHashMap;
import java.util.Map;

/** Hashes that the disk did not take; a few are remembered, for the master sends them only once. Guarded by the spool. */
final class UnwrittenHashes {
    private static final int MOST = 64;

    private final Map<String, ChunkHashes> byFile = new LinkedHashMap<>();

    void put(String digest, int chunkBytes, int first, byte[] sha256) {
        if (byFile.size() > MOST) {
            byFile.keySet().stream().findFirst().ifPresent(byFile::remove);
        }
        byFile.computeIfAbsent(BlobName.hashFile(digest, chunkBytes), any -> new ChunkHashes())
                .put(first, sha256);
    }

    void addTo(ChunkHashes hashes, BlobName name) {
        ChunkHashes more = byFile.get(BlobName.hashFile(name.digest(), name.chunkBytes()));
        if (more != null) {
            hashes.putAll(more);
        }
    }
}
