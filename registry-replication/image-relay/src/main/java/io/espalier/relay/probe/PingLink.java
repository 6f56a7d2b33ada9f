package io.espalier.relay.probe;

import java.io.IOException;

/** An open connection that answers. For one thread. */
public interface PingLink extends AutoCloseable {
    /**
     * Asks and waits for the answer.
     *
     * @return nanoseconds
     * @throws IOException with a reason, also when there is no answer in time
     */
    long ping() throws IOException;

    @Override
    void close();
}
