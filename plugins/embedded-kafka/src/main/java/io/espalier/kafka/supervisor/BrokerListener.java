package io.espalier.kafka.supervisor;

/** Learns whether the cluster is there; called on the supervisor's thread, alternating, first with available. */
public interface BrokerListener {
    /** The broker serves clients, for the first time or after {@link #unavailable}. */
    void available();

    /** The broker has been down for so long that waiting is no use; not called for a quick restart. */
    void unavailable();
}
