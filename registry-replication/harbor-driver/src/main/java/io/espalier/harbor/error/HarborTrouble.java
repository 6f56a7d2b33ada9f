package io.espalier.harbor.error;

/** Kinds of failures, to be counted. */
public enum HarborTrouble {
    /** Nobody answers there. */
    UNREACHABLE,
    /** What answers is no Harbor, or answers what it should not. */
    ANSWER,
    /** User or secret is wrong; many calls would be answered as to a stranger. */
    CREDENTIALS,
    /** The user may not do this. */
    FORBIDDEN,
    /** Too old. */
    VERSION,
    /** The Harbor takes no changes now. */
    READ_ONLY,
    /** Not there. */
    NOT_FOUND,
    /** The call was wrong in Harbor's eyes. */
    REFUSED,
    /** The name is taken. */
    CONFLICT,
    /** It is in use. */
    IN_USE,
    /** Too many requests. */
    BUSY,
    /** Something of this name is there that Espalier did not make. */
    FOREIGN,
    /** One Harbor does not reach the other. */
    UNHEALTHY,
    /** The other Harbor's certificate cannot be made known. */
    CERTIFICATE,
    /** The name of the image does not go into a Harbor. */
    NAME,
    /** The project is not there and cannot be made. */
    NO_PROJECT,
    /** The project caches another registry; Harbor passes it over without a word. */
    PROXY_PROJECT,
    /** More than the project may hold. */
    QUOTA,
    /** More than the disk holds. */
    DISK,
    /** The tag may not be changed. */
    IMMUTABLE,
    /** The policy is off. */
    DISABLED,
    /** Its labels keep it back. */
    LEFT_OUT,
    /** The execution found nothing to copy. */
    NOTHING_MATCHED,
    /** A task failed. */
    RUN_FAILED,
    /** Somebody stopped the execution. */
    STOPPED,
    /** It took too long. */
    TIMEOUT,
    /** It ended well but the child has something else. */
    MISMATCH,
    /** A webhook's body is none. */
    EVENT,
    /** The calling thread was interrupted. */
    INTERRUPTED
}
