package io.espalier.tree.plan;

/** When a node begins to pass on what it receives. */
public enum Forwarding {
    /** Chunk by chunk, while it still receives. */
    CUT_THROUGH,
    /** When it has all of it. */
    STORE_AND_FORWARD
}
