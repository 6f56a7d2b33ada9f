package io.espalier.registry.client;

/**
 * Marks a stream that a {@link BlobSource} opens: its bytes were proved, piece by piece, by hashes that were made while the digest of
 * the whole was proved. The client does not hash them again, and the registry is the last to compare the digest; when it refuses
 * with {@code DIGEST_MISMATCH}, the source should look at its bytes again.
 */
public interface ProvedContent {}
