package io.espalier.relay.node;

/** A node cannot start; the message is for its operator. */
public final class RelayException extends Exception {
    private static final long serialVersionUID = 1L;

    public RelayException(String sentence) {
        super(sentence);
    }

    public RelayException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
