package io.espalier.replication.authority;

import org.jspecify.annotations.Nullable;

/** The cluster's certificate authority cannot be used; the message is a sentence that names the file. */
public final class AuthorityException extends Exception {
    private static final long serialVersionUID = 1L;

    public AuthorityException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
