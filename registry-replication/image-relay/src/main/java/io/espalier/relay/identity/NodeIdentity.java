package io.espalier.relay.identity;

import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.NodeId;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** The node's key, made once, and the certificate that the master gave it, kept in a folder. Thread-safe. */
public final class NodeIdentity implements TlsIdentity {
    private NodeIdentity() {}

    /** Opens {@code data/relay/identity}; makes folder and key on first use. */
    public static NodeIdentity open(Path folder, NodeId node, Clock clock) throws IdentityException {
        throw new UnsupportedOperationException();
    }

    /** Whether there is a certificate that is valid now. */
    public boolean enrolled() {
        throw new UnsupportedOperationException();
    }

    public Optional<X509Certificate> certificate() {
        throw new UnsupportedOperationException();
    }

    public Optional<X509Certificate> authority() {
        throw new UnsupportedOperationException();
    }

    /** PKCS #10 in PEM for the node's key. */
    public String signingRequest() {
        throw new UnsupportedOperationException();
    }

    /** Takes a certificate into use and keeps it. */
    public void accept(IssuedCertificate issued) throws IdentityException {
        throw new UnsupportedOperationException();
    }

    /** Whether less than a third of the certificate's life is left. */
    public boolean renewalDue() {
        throw new UnsupportedOperationException();
    }

    /** Sets the serial numbers, hexadecimal, that are no longer trusted, and keeps them. For every {@code Members} message. */
    public void revoke(Collection<String> serials) {
        throw new UnsupportedOperationException();
    }

    @Override
    public NodeId node() {
        throw new UnsupportedOperationException();
    }

    @Override
    public X509ExtendedKeyManager keys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public X509TrustManager trust() {
        throw new UnsupportedOperationException();
    }
}
