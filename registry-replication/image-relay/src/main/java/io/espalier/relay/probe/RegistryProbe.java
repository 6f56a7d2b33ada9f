package io.espalier.relay.probe;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Times {@code GET /v2/} of a registry over one connection; whatever it answers is an answer. For one thread. */
final class RegistryProbe {
    private final HttpClient client;
    private final HttpRequest request;

    /** @throws IOException with a reason when it is no address */
    RegistryProbe(String registry, Duration limit) throws IOException {
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .build();
        try {
            String base = registry.endsWith("/") ? registry : registry + "/";
            request = HttpRequest.newBuilder(URI.create(base + "v2/"))
                    .timeout(limit)
                    .GET()
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IOException("'" + registry + "' is no address of a registry", e);
        }
    }

    /** Answers nanoseconds. */
    long ping() throws IOException {
        long begin = System.nanoTime();
        try {
            client.send(request, BodyHandlers.discarding());
            return System.nanoTime() - begin;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the measurement was interrupted", e);
        }
    }
}
