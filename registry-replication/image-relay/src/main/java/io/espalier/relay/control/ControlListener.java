package io.espalier.relay.control;

import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.RefusedException;

/** Hears what comes over the control link; all calls by one thread, in order. They may block for a while. */
public interface ControlListener {
    void received(MasterMessage message);

    /** The link is open and Hello is on its way. */
    default void connected() {}

    /** The link is gone; the client connects again by itself. */
    default void away(String reason) {}

    /** The master knows this node no longer or has another reason; the client goes on trying. */
    default void refused(RefusedException refusal) {}

    /**
     * The master was reached but closed the connection without a word, as TLS does when it trusts this node's certificate no longer:
     * the node may have been removed.
     */
    default void turnedAway() {}
}
