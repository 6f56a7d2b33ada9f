package io.espalier.relay.spool;

/** What became of a chunk that was offered to the spool. */
public enum Offer {
    /** It is right, and on disk. */
    STORED,
    /** It was there already, or is being written. */
    DUPLICATE,
    /** Its hash or its length is wrong: who sent it sent something else. */
    WRONG,
    /** Its hash has not come in time, so that nobody knows whether it is right. */
    NO_HASH
}
