package io.espalier.relay.identity;

import io.espalier.relay.protocol.NodeId;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * What TLS between nodes needs. The managers stay the same objects for the node's life: a renewed certificate and a revocation take
 * effect with the next handshake. Thread-safe.
 */
public interface TlsIdentity {
    NodeId node();

    X509ExtendedKeyManager keys();

    /** Trusts what the cluster's authority signed and has not revoked, for clients and servers alike. */
    X509TrustManager trust();
}
