package io.espalier.gateway.intake;

import static java.util.Objects.requireNonNull;

/** Says with a code and one sentence why a request was not taken in; sending the same again does not help. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Code code;

    public RefusedException(Code code, String sentence) {
        super(sentence);
        this.code = requireNonNull(code, "code is null");
    }

    public Code code() {
        return code;
    }

    /** Why a request is not taken in. */
    public enum Code {
        INVALID_STREAM_ID,
        UNKNOWN_STREAM,
        STREAM_MISMATCH,
        RECORD_TOO_LARGE,
        TOO_MANY_RECORDS,
        /** The exception to the rule: it may help later. */
        NO_CATALOG
    }
}
