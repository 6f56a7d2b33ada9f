package io.espalier.bench.sites;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry that forgets what it is given but for sizes, last bytes and manifests, so that a relay can be measured without one. It
 * does not check digests.
 */
final class SinkRegistry implements AutoCloseable {
    private static final Pattern UPLOAD = Pattern.compile("/v2/(.+)/blobs/uploads/.*");
    private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/(sha256:[0-9a-f]{64})");
    private static final Pattern MANIFEST = Pattern.compile("/v2/(.+)/manifests/(.+)");
    private static final Pattern DIGEST = Pattern.compile("digest=(sha256(?::|%3A)[0-9a-f]{64})");
    private static final int BLOCK = 1 << 18;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Blob> blobs = new ConcurrentHashMap<>();
    private final Map<String, Manifest> manifests = new ConcurrentHashMap<>();

    private record Blob(long size, byte last) {}

    @SuppressWarnings("ArrayRecordComponent") // carried, not compared
    private record Manifest(String type, String digest, byte[] content) {}

    private SinkRegistry(HttpServer server) {
        this.server = server;
    }

    static SinkRegistry open() throws IOException {
        SinkRegistry sink =
                new SinkRegistry(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50));
        sink.server.setExecutor(sink.threads);
        sink.server.createContext("/v2/", sink::answer);
        sink.server.start();
        return sink;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Matcher blob = BLOB.matcher(path);
            Matcher manifest = MANIFEST.matcher(path);
            if (UPLOAD.matcher(path).matches()) {
                upload(exchange, path);
            } else if (blob.matches()) {
                blob(exchange, blob.group(2));
            } else if (manifest.matches()) {
                manifest(exchange, manifest.group(1), manifest.group(2));
            } else {
                exchange.sendResponseHeaders(200, -1);
            }
        }
    }

    private void upload(HttpExchange exchange, String path) throws IOException {
        if (!exchange.getRequestMethod().equals("PUT")) {
            exchange.getResponseHeaders().set("Location", path.endsWith("/") ? path + "1" : path);
            exchange.sendResponseHeaders(202, -1);
            return;
        }
        byte[] block = new byte[BLOCK];
        long size = 0;
        byte last = 0;
        InputStream body = exchange.getRequestBody();
        for (int read = body.read(block); read >= 0; read = body.read(block)) {
            size += read;
            last = read > 0 ? block[read - 1] : last;
        }
        Matcher digest = DIGEST.matcher(exchange.getRequestURI().getRawQuery());
        if (!digest.find()) {
            exchange.sendResponseHeaders(400, -1);
            return;
        }
        blobs.put(digest.group(1).replace("%3A", ":"), new Blob(size, last));
        exchange.sendResponseHeaders(201, -1);
    }

    private void blob(HttpExchange exchange, String digest) throws IOException {
        Blob blob = blobs.get(digest);
        if (blob == null) {
            exchange.sendResponseHeaders(404, -1);
        } else if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(blob.size()));
            exchange.sendResponseHeaders(200, -1);
        } else {
            long at = blob.size() - 1;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + at + "-" + at + "/" + blob.size());
            exchange.sendResponseHeaders(206, 1);
            exchange.getResponseBody().write(blob.last());
        }
    }

    private void manifest(HttpExchange exchange, String repository, String reference) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            byte[] content = exchange.getRequestBody().readAllBytes();
            String digest =
                    "sha256:" + HexFormat.of().formatHex(Digests.sha256().digest(content));
            Manifest manifest = new Manifest(exchange.getRequestHeaders().getFirst("Content-Type"), digest, content);
            manifests.put(repository + "@" + digest, manifest);
            manifests.put(repository + "@" + reference, manifest);
            exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
            exchange.sendResponseHeaders(201, -1);
            return;
        }
        Manifest manifest = manifests.get(repository + "@" + reference);
        if (manifest == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        exchange.getResponseHeaders().set("Docker-Content-Digest", manifest.digest());
        exchange.getResponseHeaders().set("Content-Type", manifest.type());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(manifest.content().length));
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, manifest.content().length);
            exchange.getResponseBody().write(manifest.content());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
