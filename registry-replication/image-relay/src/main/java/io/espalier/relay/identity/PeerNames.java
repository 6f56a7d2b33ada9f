package io.espalier.relay.identity;

import io.espalier.relay.protocol.NodeId;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Whose a certificate of the cluster is. The caller has checked that the cluster's authority signed it. */
public final class PeerNames {
    private PeerNames() {}

    /** The node of the certificate: its common name, when a subject alternative name says the same. */
    public static Optional<NodeId> node(X509Certificate certificate) {
        throw new UnsupportedOperationException();
    }

    /** Whether it is the master's. */
    public static boolean isMaster(X509Certificate certificate) {
        throw new UnsupportedOperationException();
    }
}
