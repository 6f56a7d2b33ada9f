package io.espalier.database;

import org.jspecify.annotations.Nullable;

/** The database could not be opened or used. The message is a sentence that says why and what to do. */
public final class DatabaseException extends Exception {
    private static final long serialVersionUID = 1L;

    DatabaseException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
