package io.espalier.relay.control;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.http.PeerCertificate;
import io.espalier.relay.identity.PeerNames;
import io.espalier.relay.protocol.ClusterAuthority;
import io.espalier.relay.protocol.IssuedCertificate;
import io.espalier.relay.protocol.JoinRequest;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.RefusedException;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The master's end at the relay's door: {@code POST /v1/join}, {@code POST /v1/renew} and the WebSocket {@code /v1/control}. What
 * blocks runs on four threads of its own, for each link in order. Close it before the door.
 */
public final class ControlRoutes implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int MAX_AT_ONCE = 64;
    private static final int MAX_BODY_BYTES = 64 << 10;
    private static final long CLOSE_LIMIT_MS = 5000;
    private static final Logger LOG = LoggerFactory.getLogger(ControlRoutes.class);

    /** What a node sends to {@code /v1/renew}. */
    record RenewRequest(String signingRequest) {
        RenewRequest {
            requireNonNull(signingRequest, "signingRequest is null");
        }
    }

    /** Asks the authority; may block. */
    private interface Question {
        IssuedCertificate ask(ClusterAuthority authority) throws RefusedException;
    }

    private final Supplier<Optional<ClusterAuthority>> authority;
    private final boolean plainHttp;
    private final MessageCodec codec = new MessageCodec();
    private final JoinGate gate = new JoinGate(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    private final Semaphore room = new Semaphore(MAX_AT_ONCE);
    private final Set<MasterLink> links = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor pool;
    private volatile boolean closed;

    private ControlRoutes(Supplier<Optional<ClusterAuthority>> authority, boolean plainHttp) {
        this.authority = requireNonNull(authority, "authority is null");
        this.plainHttp = plainHttp;
        AtomicInteger count = new AtomicInteger();
        // Each link has one task in the queue at most, and requests are counted by the semaphore.
        this.pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                task -> new Thread(task, "relay-authority-" + count.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Adds the routes.
     *
     * @param authority empty as long as there is no controller in this process
     * @param plainHttp the door has no TLS and the header {@code x-espalier-node} names the node
     */
    public static ControlRoutes install(
            Router router, Supplier<Optional<ClusterAuthority>> authority, boolean plainHttp) {
        ControlRoutes routes = new ControlRoutes(authority, plainHttp);
        router.post("/v1/join")
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
                .handler(routes::join);
        router.post("/v1/renew")
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
                .handler(routes::renew);
        router.get("/v1/control").handler(routes::control);
        return routes;
    }

    private void join(RoutingContext ctx) {
        String remote = ctx.request().remoteAddress().hostAddress();
        long wait = gate.waitMillis(remote);
        if (wait > 0) {
            throw new HttpFault(
                            429,
                            RefusedException.Code.UNAVAILABLE.name(),
                            "Too many joins from " + remote + " were refused; it may try again in " + (wait / 1000 + 1)
                                    + " s.")
                    .header("Retry-After", String.valueOf(wait / 1000 + 1));
        }
        JoinRequest request = body(ctx, JoinRequest.class);
        answer(ctx, authority -> {
            try {
                IssuedCertificate issued = authority.join(request, remote);
                gate.accepted(remote);
                return issued;
            } catch (RefusedException e) {
                if (e.code() != RefusedException.Code.UNAVAILABLE) {
                    gate.refused(remote);
                }
                throw e;
            }
        });
    }

    private void renew(RoutingContext ctx) {
        NodeId node = node(ctx);
        RenewRequest request = body(ctx, RenewRequest.class);
        answer(ctx, authority -> authority.renew(node, request.signingRequest()));
    }

    private <T extends Record> T body(RoutingContext ctx, Class<T> type) {
        try {
            String text = ctx.body().asString();
            if (ctx.body().length() > MAX_BODY_BYTES) {
                throw new HttpFault(
                        413,
                        RefusedException.Code.INVALID.name(),
                        "The request is larger than the " + MAX_BODY_BYTES + " bytes allowed.");
            }
            return codec.decodeRecord(text == null ? "" : text, type);
        } catch (IllegalArgumentException e) {
            throw fault(new RefusedException(RefusedException.Code.INVALID, String.valueOf(e.getMessage())));
        }
    }

    /** Who asks; the door has checked the certificate. */
    private NodeId node(RoutingContext ctx) {
        try {
            Optional<NodeId> node = plainHttp
                    ? Optional.ofNullable(ctx.request().getHeader(ControlClient.NODE_HEADER))
                            .map(NodeId::new)
                    : PeerCertificate.of(ctx).flatMap(PeerNames::node);
            return node.orElseThrow(() -> new HttpFault(
                    401,
                    RefusedException.Code.UNKNOWN_NODE.name(),
                    plainHttp
                            ? "The header " + ControlClient.NODE_HEADER + " is missing; it names the node."
                            : "A certificate of a node of the cluster is needed; join first."));
        } catch (IllegalArgumentException e) {
            throw fault(new RefusedException(RefusedException.Code.INVALID, String.valueOf(e.getMessage())));
        }
    }

    private ClusterAuthority authority() throws RefusedException {
        return authority
                .get()
                .orElseThrow(() -> new RefusedException(
                        RefusedException.Code.UNAVAILABLE,
                        "There is no controller in this process now; ask the master, or wait until it has started."));
    }

    private void answer(RoutingContext ctx, Question question) {
        Context loop = ctx.vertx().getOrCreateContext();
        offLoop(() -> {
            try {
                IssuedCertificate issued = question.ask(authority());
                String json = codec.encodeRecord(issued);
                loop.runOnContext(now -> ctx.response()
                        .putHeader("Content-Type", "application/json")
                        .end(json));
            } catch (RefusedException e) {
                loop.runOnContext(now -> ctx.fail(fault(e)));
            } catch (RuntimeException e) {
                loop.runOnContext(now -> ctx.fail(e));
            }
        });
    }

    private void offLoop(Runnable task) {
        if (closed || !room.tryAcquire()) {
            throw busy();
        }
        try {
            pool.execute(() -> {
                try {
                    task.run();
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException stopping) {
            room.release();
            throw busy();
        }
    }

    private static HttpFault busy() {
        return fault(new RefusedException(
                RefusedException.Code.UNAVAILABLE, "The master is stopping or has too much to do now; try again."));
    }

    private static HttpFault fault(RefusedException refusal) {
        int status =
                switch (refusal.code()) {
                    case TOKEN_REFUSED, UNKNOWN_NODE -> 403;
                    case NAME_TAKEN -> 409;
                    case INVALID -> 400;
                    case UNAVAILABLE -> 503;
                };
        return new HttpFault(status, refusal.code().name(), refusal.sentence());
    }

    private void control(RoutingContext ctx) {
        NodeId node = node(ctx);
        HttpServerRequest request = ctx.request();
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            throw fault(new RefusedException(
                    RefusedException.Code.INVALID, "/v1/control is a WebSocket; the request is none."));
        }
        Context loop = ctx.vertx().getOrCreateContext();
        String remote = request.remoteAddress().hostAddress();
        SerialQueue serial = new SerialQueue(pool);
        request.pause();
        offLoop(() -> serial.execute(() -> {
            MasterLink link = new MasterLink(ctx.vertx(), node, codec, serial, links::remove);
            try {
                links.add(link);
                link.connect(authority(), remote);
                loop.runOnContext(now -> upgrade(request, link));
            } catch (RefusedException e) {
                links.remove(link);
                loop.runOnContext(now -> refuse(ctx, fault(e)));
            } catch (RuntimeException e) {
                links.remove(link);
                loop.runOnContext(now -> refuse(ctx, e));
            }
        }));
    }

    private static void refuse(RoutingContext ctx, RuntimeException why) {
        ctx.request().resume();
        ctx.fail(why);
    }

    private void upgrade(HttpServerRequest request, MasterLink link) {
        request.toWebSocket()
                .onComplete(
                        link::attach, failure -> link.close("the WebSocket was not opened: " + failure.getMessage()));
        if (closed) {
            link.close("the master stops");
        }
    }

    /** Closes every link, tells the sessions, and ends the threads within five seconds. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(links).forEach(link -> link.close("the master stops"));
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "The threads relay-authority have not ended within {} ms; they are interrupted.",
                        CLOSE_LIMIT_MS);
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
