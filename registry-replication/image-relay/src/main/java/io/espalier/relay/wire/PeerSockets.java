package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.espalier.relay.identity.PeerNames;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * WebSockets to other nodes, proved by their certificates to be the nodes that were meant. Names are resolved by the JDK for every
 * connection, so only its cache ({@code networkaddress.cache.ttl}, 30 s unless set) delays a new address. Socket buffers are left
 * to the kernel, whose automatic tuning goes beyond what a program may ask for. Thread-safe.
 */
public final class PeerSockets implements AutoCloseable {
    /** Longer frames are refused. */
    static final int MOST_FRAME_BYTES = 256 << 10;

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /**
     * For TCP, TLS and the upgrade together. They are up to four round trips, 1.2 s each over a satellite, and a JVM that has just
     * started takes seconds for its first handshake besides: with 3 s all parents were given up there.
     */
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(8);

    private static final int MAX_SOCKETS = 1024;
    private static final int CLOSING_SECONDS = 2;

    private final NodeId self;
    private final MemberProof proof;
    private final WebSocketClient client;

    public PeerSockets(Vertx vertx, NodeId self, MemberProof proof) {
        this.self = requireNonNull(self, "self is null");
        this.proof = requireNonNull(proof, "proof is null");
        this.client = vertx.createWebSocketClient(options(proof.identity()));
    }

    private static WebSocketClientOptions options(@Nullable TlsIdentity identity) {
        WebSocketClientOptions options = new WebSocketClientOptions()
                .setMaxConnections(MAX_SOCKETS)
                .setConnectTimeout((int) CONNECT_LIMIT.toMillis())
                .setMaxFrameSize(MOST_FRAME_BYTES)
                .setMaxMessageSize(MOST_FRAME_BYTES)
                .setClosingTimeout(CLOSING_SECONDS)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true);
        if (identity == null) {
            return options;
        }
        return options.setSsl(true)
                .setVerifyHost(false) // the certificate has to be of the node, whatever its address
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setSslHandshakeTimeout(OPEN_LIMIT.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeyCertOptions(KeyCertOptions.wrap(identity.keys()))
                .setTrustOptions(TrustOptions.wrap(identity.trust()));
    }

    /** An open socket, paused until its handlers are set, its event loop, and the certificate of its other end. */
    record Connected(WebSocket socket, Context context, Optional<X509Certificate> certificate) {}

    /**
     * Blocks until the socket is open, at most 8 seconds, of which 3 until TCP is connected.
     *
     * @throws IOException with a sentence that names the peer
     */
    Connected connect(PeerAddress peer, String path) throws IOException {
        Future<Connected> connecting = client.connect(target(peer, path)).map(socket -> {
            socket.pause();
            return new Connected(
                    socket, requireNonNull(Vertx.currentContext(), "not on an event loop"), Optional.empty());
        });
        Connected connected;
        try {
            connected = connecting
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(OPEN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(peer, reason(requireNonNullElse(e.getCause(), e)), e);
        } catch (TimeoutException e) {
            connecting.onSuccess(late -> late.socket().close());
            throw failed(peer, "it did not answer within " + OPEN_LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            connecting.onSuccess(late -> late.socket().close());
            Thread.currentThread().interrupt();
            throw failed(peer, "the attempt was interrupted", e);
        }
        return proof.identity() == null ? connected : proved(peer, connected);
    }

    private WebSocketConnectOptions target(PeerAddress peer, String path) throws IOException {
        WebSocketConnectOptions options = new WebSocketConnectOptions();
        try {
            options.setServer(SocketAddress.inetSocketAddress(
                    peer.port(), InetAddress.getByName(peer.host()).getHostAddress()));
        } catch (UnknownHostException e) {
            throw failed(peer, "its name is not known", e);
        }
        options.setHost(peer.host()).setPort(peer.port()).setURI(path);
        options.addHeader(MemberProof.NODE_HEADER, self.value());
        return options;
    }

    /** The handshake has checked the chain, unless it resumed a session; the name is checked here. */
    private Connected proved(PeerAddress peer, Connected connected) throws IOException {
        WebSocket socket = connected.socket();
        String problem;
        try {
            X509Certificate certificate =
                    (X509Certificate) socket.peerCertificates().get(0);
            Optional<NodeId> node = PeerNames.node(certificate);
            problem = node.filter(peer.node()::equals).isPresent()
                    ? proof.problem(certificate).orElse("")
                    : "there answers " + node.map(found -> "node " + found).orElse("no node")
                            + "; check the names and addresses of both nodes";
            if (problem.isEmpty()) {
                return new Connected(socket, connected.context(), Optional.of(certificate));
            }
        } catch (SSLPeerUnverifiedException e) {
            problem = "it showed no certificate";
        }
        CloseReason.close(socket, CloseReason.NORMAL, "you are not the node that was meant");
        throw failed(peer, problem, null);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UpgradeRejectedException rejected) {
            return "it answered " + rejected.getStatus()
                    + (rejected.getBody() == null
                            ? ""
                            : " " + rejected.getBody().toString());
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static IOException failed(PeerAddress peer, String why, @Nullable Throwable cause) {
        return new IOException("Tried to connect to " + peer + " but " + why + ".", cause);
    }

    @Override
    public void close() {
        client.close();
    }
}
