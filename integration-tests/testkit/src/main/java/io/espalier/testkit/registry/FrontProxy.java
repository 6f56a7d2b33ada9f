package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server in front of a registry, for faults: it passes requests on, or answers itself where a rule says so.
 *
 * <p>Rules are asked in the order of their making; the first that answers wins. All requests are recorded. Bodies are
 * streamed both ways. Thread-safe.
 */
public final class FrontProxy implements AutoCloseable {
    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "connection", "content-length", "transfer-encoding", "date", "upgrade", "http2-settings");
    private static final int CONNECT_MS = 5_000;
    private static final int READ_MS = 120_000;

    private final URI backend;
    private final boolean secure;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "front-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    /**
     * A request that came.
     *
     * @param number counts from 1
     * @param target path and query
     * @param headers by lower-case name, the first value of each
     * @param nanos when, by {@link System#nanoTime}
     */
    public record Received(int number, String method, String target, Map<String, String> headers, long nanos) {
        public Received {
            headers = Map.copyOf(headers);
        }

        /** A header's value, empty if it did not come. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        /** Whether it reads a blob's content. */
        public boolean readsBlob() {
            return method.equals("GET") && target.contains("/blobs/sha256:");
        }
    }

    /** What the proxy answers itself. */
    public record Reply(int status, Map<String, String> headers, String body) {
        public Reply {
            headers = Map.copyOf(headers);
        }
    }

    /** Decides what becomes of a request; called by several threads, and may take its time. */
    @FunctionalInterface
    public interface Rule {
        /** An answer, or empty to pass the request on. */
        Optional<Reply> answer(Received request);
    }

    private FrontProxy(URI backend, @Nullable TestAuthority authority) {
        this.backend = requireNonNull(backend, "backend is null");
        this.secure = authority != null;
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (authority != null) {
                HttpsServer https = HttpsServer.create(address, 0);
                https.setHttpsConfigurator(new HttpsConfigurator(authority.serverContext()));
                server = https;
            } else {
                server = HttpServer.create(address, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to start a front proxy on loopback.", e);
        }
        server.createContext("/", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    /** Starts one in front of this registry, on a free loopback port, plain HTTP. */
    public static FrontProxy to(URI registry) {
        return new FrontProxy(registry, null);
    }

    /** The same with TLS towards clients, by this authority. */
    public static FrontProxy secureTo(URI registry, TestAuthority authority) {
        return new FrontProxy(registry, requireNonNull(authority, "authority is null"));
    }

    public URI uri() {
        return URI.create((secure ? "https" : "http") + "://" + host());
    }

    /** Host and port, as they stand in an image reference. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Adds a rule behind those that are there; see {@link ProxyRules}. */
    public FrontProxy rule(Rule rule) {
        rules.add(requireNonNull(rule, "rule is null"));
        return this;
    }

    /** Drops all rules. */
    public void heal() {
        rules.clear();
    }

    /** All requests so far, in the order in which they came. */
    public List<Received> requests() {
        return List.copyOf(received);
    }

    /** Those requests that match. */
    public List<Received> requests(Predicate<Received> which) {
        return received.stream().filter(which).toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Received request = record(exchange);
            for (Rule rule : rules) {
                Optional<Reply> reply = rule.answer(request);
                if (reply.isPresent()) {
                    answer(exchange, reply.get());
                    return;
                }
            }
            passOn(exchange);
        }
    }

    private synchronized Received record(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        Received request = new Received(
                received.size() + 1,
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                headers,
                System.nanoTime());
        received.add(request);
        return request;
    }

    private static void answer(HttpExchange exchange, Reply reply) throws IOException {
        // A client that still sends gets the answer only when its body was read.
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        byte[] body = reply.body().getBytes(UTF_8);
        reply.headers().forEach(exchange.getResponseHeaders()::set);
        boolean bodiless = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
        exchange.sendResponseHeaders(reply.status(), bodiless ? -1 : body.length);
        if (!bodiless) {
            exchange.getResponseBody().write(body);
        }
    }

    private void passOn(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("PATCH")) {
            PatchForwarder.passOn(exchange, backend, host());
            return;
        }
        HttpURLConnection connection = (HttpURLConnection)
                backend.resolve(exchange.getRequestURI().toString()).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(READ_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(exchange.getRequestMethod());
        copyRequestHeaders(exchange.getRequestHeaders(), connection);
        sendBody(exchange, connection);
        int status = connection.getResponseCode();
        Headers answer = exchange.getResponseHeaders();
        connection.getHeaderFields().forEach((name, values) -> {
            if (name != null && !NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                answer.put(name, values);
            }
        });
        copyAnswer(exchange, connection, status);
    }

    private void copyRequestHeaders(Headers headers, HttpURLConnection connection) {
        headers.forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> connection.addRequestProperty(name, value));
            }
        });
        connection.setRequestProperty("X-Forwarded-Host", host());
        connection.setRequestProperty("X-Forwarded-Proto", secure ? "https" : "http");
    }

    private static void sendBody(HttpExchange exchange, HttpURLConnection connection) throws IOException {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        boolean chunked = exchange.getRequestHeaders().getFirst("Transfer-Encoding") != null;
        boolean reads = connection.getRequestMethod().equals("GET")
                || connection.getRequestMethod().equals("HEAD");
        // The JDK's client (17) announces 0 bytes with GET, which the one used here would turn into POST.
        if ((length == null && !chunked) || reads) {
            return;
        }
        connection.setDoOutput(true);
        if (length != null) {
            connection.setFixedLengthStreamingMode(Long.parseLong(length));
        } else {
            connection.setChunkedStreamingMode(0);
        }
        try (OutputStream out = connection.getOutputStream()) {
            exchange.getRequestBody().transferTo(out);
        }
    }

    private static void copyAnswer(HttpExchange exchange, HttpURLConnection connection, int status) throws IOException {
        long length = connection.getContentLengthLong();
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head && length >= 0) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        }
        if (head || length == 0 || status == HttpURLConnection.HTTP_NO_CONTENT) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, length > 0 ? length : 0);
        try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            if (in != null) {
                in.transferTo(exchange.getResponseBody());
            }
        }
    }
}
