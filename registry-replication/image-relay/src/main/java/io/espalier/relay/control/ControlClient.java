package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.identity.PeerTrust;
import io.espalier.relay.identity.TlsIdentity;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.RefusedException;
import io.espalier.relay.protocol.TransferReport;
import io.vertx.core.Vertx;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's end of the control link: WebSocket {@code /v1/control} at the master's door. It connects for ever, with waits of 0.2
 * to 5 seconds, and of up to 60 seconds while the master turns the node away; resolves the master's name each time and says Hello first. It has one thread of its own, which calls the listener
 * and the supplier of Hello. Thread-safe.
 */
public final class ControlClient implements AutoCloseable {
    /** Names the node where there is no TLS. */
    public static final String NODE_HEADER = "x-espalier-node";

    private static final long FIRST_WAIT_MS = 200;
    private static final long MOST_WAIT_MS = 5000;
    private static final long PATIENT_WAIT_MS = 60_000;
    private static final int CONNECT_LIMIT_MS = 3000;
    private static final int UPGRADE_LIMIT_MS = 10_000;
    private static final int LITTLE_BYTES = 64 << 10;
    private static final long CLOSE_LIMIT_MS = 3000;
    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

    private final Vertx vertx;
    private final MasterAddress master;
    private final TlsIdentity identity;
    private final Supplier<NodeMessage.Hello> hello;
    private final ControlListener listener;
    private final MessageCodec codec = new MessageCodec();
    private final Pending pending = new Pending(codec);
    private final Retries retries;
    private final ScheduledThreadPoolExecutor thread;
    private final WebSocketClient client;
    private final @Nullable X509TrustManager trust;
    private final @Nullable ClientSSLOptions tls;
    private volatile @Nullable MessageLink link;
    private volatile @Nullable Future<?> retry;
    private volatile boolean closed;
    private int attempts;

