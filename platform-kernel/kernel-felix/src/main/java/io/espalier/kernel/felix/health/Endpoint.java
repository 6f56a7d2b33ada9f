package io.espalier.kernel.felix.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.espalier.kernel.felix.configuration.FlatJson;
import io.espalier.kernel.felix.runtime.Failures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's HTTP door: {@code GET /health/live}, {@code /health/ready} and {@code /metrics}; everything else is answered
 * with a JSON error.
 */
public final class Endpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
    private static final int THREADS = 3;
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService workers;
    private final Readiness readiness;
    private final Supplier<String> metrics;

    private Endpoint(HttpServer server, ExecutorService workers, Readiness readiness, Supplier<String> metrics) {
        this.server = server;
        this.workers = workers;
        this.readiness = requireNonNull(readiness, "readiness is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    private record Answer(int status, String type, String body) {}

    /**
     * Listens from now on.
     *
     * @param port 0 for any that is free
     * @throws IOException with a sentence, when the address cannot be used
     */
    public static Endpoint open(
            String host, int port, Readiness readiness, Supplier<String> metrics, ThreadFactory threads)
            throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 64);
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(
                    "Tried to listen at " + host + ":" + port + " for health and metrics but: " + e.getMessage()
                            + "; free the port or set endpoint-port in etc/kernel.json.",
                    e);
        }
        ExecutorService workers = Executors.newFixedThreadPool(THREADS, threads);
        Endpoint endpoint = new Endpoint(server, workers, readiness, metrics);
        server.setExecutor(workers);
        server.createContext("/", endpoint::handle);
        // The server starts its own thread; it inherits the context class loader of the thread that starts it.
        server.start();
        return endpoint;
    }

    /** The address in use. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = answer.body().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        } catch (IOException gone) {
            LOG.debug("A client of the health endpoint has gone: {}", gone.toString());
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Supplier<Answer> page = page(path == null ? "" : path);
        if (page == null) {
            return error(
                    404, "NOT_FOUND", "There is no " + path + "; there are /health/live, /health/ready and /metrics.");
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return error(405, "METHOD_NOT_ALLOWED", path + " answers GET and HEAD, not " + method + ".");
        }
        try {
            return page.get();
        } catch (RuntimeException | Error e) {
            LOG.error("Answering {} failed.", path, e);
            return error(500, "INTERNAL", Failures.sentence(e));
        }
    }

    private @Nullable Supplier<Answer> page(String path) {
        return switch (path) {
            case "/health/live" -> () -> new Answer(200, JSON, FlatJson.line(Map.of("status", "UP")));
            case "/health/ready" -> this::ready;
            case "/metrics" -> () -> new Answer(200, PROMETHEUS, metrics.get());
            default -> null;
        };
    }

    private Answer ready() {
        Readiness.Report report = readiness.report();
        return new Answer(report.ready() ? 200 : 503, JSON, FlatJson.line(report.json()));
    }

    private static Answer error(int status, String code, String message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("code", code);
        json.put("message", message);
        return new Answer(status, JSON, FlatJson.line(json));
    }
}
