package io.espalier.replication.image;

import io.espalier.replication.image.ImageClosure.BlobRef;

/** Hashes of the chunks of blobs. Thread-safe, blocking. */
public interface HashSource {
    /** Takes hashes as they become known, in order; called by one thread. */
    interface Sink {
        /**
         * Some hashes that follow each other.
         *
         * @param first index of the first chunk
         * @param sha256 32 bytes a chunk, at most 256 chunks; the receiver may keep it
         * @return false to stop
         */
        boolean hashes(int first, byte[] sha256);
    }

    /**
     * Gives the hashes of all chunks, from disk when they are known, else reading the blob once from the registry.
     *
     * @throws ImageException of code REFUSED when the blob's bytes do not have its digest; hashes given so far are void then
     */
    void hash(String repository, BlobRef blob, int chunkBytes, Sink sink) throws ImageException;
}
