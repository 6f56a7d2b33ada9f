package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.authority.AuthorityException;
import io.espalier.replication.store.StoreException;

/** The controller cannot start; the message is a sentence. */
public final class ControllerException extends Exception {
    private static final long serialVersionUID = 1L;

    ControllerException(Throwable cause) {
        super(requireNonNull(cause.getMessage(), "a sentence"), cause);
    }

    /** Whether it is worth to try again: the database may answer later, the file of the authority may be mended or restored. */
    public boolean mayHeal() {
        return isAway() || getCause() instanceof AuthorityException;
    }

    /** Whether the cluster has no certificate authority yet, since its first one could not be made. */
    boolean isFirstAuthorityMissing() {
        return getCause() instanceof AuthorityException authority && authority.isFirstMissing();
    }

    /** Whether the database does not answer now. */
    public boolean isAway() {
        return getCause() instanceof StoreException store && store.isAway();
    }

    /** What the controller waits for, in words. */
    String lacks() {
        return getCause() instanceof AuthorityException ? "certificate authority" : "database";
    }
}
