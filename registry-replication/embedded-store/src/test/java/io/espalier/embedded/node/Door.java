package io.espalier.embedded.node;

import io.espalier.registry.client.RegistryClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** An embedded registry of a test, and requests to it. */
final class Door implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final EmbeddedRegistry registry;
    private final HttpClient http = HttpClient.newHttpClient();

    Door(Path folder) throws Exception {
        registry = EmbeddedRegistry.open(
                new EmbeddedSettings(folder, "127.0.0.1", "127.0.0.1", 0, 1L << 30), Clock.systemUTC());
    }

    RegistryClient client() {
        return registry.client();
    }

    URI address() {
        return registry.address();
    }

    /** As {@code docker://127.0.0.1:PORT/}. */
    String docker() {
        return "docker://127.0.0.1:" + registry.address().getPort() + "/";
    }

    HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    HttpResponse<byte[]> head(String path, String... headers) throws IOException, InterruptedException {
        return send("HEAD", path, headers);
    }

    HttpResponse<byte[]> send(String method, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(registry.address() + path))
                .timeout(LIMIT)
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        registry.close();
    }
}
