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
}
