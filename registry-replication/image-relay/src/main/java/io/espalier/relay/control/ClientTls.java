package io.espalier.relay.control;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** How a node's clients speak TLS: by the trust manager given, which knows the peer's name, not by the domain name. */
public final class ClientTls {
    private static final int HANDSHAKE_SECONDS = 5;

    private ClientTls() {}

    /**
     * Options for one client; make them once, as the managers are asked anew for each handshake.
     *
     * @param keys null for a client that has no certificate
     */
    public static ClientSSLOptions options(@Nullable X509ExtendedKeyManager keys, X509TrustManager trust) {
        ClientSSLOptions options = new ClientSSLOptions()
                .setHostnameVerificationAlgorithm("")
                .setTrustOptions(TrustOptions.wrap(trust))
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
        return keys == null ? options : options.setKeyCertOptions(KeyCertOptions.wrap(keys));
    }

    /**
     * Asks the trust manager about a connection that is open; a session that was resumed has not been checked by the handshake
     * (RFC 8446, 2.2).
     */
    public static void check(List<Certificate> peer, X509TrustManager trust) throws CertificateException {
        X509Certificate[] chain = peer.stream().map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
        if (chain.length == 0) {
            throw new CertificateException("The peer showed no certificate.");
        }
        trust.checkServerTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    }
}
