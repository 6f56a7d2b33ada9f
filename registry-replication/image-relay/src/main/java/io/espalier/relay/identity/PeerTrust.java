package io.espalier.relay.identity;

import io.espalier.relay.protocol.NodeId;
import javax.net.ssl.X509TrustManager;

/** Trust managers for clients that want one certain peer; with them, hostname verification is switched off. Thread-safe. */
public final class PeerTrust {
    private PeerTrust() {}

    /** Only the node of that name. */
    public static X509TrustManager node(TlsIdentity identity, NodeId peer) {
        throw new UnsupportedOperationException();
    }

    /** Only the master. */
    public static X509TrustManager master(TlsIdentity identity) {
        throw new UnsupportedOperationException();
    }
}
