package io.espalier.http;

import static java.util.Objects.requireNonNull;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * TLS 1.3 and 1.2 at a door. Both managers belong to the caller and are asked anew: the keys at every full handshake, the trust
 * at every connection, also one that resumes an earlier session. So a renewed certificate and a revoked client need no new door;
 * connections that are open already go on.
 *
 * <p>The managers are called on event loops and by several threads at once, so they must be thread-safe and do no I/O. A key
 * manager that can change gives each key an alias of its own, since key and chain are asked for one after the other by alias.
 *
 * @param keys the door's own certificate and key
 * @param trust decides on the certificates of clients
 * @param clientCertificateRequired whether a client without a certificate is refused in the handshake; else it is served, and
 *     {@link PeerCertificate} is empty
 */
public record DoorTls(X509ExtendedKeyManager keys, X509TrustManager trust, boolean clientCertificateRequired) {
    public DoorTls {
        requireNonNull(keys, "keys is null");
        requireNonNull(trust, "trust is null");
    }
}
