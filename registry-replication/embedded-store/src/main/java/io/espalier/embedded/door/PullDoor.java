package io.espalier.embedded.door;

import static java.util.Objects.requireNonNull;

import io.espalier.embedded.store.OciLayoutStore;
import io.espalier.http.DoorException;
import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import io.espalier.registry.error.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry for pulling: GET and HEAD of the distribution specification on one port, for everybody who reaches it. Blobs go from the
 * file to the socket without passing through the heap, so that many pulls at once take little memory.
 */
public final class PullDoor implements AutoCloseable {
    private static final int EVENT_LOOPS = 2;
    private static final int WORKERS = 4;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(PullDoor.class);

    private final PullAnswers answers;
    private final HttpDoor door;

    private PullDoor(OciLayoutStore store, String bind, int port) throws DoorException {
        answers = new PullAnswers(store);
        DoorSettings settings = DoorSettings.of("embedded-store", bind, port)
                .withThreads(EVENT_LOOPS, WORKERS)
                .withBodiesLeftToHandlers()
                .withCloseLimit(CLOSE_LIMIT);
        door = HttpDoor.open(settings, this::install);
    }

    /**
     * Opens the door of a store.
     *
     * @param bind the address to listen on
     * @param port 0 takes any free one
     */
    public static PullDoor open(OciLayoutStore store, String bind, int port) throws DoorException {
        return new PullDoor(requireNonNull(store, "store is null"), bind, port);
    }

    private void install(Router router) {
        router.route("/v2/*").handler(this::handle);
    }

    public int port() {
        return door.port();
    }

    @Override
    public void close() {
        door.close();
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        Future<PullAnswer> answer = reads
                ? answer(context)
                : Future.failedFuture(notForReading(request.method().name()));
        answer.recover(PullDoor::refused)
                .compose(found -> send(request, found))
                .onFailure(failure -> failed(context, failure));
    }

    private Future<PullAnswer> answer(RoutingContext context) {
        try {
            PullRequest request = request(context);
            return context.vertx()
                    .executeBlocking(() -> answers.answer(request), false)
                    .compose((CompletionStage<PullAnswer> found) ->
                            Future.fromCompletionStage(found, context.vertx().getOrCreateContext()));
        } catch (PullFault e) {
            return Future.failedFuture(e);
        }
    }

    private static PullRequest request(RoutingContext context) {
        HttpServerRequest request = context.request();
        MultiMap query = query(context);
        return new PullRequest(
                PullPath.parse(String.valueOf(request.path())),
                header(request, "Range"),
                header(request, "If-Range"),
                header(request, "If-None-Match"),
                Optional.ofNullable(query.get("n")),
                Optional.ofNullable(query.get("last")),
                Optional.ofNullable(query.get("artifactType")));
    }

    private static MultiMap query(RoutingContext context) {
        try {
            return context.queryParams();
        } catch (RuntimeException e) {
            throw new PullFault(400, "NAME_INVALID", "The query of the address has a wrong percent encoding.");
        }
    }

    private static Optional<String> header(HttpServerRequest request, String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    private static PullFault notForReading(String method) {
        // What else the client sends is not read.
        return new PullFault(
                405,
                "UNSUPPORTED",
                "This registry is for pulling; " + method.replaceAll("[^A-Z]", "?")
                        + " is not possible. Push to the master's registry, or run image:push FILE NAME:TAG there.",
                Map.of("Allow", "GET, HEAD", "Connection", "close"));
    }

    private static Future<PullAnswer> refused(Throwable failure) {
        @Nullable Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof PullFault fault
                ? Future.succeededFuture(PullAnswers.fault(fault))
                : Future.failedFuture(failure);
    }

    private static Future<Void> send(HttpServerRequest request, PullAnswer answer) {
        HttpServerResponse response = request.response();
        response.setStatusCode(answer.status()).putHeader("Docker-Distribution-Api-Version", "registry/2.0");
        answer.headers().forEach(response::putHeader);
        if (answer.status() == 304) {
            return response.end();
        }
        response.putHeader("Content-Length", Long.toString(answer.body().length()));
        if (request.method().equals(HttpMethod.HEAD) || answer.body().length() == 0) {
            return response.end();
        }
        if (answer.body() instanceof PullAnswer.FilePart part) {
            return response.sendFile(part.file().toString(), part.from(), part.length());
        }
        return answer.body() instanceof PullAnswer.Bytes bytes
                ? response.end(Buffer.buffer(bytes.bytes()))
                : Future.succeededFuture();
    }

    private static void failed(RoutingContext context, Throwable failure) {
        HttpServerResponse response = context.response();
        if (response.closed() || response.headWritten()) {
            LOG.debug("A client of the embedded store went in the middle of an answer.", failure);
            context.request().connection().close();
            return;
        }
        LOG.warn("The embedded store could not answer {}.", context.request().path(), failure);
        String why = failure instanceof RegistryException ? failure.getMessage() : "the log has the reason.";
        response.headers().clear();
        send(
                        context.request(),
                        PullAnswers.fault(new PullFault(503, "UNAVAILABLE", "This registry cannot answer now: " + why)))
                .onFailure(again -> context.request().connection().close());
    }
}
