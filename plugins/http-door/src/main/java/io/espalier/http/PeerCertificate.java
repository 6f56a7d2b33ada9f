package io.espalier.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The certificates that a client showed; the door's {@link DoorTls#trust} has accepted them. */
public final class PeerCertificate {
    private PeerCertificate() {}

    /** The client's own certificate; empty where it showed none, or the door has no TLS. */
    public static Optional<X509Certificate> of(RoutingContext context) {
        return chain(context.request().connection()).stream().findFirst();
    }

    /** The client's own certificate first; empty without one. */
    static List<X509Certificate> chain(HttpConnection connection) {
        if (!connection.isSsl()) {
            return List.of();
        }
        try {
            return connection.peerCertificates().stream()
                    .map(PeerCertificate::x509)
                    .toList();
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    /** TLS knows certificates of other kinds, but the JDK takes none of them. */
    private static X509Certificate x509(Certificate certificate) {
        return (X509Certificate) certificate;
    }
}
