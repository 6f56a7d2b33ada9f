package io.espalier.registry.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of a blob come from. */
@FunctionalInterface
public interface BlobSource {
    /**
     * The bytes from the first one on. Called once for each attempt, by one thread at a time; the client closes the
     * stream. Reads may block as long as they like: time limits do not count them. A stream that is {@link ProvedContent} is
     * not hashed.
     *
     * @throws IOException if they cannot be had (any more); the upload then ends with {@code SOURCE_FAILED}
     */
    InputStream open() throws IOException;

    /** These bytes. */
    static BlobSource of(byte[] bytes) {
        byte[] copy = bytes.clone();
        return () -> new ByteArrayInputStream(copy);
    }
}