    private ControlClient(
            Vertx vertx,
            MasterAddress master,
            TlsIdentity identity,
            Supplier<NodeMessage.Hello> hello,
            ControlListener listener,
            Retries retries) {
        this.retries = retries;
        this.vertx = requireNonNull(vertx, "vertx is null");
        this.master = requireNonNull(master, "master is null");
        this.identity = requireNonNull(identity, "identity is null");
        this.hello = requireNonNull(hello, "hello is null");
        this.listener = requireNonNull(listener, "listener is null");
        this.trust = master.plainHttp() ? null : PeerTrust.master(identity);
        this.tls = trust == null ? null : ClientTls.options(identity.keys(), trust);
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setConnectTimeout(CONNECT_LIMIT_MS)
                .setClosingTimeout(1)
                .setMaxFrameSize(MessageLink.MAX_MESSAGE_BYTES)
                .setMaxMessageSize(MessageLink.MAX_MESSAGE_BYTES));
        this.thread = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "relay-control"));
    }

    /**
     * Connects now and for ever, until closed; returns at once. With TLS the node has its certificate already.
     *
     * @param vertx stays the caller's
     * @param hello asked on every connect, by the client's own thread
     */
    public static ControlClient start(
            Vertx vertx,
            MasterAddress master,
            TlsIdentity identity,
            Supplier<NodeMessage.Hello> hello,
            ControlListener listener) {
        return start(
                vertx, master, identity, hello, listener, new Retries(FIRST_WAIT_MS, MOST_WAIT_MS, PATIENT_WAIT_MS));
    }

    static ControlClient start(
            Vertx vertx,
            MasterAddress master,
            TlsIdentity identity,
            Supplier<NodeMessage.Hello> hello,
            ControlListener listener,
            Retries retries) {
        ControlClient client = new ControlClient(vertx, master, identity, hello, listener, retries);
        client.execute(client::connect);
        return client;
    }

    private void connect() {
        if (closed) {
            return;
        }
        try {
            WebSocketConnectOptions options = new WebSocketConnectOptions()
                    .setHost(master.resolve(attempts++))
                    .setPort(master.port())
                    .setURI("/v1/control")
                    .setSsl(tls != null)
                    .setTimeout(UPGRADE_LIMIT_MS);
            if (tls == null) {
                options.addHeader(NODE_HEADER, identity.node().value());
            } else {
                options.setSslOptions(tls);
            }
            client.connect(options).onComplete(this::opened, failure -> execute(() -> failed(failure)));
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
    }

    /** On the socket's event loop. */
    private void opened(WebSocket socket) {
        try {
            if (trust != null) {
                ClientTls.check(socket.peerCertificates(), trust);
            }
        } catch (CertificateException | SSLPeerUnverifiedException e) {
            socket.close();
            execute(() -> failed(e));
            return;
        }
        Receiver receiver = new Receiver();
        MessageLink fresh = new MessageLink(vertx, this::execute, receiver, this::fill);
        receiver.link = fresh;
        execute(() -> greet(fresh));
        fresh.attach(socket);
    }

    private void greet(MessageLink fresh) {
        if (closed) {
            fresh.close("the node stops");
            return;
        }
        try {
            Map<String, TransferReport> before = pending.reports();
            NodeMessage.Hello now = hello.get();
            fresh.offer(pending.encode(now));
            pending.said(before, now.transfers());
        } catch (RuntimeException e) {
            fresh.close("the node could not say Hello");
            throw e;
        }
        link = fresh;
        retries.connected();
        attempts--;
        LOG.info("Node {} is connected to the master {}.", identity.node(), master);
        listener.connected();
        fill();
    }

    private void failed(Throwable failure) {
        Optional<RefusedException> refusal = failure instanceof UpgradeRejectedException rejected
                ? LinkProblem.refusal(rejected.getBody())
                : Optional.empty();
        boolean turnedAway = LinkProblem.turnedAway(failure);
        retries.failed(
                LinkProblem.kind(failure),
                refusal.map(RefusedException::sentence)
                        .orElseGet(() -> LinkProblem.sentence("open a control link to", master, failure)),
                turnedAway);
        retry();
        refusal.ifPresent(listener::refused);
        if (turnedAway) {
            listener.turnedAway();
        }
    }

    private void retry() {
        if (!closed) {
            try {
                retry = thread.schedule(this::connect, retries.nextMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                LOG.debug("The control client stops.", stopping);
            }
        }
    }

    /** Whether the link is open and Hello is on its way. */
    public boolean connected() {
        MessageLink now = link;
        return now != null && !now.isClosed();
    }

    /**
     * Queues a message; never blocks. While the master is away or slow it is kept: of a transfer's reports the newest, of others up
     * to 1000 or 16 MiB.
     *
     * @return false when there is no room, or the message is larger than 16 MiB; it is not sent then
     */
    public boolean send(NodeMessage message) {
        boolean taken = !closed && pending.add(message);
        fill();
        return taken;
    }

    /** Gives the link little at a time, so that newer reports can still replace older ones. */
    private synchronized void fill() {
        MessageLink now = link;
        while (now != null && !now.isClosed() && now.waitingBytes() < LITTLE_BYTES) {
            Optional<byte[]> next = pending.take();
            if (next.isEmpty() || !now.offer(next.get())) {
                return;
            }
        }
    }

    private void execute(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The control client stops.", stopping);
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("The control link of node {} met an unexpected fault; it goes on.", identity.node(), e);
        }
    }

    /** Ends link and thread within three seconds; idempotent. */
    @Override
    public void close() {
        closed = true;
        MessageLink now = link;
        if (now != null) {
            now.close("the node stops");
        }
        Future<?> next = retry;
        if (next != null) {
            next.cancel(false);
        }
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The thread relay-control has not ended within {} ms; it is interrupted.", CLOSE_LIMIT_MS);
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        client.close();
    }

    /** Called by the client's thread alone. */
    private final class Receiver implements MessageLink.Receiver {
        private @Nullable MessageLink link;

        @Override
        public void message(String text) {
            retries.heard();
            try {
                listener.received(codec.masterMessage(text));
            } catch (IllegalArgumentException e) {
                LOG.warn("A message of the master was not understood and is left out: {}", e.getMessage());
            }
        }

        @Override
        public void closed(String reason) {
            if (ControlClient.this.link == link) {
                ControlClient.this.link = null;
                LOG.info("The control link to the master {} is gone: {}.", master, reason);
                listener.away(reason);
            }
            retry();
        }
    }
}
