package io.espalier.replication.authority;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** The cluster's certificate authority cannot be used; the message is a sentence that names the file. */
public final class AuthorityException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean firstMissing;

    public AuthorityException(String sentence, @Nullable Throwable cause) {
        this(sentence, cause, false);
    }

    private AuthorityException(String sentence, @Nullable Throwable cause, boolean firstMissing) {
        super(sentence, cause);
        this.firstMissing = firstMissing;
    }

    /** The same, of a cluster's first authority that could not be made, as on a full disk. */
    AuthorityException whileMaking() {
        return new AuthorityException(requireNonNull(getMessage(), "a sentence"), getCause(), true);
    }

    /** Whether there was none yet and the first one could not be made, so that the next attempt may make it. */
    public boolean isFirstMissing() {
        return firstMissing;
    }
}
