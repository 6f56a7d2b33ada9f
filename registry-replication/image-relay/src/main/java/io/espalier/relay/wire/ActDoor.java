package io.espalier.relay.wire;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.relay.act.ActDesk;
import io.espalier.relay.permission.PermissionException;
import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ActRequest;
import io.espalier.relay.protocol.MessageCodec;
import io.espalier.relay.protocol.NodeId;
import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/act} of a door, where members show permissions. Acts run on two threads of their own, 16 more wait. Thread-safe.
 */
public final class ActDoor implements AutoCloseable {
    public static final String PATH = "/v1/act";
    static final int MAX_BODY_BYTES = 8 << 10;
    private static final int THREADS = 2;
    private static final int MOST_WAITING = 16;
    private static final long CLOSE_LIMIT_MS = 3000;
    private static final Logger LOG = LoggerFactory.getLogger(ActDoor.class);

    private final MemberProof proof;
    private final MessageCodec codec = new MessageCodec();
    private final ThreadPoolExecutor pool;
    private volatile @Nullable ActDesk desk;

    public ActDoor(MemberProof proof) {
        this.proof = requireNonNull(proof, "proof is null");
        this.pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> new Thread(task, "relay-act"));
        pool.allowCoreThreadTimeOut(true);
    }

    /** Adds the route to a door's router. */
    public void install(Router router) {
        // Who is no member is refused before a byte of the body is read.
        router.post(PATH).handler(this::requireMember);
        router.post(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
                .handler(this::answer);
    }

    private void requireMember(RoutingContext context) {
        proof.require(context);
        context.next();
    }

    /** From now on requests are answered there; before they are told to come later. */
    public void serve(ActDesk acting) {
        desk = requireNonNull(acting, "acting is null");
    }

    private void answer(RoutingContext context) {
        NodeId holder = proof.require(context).node();
        ActRequest request = request(context);
        ActDesk acting = desk;
        if (acting == null) {
            throw busy();
        }
        Context loop = context.vertx().getOrCreateContext();
        try {
            pool.execute(() -> act(context, loop, acting, holder, request));
        } catch (RejectedExecutionException full) {
            throw busy();
        }
    }

    private void act(RoutingContext context, Context loop, ActDesk acting, NodeId holder, ActRequest request) {
        try {
            ActAnswer answer = acting.act(holder, request);
            String json = codec.encodeRecord(answer);
            loop.runOnContext(now -> context.response()
                    .putHeader("Content-Type", "application/json")
                    .end(json));
        } catch (PermissionException refused) {
            loop.runOnContext(now -> context.fail(fault(refused)));
        } catch (RuntimeException e) {
            loop.runOnContext(now -> context.fail(e));
        }
    }

    private ActRequest request(RoutingContext context) {
        String text = context.body().asString();
        try {
            return codec.decodeRecord(text == null ? "" : text, ActRequest.class);
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, PermissionException.Code.MALFORMED.name(), String.valueOf(e.getMessage()));
        }
    }

    private static HttpFault fault(PermissionException refused) {
        int status =
                switch (refused.code()) {
                    case MALFORMED -> 400;
                    case UNAVAILABLE -> 503;
                    case FORGED,
                            WRONG_HOLDER,
                            WRONG_TARGET,
                            WRONG_ACTION,
                            WRONG_SUBJECT,
                            NOT_YET_VALID,
                            EXPIRED,
                            REPLAYED -> 403;
                };
        return new HttpFault(status, refused.code().name(), refused.sentence());
    }

    private static HttpFault busy() {
        return new HttpFault(
                        503,
                        PermissionException.Code.UNAVAILABLE.name(),
                        "This node starts, stops, or does as much for others as it can; try again in a moment.")
                .header("Retry-After", "2");
    }

    /** Ends the threads within three seconds. */
    @Override
    public void close() {
        pool.shutdownNow();
        try {
            if (!pool.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The threads relay-act have not ended within {} ms.", CLOSE_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
