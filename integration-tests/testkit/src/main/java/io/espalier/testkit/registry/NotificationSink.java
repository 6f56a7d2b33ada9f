package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Takes a registry's notifications and keeps them. Thread-safe. */
public final class NotificationSink implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpServer server;
    private final List<String> bodies = new ArrayList<>();
    private final Set<String> authorizations = new TreeSet<>();

    private NotificationSink() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to start a sink of notifications on loopback.", e);
        }
        server.createContext("/", this::take);
        server.start();
    }

    /** Starts one on a free loopback port. */
    public static NotificationSink start() {
        return new NotificationSink();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/events");
    }

    /** Waits for a notification that contains this text, up to 20 s; earlier ones count. White space is left out. */
    public synchronized String awaitBody(String text) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            for (String body : bodies) {
                if (body.contains(text)) {
                    return body;
                }
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("No notification with " + text + " within " + LIMIT + "; got " + bodies);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** All values of Authorization that came along. */
    public synchronized Set<String> authorizations() {
        return Set.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            synchronized (this) {
                bodies.add(body.replaceAll("\\s", ""));
                authorizations.add(authorization == null ? "" : authorization);
                notifyAll();
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
