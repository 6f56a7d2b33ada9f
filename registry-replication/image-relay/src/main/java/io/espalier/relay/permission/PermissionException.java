package io.espalier.relay.permission;

import static java.util.Objects.requireNonNull;

/** A permission does not hold; the message is a sentence that may be shown to the holder. */
public final class PermissionException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, for programs. */
    public enum Code {
        /** It is no permission at all. */
        MALFORMED,
        /** The cluster's authority did not sign just this. */
        FORGED,
        WRONG_HOLDER,
        WRONG_TARGET,
        WRONG_ACTION,
        /** More or something else is wanted than it is for. */
        WRONG_SUBJECT,
        NOT_YET_VALID,
        EXPIRED,
        /** It was used before. */
        REPLAYED,
        /** This node cannot check or note it now. */
        UNAVAILABLE
    }

    private final Code code;
    private final String permission;

    PermissionException(Code code, String permission, String sentence) {
        super(requireNonNull(sentence, "sentence is null"));
        this.code = requireNonNull(code, "code is null");
        this.permission = requireNonNull(permission, "permission is null");
    }

    PermissionException(Code code, String sentence) {
        this(code, "", sentence);
    }

    public Code code() {
        return code;
    }

    /** The id of the permission when the master did sign it; empty else. */
    public String permission() {
        return permission;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
