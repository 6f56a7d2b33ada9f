package io.espalier.http;

import org.jspecify.annotations.Nullable;

/** Says in one sentence why a door could not be opened. */
public final class DoorException extends Exception {
    private static final long serialVersionUID = 1L;

    public DoorException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
