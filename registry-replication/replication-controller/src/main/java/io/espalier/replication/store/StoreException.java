package io.espalier.replication.store;

/** The database does not answer or refuses; the message is a sentence. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
