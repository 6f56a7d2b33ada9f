package io.espalier.replication.store;

/** The database does not answer or refuses; the message is a sentence. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean away;

    public StoreException(String sentence, Throwable cause) {
        this(sentence, cause, false);
    }

    /** @param away whether the database does not answer now, which the log says elsewhere, once */
    public StoreException(String sentence, Throwable cause, boolean away) {
        super(sentence, cause);
        this.away = away;
    }

    /** Whether the database does not answer now, so that the same may work later by itself. */
    public boolean isAway() {
        return away;
    }
}
