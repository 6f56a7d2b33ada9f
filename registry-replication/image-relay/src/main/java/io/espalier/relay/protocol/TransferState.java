package io.espalier.relay.protocol;

/** How far a node is with a transfer. */
public enum TransferState {
    /** Not begun. */
    WAITING,
    /** Chunks arrive. */
    RECEIVING,
    /** All chunks are there; blobs, manifests and tags are being put into the registry. */
    COMMITTING,
    /** The image is in the node's registry under its tags, and was read back. */
    DONE,
    /** It failed and is tried again by itself; the report says why and when. */
    RETRYING,
    /** A newer generation of the tag took its place. */
    SUPERSEDED,
    /** Taken back by the master. */
    CANCELLED;

    /** Nothing more will happen. */
    public boolean isFinal() {
        return this == DONE || this == SUPERSEDED || this == CANCELLED;
    }
}
