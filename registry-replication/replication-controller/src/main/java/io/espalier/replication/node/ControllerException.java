package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

/** The controller cannot start; the message is a sentence. */
public final class ControllerException extends Exception {
    private static final long serialVersionUID = 1L;

    ControllerException(Throwable cause) {
        super(requireNonNull(cause.getMessage(), "a sentence"), cause);
    }
}
