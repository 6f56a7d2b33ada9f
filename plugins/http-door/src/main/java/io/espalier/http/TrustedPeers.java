package io.espalier.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the trust manager about the client of each new connection. The handshake has asked already, but not where the client
 * resumed a session (RFC 8446, 2.2): a client that was revoked meanwhile would stay welcome as long as its ticket is good.
 */
final class TrustedPeers implements Handler<HttpConnection> {
    private static final Logger LOG = LoggerFactory.getLogger(TrustedPeers.class);

    private final String door;
    private final X509TrustManager trust;
    /** Connections that are being closed. */
    private final Set<HttpConnection> refused = ConcurrentHashMap.newKeySet();

    TrustedPeers(String door, X509TrustManager trust) {
        this.door = door;
        this.trust = trust;
    }

    @Override
    public void handle(HttpConnection connection) {
        List<X509Certificate> chain = PeerCertificate.chain(connection);
        if (chain.isEmpty()) {
            return;
        }
        X509Certificate own = chain.get(0);
        try {
            trust.checkClientTrusted(
                    chain.toArray(X509Certificate[]::new), own.getPublicKey().getAlgorithm());
        } catch (CertificateException | RuntimeException untrusted) {
            LOG.debug("Door {} closes a connection of {}.", door, own.getSubjectX500Principal(), untrusted);
            refused.add(connection);
            connection.closeHandler(closed -> refused.remove(connection));
            connection.close();
        }
    }

    /** Goes before all routes, since a request that came with the end of the handshake is still handed on after the close. */
    void dropRefused(RoutingContext context) {
        if (!refused.contains(context.request().connection())) {
            context.next();
        }
    }
}
