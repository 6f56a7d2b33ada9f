package io.espalier.embedded.layout;

/** What is known of a blob's file. */
public enum BlobCondition {
    /** There is none. */
    MISSING,
    /** Its bytes have hashed to its digest, and the file has not changed since. */
    INTACT,
    /** Its bytes were not read since the store was opened, or the file has changed. */
    UNPROVED,
    /** Its bytes do not hash to its digest, or it is gone. */
    DAMAGED
}
