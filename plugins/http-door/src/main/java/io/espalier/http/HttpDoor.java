package io.espalier.http;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.impl.VertxThread;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxThreadFactory;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open HTTP door: one Vert.x of its own, one listening port, one router.
 *
 * <p>Handlers run on an event loop and must not block; those that do are added as {@code blockingHandler(handler, false)}.
 * A handler refuses by throwing {@link HttpFault}. The body has been read, up to the limit, when a handler is called, unless
 * the settings leave that to the handlers.
 */
public final class HttpDoor implements AutoCloseable {
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);

    private final DoorSettings settings;
    private final Vertx vertx;
    private final HttpServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpDoor(DoorSettings settings, Vertx vertx, HttpServer server) {
        this.settings = settings;
        this.vertx = vertx;
        this.server = server;
    }

    /**
     * Opens the door; it serves requests when this returns.
     *
     * @param routes adds the door's routes
     * @throws DoorException with a sentence, as when the port is taken; nothing is left open then
     */
    public static HttpDoor open(DoorSettings settings, Consumer<Router> routes) throws DoorException {
        requireNonNull(routes, "routes is null");
        PinnedLoader pinned = new PinnedLoader(Vertx.class);
        try (pinned) {
            Vertx vertx = vertx(settings);
            try {
                HttpDoor door = new HttpDoor(settings, vertx, listen(settings, vertx, routes));
                LOG.info("Door {} listens on {}.", settings.name(), door.address(""));
                return door;
            } catch (DoorException | RuntimeException e) {
                settle(settings, "close", vertx.close().toCompletionStage());
                throw e;
            }
        }
    }

    private static HttpServer listen(DoorSettings settings, Vertx vertx, Consumer<Router> routes) throws DoorException {
        FaultAnswers faults = new FaultAnswers(settings);
        Router router = Router.router(vertx);
        HttpServer server = vertx.createHttpServer(ServerOptions.of(settings))
                .invalidRequestHandler(faults::invalid)
                .exceptionHandler(e -> LOG.debug("Door {} lost a client before it asked.", settings.name(), e))
                .requestHandler(router);
        DoorTls tls = settings.tls();
        if (tls != null) {
            TrustedPeers peers = new TrustedPeers(settings.name(), tls.trust());
            server.connectionHandler(peers);
            router.route().handler(peers::dropRefused);
        }
        router.route().handler(new ForeignPages(settings));
        if (settings.readsBodies()) {
            router.route().handler(BodyHandler.create(false).setBodyLimit(settings.maxBodyBytes()));
        }
        faults.installIn(router);
        routes.accept(router);
        String at = settings.host() + ":" + settings.port();
        try {
            return server.listen(settings.port(), settings.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(OPEN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            String why = e.getCause() instanceof BindException
                    ? "the address is taken or not of this machine; stop the other program or configure another host or port"
                    : String.valueOf(e.getCause());
            throw new DoorException(
                    "Door " + settings.name() + " cannot listen on " + at + ": " + why + ".", e.getCause());
        } catch (TimeoutException e) {
            throw new DoorException(
                    "Door " + settings.name() + " did not come to listen on " + at + " within " + OPEN_LIMIT.toSeconds()
                            + " s; the machine may be overloaded, try again.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DoorException("Opening door " + settings.name() + " was interrupted.", e);
        }
    }

    private static Vertx vertx(DoorSettings settings) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(settings.eventLoops())
                .setWorkerPoolSize(settings.workers())
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        return VertxBootstrap.create()
                .options(options)
                .threadFactory(new NamedThreads(settings.name()))
                .init()
                .vertx();
    }

    /** The port that is listened on, also when 0 was configured. */
    public int port() {
        return server.actualPort();
    }

    /** Where the door is, as {@code https://127.0.0.1:8443/v1/nodes}, by the address that it listens on. */
    public URI address(String path) {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create((settings.tls() == null ? "http://" : "https://") + host + ":" + port() + path);
    }

    /** For timers and for coming back to an event loop. */
    public Vertx vertx() {
        return vertx;
    }

    /**
     * Takes no new requests, waits for those being answered up to the close limit, then ends every connection and thread. A
     * WebSocket is closed with 1000 at once; one with a shutdown handler may go on and close itself up to the limit. Idempotent.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        settle(
                settings,
                "finish its requests",
                server.shutdown(settings.closeLimit()).toCompletionStage());
        settle(settings, "close", vertx.close().toCompletionStage());
        LOG.info("Door {} is closed.", settings.name());
    }

    private static void settle(DoorSettings settings, String what, CompletionStage<?> stage) {
        Duration limit = settings.closeLimit().plusSeconds(1);
        try {
            stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            LOG.warn("Door {} could not {}.", settings.name(), what, e.getCause());
        } catch (TimeoutException e) {
            LOG.warn("Door {} did not {} within {}.", settings.name(), what, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Puts the door's name before Vert.x's thread names, so that each thread shows its owner. */
    private record NamedThreads(String door) implements VertxThreadFactory {
        @Override
        public VertxThread newVertxThread(
                Runnable target, String name, boolean worker, long maxExecTime, TimeUnit maxExecTimeUnit) {
            return VertxThreadFactory.super.newVertxThread(
                    target, door + '-' + name.replace("vert.x-", ""), worker, maxExecTime, maxExecTimeUnit);
        }
    }
}
