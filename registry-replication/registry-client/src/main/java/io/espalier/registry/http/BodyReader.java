package io.espalier.registry.http;

import io.espalier.registry.error.RegistryException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Delivers a request's body piece by piece, to one thread. */
public interface BodyReader {
    /** How many bytes it delivers in all; at least one. */
    long size();

    /**
     * The next piece, null at the end. May block. Its bytes may change when several more pieces were asked for, so a piece is asked for
     * only when the receiver has room for it.
     *
     * @throws RegistryException if the body cannot or must not be sent to its end
     */
    @Nullable
    ByteBuffer next() throws RegistryException;
}
