package io.espalier.registry.client;

/** Whether a repository has a blob. */
public enum BlobPresence {
    /** The registry says that it has not. */
    ABSENT,
    /** The registry says that it has, but does not deliver its last byte, or has another size: push it again. */
    CLAIMED_BUT_BROKEN,
    /**
     * The registry says that it has, and delivered the last byte. For a blob of 0 bytes, whose loss cannot be seen, it
     * delivered an empty body; push such a blob anyway, it costs nothing.
     */
    PROVED
}
