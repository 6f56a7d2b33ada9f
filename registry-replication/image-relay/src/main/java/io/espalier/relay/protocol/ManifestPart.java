package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/**
 * A manifest or index of an image, pushed by digest.
 *
 * @param digest of the content
 * @param contentType sent with it as it came
 * @param content the exact bytes; not copied, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by digest
public record ManifestPart(String digest, String contentType, byte[] content) {
    public ManifestPart {
        requireNonNull(digest, "digest is null");
        requireNonNull(contentType, "contentType is null");
        requireNonNull(content, "content is null");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManifestPart part && part.digest.equals(digest) && part.contentType.equals(contentType);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return digest + " " + contentType;
    }
}
