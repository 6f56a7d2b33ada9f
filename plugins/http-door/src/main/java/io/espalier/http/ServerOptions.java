package io.espalier.http;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A door's settings in the words of Vert.x. */
final class ServerOptions {
    static final int MAX_LINE_BYTES = 4096;
    static final int MAX_HEADER_BYTES = 16_384;
    static final int HANDSHAKE_SECONDS = 10;
    private static final int IDLE_SECONDS = 75;

    /** The first that a client has too is taken; AES-128-GCM is the fastest with the AES instructions of today's machines. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");

    private ServerOptions() {}

    static HttpServerOptions of(DoorSettings settings) {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxWebSocketFrameSize(settings.maxFrameBytes())
                .setMaxWebSocketMessageSize(settings.maxFrameBytes())
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        DoorTls tls = settings.tls();
        return tls == null ? options : secured(options, tls);
    }

    /** Without ALPN, so that a door speaks HTTP/1.1 with TLS as without: the limits and WebSockets are those of HTTP/1.1. */
    private static HttpServerOptions secured(HttpServerOptions options, DoorTls tls) {
        CIPHERS.forEach(options::addEnabledCipherSuite);
        return options.setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setKeyCertOptions(KeyCertOptions.wrap(tls.keys()))
                .setTrustOptions(TrustOptions.wrap(tls.trust()))
                .setClientAuth(tls.clientCertificateRequired() ? ClientAuth.REQUIRED : ClientAuth.REQUEST);
    }
}
