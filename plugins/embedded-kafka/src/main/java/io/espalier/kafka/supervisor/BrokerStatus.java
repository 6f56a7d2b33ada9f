package io.espalier.kafka.supervisor;

import static java.util.Objects.requireNonNull;

/**
 * How the broker is at one moment.
 *
 * @param state what it does
 * @param pid its process id, 0 when no process runs
 * @param bootstrapServers where it serves, or will
 * @param restarts how often it was started again since the supervisor started
 * @param problem the sentence of the last failure, empty when it serves
 */
public record BrokerStatus(State state, long pid, String bootstrapServers, long restarts, String problem) {
    public BrokerStatus {
        requireNonNull(state, "state is null");
        requireNonNull(bootstrapServers, "bootstrapServers is null");
        requireNonNull(problem, "problem is null");
    }

    /** What a supervised broker does. */
    public enum State {
        /** The process runs and does not serve yet. */
        STARTING,
        /** Clients are served. */
        READY,
        /** The process runs and served, but does not answer now; clients wait. */
        NOT_ANSWERING,
        /** No process runs; the next start is due after a pause. */
        DOWN,
        /** The supervisor has stopped. */
        STOPPED
    }
}
