package io.espalier.relay.identity;

import org.jspecify.annotations.Nullable;

/** The node's key or certificate cannot be used; the message is a sentence that names the file. */
public final class IdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    public IdentityException(String sentence) {
        this(sentence, null);
    }

    public IdentityException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
