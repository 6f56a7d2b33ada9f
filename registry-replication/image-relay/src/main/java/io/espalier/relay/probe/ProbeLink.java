package io.espalier.relay.probe;

import java.io.IOException;

/** An open connection to a peer's relay for measuring. For one thread. */
public interface ProbeLink extends PingLink {
    /**
     * Has the peer send bytes that cannot be compressed.
     *
     * @throws IOException with a reason, as when the peer does not send so many
     */
    Copied copy(long bytes) throws IOException;

    /**
     * A copy.
     *
     * @param nanos from the request to the last byte
     * @param bytesPerSecond of what came after the first bytes
     */
    record Copied(long nanos, long bytesPerSecond) {}
}
