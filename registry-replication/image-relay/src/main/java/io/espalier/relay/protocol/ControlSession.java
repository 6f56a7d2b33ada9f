package io.espalier.relay.protocol;

/** What the master does with one control link. Called by one thread at a time, which may block for a while. */
public interface ControlSession {
    void received(NodeMessage message);

    /** The link is gone; called once, last. */
    void closed();
}
