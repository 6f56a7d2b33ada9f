package io.espalier.relay.protocol;

/** The master's end of a control link. Thread-safe. */
public interface ControlLink {
    /** Queues a message; never blocks. A link whose bounded queue is full is closed, and the node connects again. */
    void send(MasterMessage message);

    /** Ends the link; idempotent. */
    void close(String reason);
}
