package io.espalier.database;

import org.jspecify.annotations.Nullable;

/** The database could not be opened or used. The message is a sentence that says why and what to do. */
public final class DatabaseException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean away;

    DatabaseException(String sentence, @Nullable Throwable cause) {
        this(sentence, cause, false);
    }

    DatabaseException(String sentence, @Nullable Throwable cause, boolean away) {
        super(sentence, cause);
        this.away = away;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    /** Whether the server does not answer now, so that the same may work later without anybody mending anything here. */
    public boolean isAway() {
        return away;
    }
}
