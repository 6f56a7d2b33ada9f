package io.espalier.registry.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A registry call failed. The message is a sentence with the registry's own words, where it said any; never a secret. */
public final class RegistryException extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final boolean retryable;
    private final int status;

    private RegistryException(
            ErrorCode code, boolean retryable, int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = requireNonNull(code, "code is null");
        this.retryable = retryable;
        this.status = status;
    }

    /** A failure that stays until something is changed. */
    public static RegistryException lasting(ErrorCode code, String message) {
        return new RegistryException(code, false, 0, message, null);
    }

    /** The same with its cause. */
    public static RegistryException lasting(ErrorCode code, String message, Throwable cause) {
        return new RegistryException(code, false, 0, message, cause);
    }

    /** A failure that may pass by itself. */
    public static RegistryException passing(ErrorCode code, String message) {
        return new RegistryException(code, true, 0, message, null);
    }

    /** The same with its cause. */
    public static RegistryException passing(ErrorCode code, String message, Throwable cause) {
        return new RegistryException(code, true, 0, message, cause);
    }

    /** An answer of the registry that is none of success. */
    public static RegistryException answered(ErrorCode code, boolean retryable, int status, String message) {
        return new RegistryException(code, retryable, status, message, null);
    }

    public ErrorCode code() {
        return code;
    }

    /** Whether the same call may succeed later without anybody's doing. */
    public boolean retryable() {
        return retryable;
    }

    /** The HTTP status, 0 if there was none. */
    public int status() {
        return status;
    }
}
