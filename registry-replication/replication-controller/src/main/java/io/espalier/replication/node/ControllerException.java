package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.store.StoreException;

/** The controller cannot start; the message is a sentence. */
public final class ControllerException extends Exception {
    private static final long serialVersionUID = 1L;

    ControllerException(Throwable cause) {
        super(requireNonNull(cause.getMessage(), "a sentence"), cause);
    }

    /** Whether it would start later by itself, once the database answers. */
    public boolean isAway() {
        return getCause() instanceof StoreException store && store.isAway();
    }
}
