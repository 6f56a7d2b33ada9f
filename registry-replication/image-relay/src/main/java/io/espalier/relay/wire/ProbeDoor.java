package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.relay.wire.MemberProof.Member;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The measured end of probes: the WebSocket {@code /v1/probe} of a door. Answers {@code ping} with {@code pong}, and
 * {@code copy N} with N random bytes; members only. Copies at the same time and their sizes are limited. Thread-safe.
 */
public final class ProbeDoor implements AutoCloseable {
    public static final String PATH = "/v1/probe";
    /** Most that one copy may have. */
    public static final long MAX_COPY_BYTES = 256L << 20;

    static final int MAX_COPIES = 2;
    static final int MAX_PROBES = 128;
    private static final String COPY = "copy ";
    private static final int FRAME_BYTES = 32 << 10;
    private static final int SENT_AHEAD = 4 * FRAME_BYTES;
    private static final Logger LOG = LoggerFactory.getLogger(ProbeDoor.class);

    private final MemberProof proof;
    private final byte[] noise = new byte[FRAME_BYTES];
    private final AtomicInteger copies = new AtomicInteger();
    private final Set<ServerWebSocket> probes = ConcurrentHashMap.newKeySet();

    public ProbeDoor(MemberProof proof) {
        this.proof = requireNonNull(proof, "proof is null");
        new SecureRandom().nextBytes(noise);
    }

    /** Adds the route to a door's router. */
    public void install(Router router) {
        router.get(PATH).handler(this::answer);
    }

    private void answer(RoutingContext context) {
        Member member = proof.require(context);
        if (probes.size() >= MAX_PROBES) {
            throw new HttpFault(
                    503,
                    "TOO_MANY_PROBES",
                    "This node is measured by " + MAX_PROBES + " others already; try again later.");
        }
        context.request()
                .toWebSocket()
                .onSuccess(socket -> begin(member, socket))
                .onFailure(e -> LOG.debug("{} asked for a probe but it did not become a WebSocket.", member.node(), e));
    }

    void begin(Member member, ServerWebSocket socket) {
        // Many may have asked before the first of them became a probe.
        if (probes.size() >= MAX_PROBES) {
            CloseReason.close(socket, CloseReason.NORMAL, "this node is measured by " + MAX_PROBES + " others already");
            return;
        }
        Served served = new Served(member, socket);
        probes.add(socket);
        socket.setWriteQueueMaxSize(SENT_AHEAD);
        socket.textMessageHandler(served::received);
        socket.binaryMessageHandler(binary -> served.malformed("a probe sends no binary messages"));
        socket.exceptionHandler(broken -> served.malformed("the link broke: " + broken.getMessage()));
        socket.drainHandler(room -> served.send());
        socket.closeHandler(gone -> {
            probes.remove(socket);
            served.finish();
        });
    }

    /** One probe; all of it runs on the socket's event loop. */
    private final class Served {
        private final Member member;
        private final ServerWebSocket socket;
        private long left;

        Served(Member member, ServerWebSocket socket) {
            this.member = member;
            this.socket = socket;
        }

        void received(String text) {
            if (socket.writeQueueFull()) {
                malformed("it asks but does not read the answers");
            } else if (text.equals("ping")) {
                socket.writeTextMessage("pong");
            } else if (text.matches(COPY + "[1-9][0-9]{0,17}")) {
                copy(Long.parseLong(text.substring(COPY.length())));
            } else {
                malformed("a probe says 'ping' or 'copy BYTES'");
            }
        }

        private void copy(long bytes) {
            if (left > 0) {
                malformed("a copy runs already");
            } else if (bytes > MAX_COPY_BYTES) {
                socket.writeTextMessage("refused at most " + MAX_COPY_BYTES + " bytes can be copied");
            } else if (copies.incrementAndGet() > MAX_COPIES) {
                copies.decrementAndGet();
                socket.writeTextMessage("refused " + MAX_COPIES + " copies run already; try again later");
            } else {
                left = bytes;
                send();
            }
        }

        void send() {
            while (left > 0 && !socket.writeQueueFull() && !socket.isClosed()) {
                int bytes = (int) Math.min(left, noise.length);
                Buffer piece = BufferInternal.buffer(Unpooled.wrappedBuffer(noise, 0, bytes));
                left -= bytes;
                socket.writeBinaryMessage(piece);
                if (left == 0) {
                    copies.decrementAndGet();
                }
            }
        }

        void finish() {
            if (left > 0) {
                left = 0;
                copies.decrementAndGet();
            }
        }

        void malformed(String reason) {
            LOG.warn("The probe of {} is closed because of what came: {}", member.node(), reason);
            CloseReason.close(socket, CloseReason.MALFORMED, reason);
        }
    }

    /** Ends the probes that are open. */
    @Override
    public void close() {
        probes.forEach(socket -> CloseReason.close(socket, CloseReason.NORMAL, "the node stops"));
    }
}
