package io.espalier.registry.content;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.name.Digest;

/** A manifest or index as the bytes that were pushed, with their content type; never written anew. Immutable. */
public final class Manifest {
    /** What docker-registry takes at most; the specification asks registries to take as much. */
    public static final int MOST_BYTES = 4 * 1024 * 1024;

    private final String mediaType;
    private final byte[] bytes;
    private final Digest digest;

    private Manifest(String mediaType, byte[] bytes, Digest digest) {
        this.mediaType = mediaType;
        this.bytes = bytes;
        this.digest = digest;
    }

    /** Takes a copy of the bytes; the digest is their sha256. Nothing is checked, see {@link ManifestReader}. */
    public static Manifest of(String contentType, byte[] bytes) {
        return of(contentType, bytes, Digest.Algorithm.SHA256);
    }

    /** The same with another hash function. */
    public static Manifest of(String contentType, byte[] bytes, Digest.Algorithm algorithm) {
        byte[] copy = bytes.clone();
        Digest.Hasher hasher = algorithm.newHasher();
        hasher.update(copy, 0, copy.length);
        return new Manifest(MediaTypes.bare(requireNonNull(contentType, "contentType is null")), copy, hasher.digest());
    }

    /** The content type without parameters. */
    public String mediaType() {
        return mediaType;
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Computed from the bytes. */
    public Digest digest() {
        return digest;
    }

    public long size() {
        return bytes.length;
    }

    /** A pointer to it. */
    public Descriptor descriptor() {
        return Descriptor.of(mediaType, digest, bytes.length);
    }

    @Override
    public String toString() {
        return digest + " (" + mediaType + ", " + bytes.length + " bytes)";
    }
}
