package io.espalier.file.input;

/** The input could not be read; the message is a sentence. Trying again later may help. */
public final class InputException extends Exception {
    private static final long serialVersionUID = 1;

    public InputException(String message, Throwable cause) {
        super(message, cause);
    }

    public InputException(String message) {
        super(message);
    }
}
