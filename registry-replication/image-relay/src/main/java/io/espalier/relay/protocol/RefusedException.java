package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;

/** The master refuses; the message is a sentence that may be shown to the node's operator. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, for programs. */
    public enum Code {
        /** The join token is wrong, spent or expired. */
        TOKEN_REFUSED,
        /** The name is taken by a node that is a member. */
        NAME_TAKEN,
        /** The node is no member, or no longer. */
        UNKNOWN_NODE,
        /** The request itself is wrong. */
        INVALID,
        /** The master cannot answer now; try again. */
        UNAVAILABLE
    }

    private final Code code;

    public RefusedException(Code code, String sentence) {
        super(requireNonNull(sentence, "sentence is null"));
        this.code = requireNonNull(code, "code is null");
    }

    public Code code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
