package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/** A message of a type that this release does not know; a newer one may have sent it. The message is a sentence. */
public final class UnknownMessageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String name;

    UnknownMessageException(String name, String sentence) {
        super(sentence);
        this.name = requireNonNull(name, "name is null");
    }

    /** Its type. */
    public String name() {
        return name;
    }
}
