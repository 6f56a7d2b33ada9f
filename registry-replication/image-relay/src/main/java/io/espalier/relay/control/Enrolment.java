package io.espalier.relay.control;

import io.espalier.relay.identity.NodeIdentity;
import java.util.concurrent.CompletableFuture;

/** Keeps the node's certificate fresh on a thread of its own: joins, tries again while the master is away, renews in time. */
public final class Enrolment implements AutoCloseable {
    private Enrolment() {}

    /** Begins; returns at once. */
    public static Enrolment start(NodeIdentity identity, CertificateSource source) {
        throw new UnsupportedOperationException();
    }

    /** Done when the node has a certificate, at once when it had one; fails with RefusedException when the master refuses for good. */
    public CompletableFuture<Void> enrolled() {
        throw new UnsupportedOperationException();
    }

    /** What hinders it now; empty when nothing does. */
    public String problem() {
        throw new UnsupportedOperationException();
    }

    /** Joins anew, as when the master says that it does not know the node. */
    public void again() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
