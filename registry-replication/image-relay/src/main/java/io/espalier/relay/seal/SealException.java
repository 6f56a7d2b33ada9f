package io.espalier.relay.seal;

import org.jspecify.annotations.Nullable;

/** A sealed credential or its key file cannot be used; the message is a sentence that names the file. */
public final class SealException extends Exception {
    private static final long serialVersionUID = 1L;

    SealException(String sentence) {
        this(sentence, null);
    }

    SealException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
