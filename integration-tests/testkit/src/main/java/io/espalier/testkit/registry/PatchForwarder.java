package io.espalier.testkit.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;

/** Passes PATCH on, which {@code HttpURLConnection} does not know; bodies of a chunk's size, held in memory. */
final class PatchForwarder {
    private static final List<String> TO_BACKEND = List.of("Authorization", "Content-Type", "Content-Range");
    private static final List<String> TO_CLIENT = List.of("Location", "Range", "Docker-Upload-UUID", "Content-Type");

    private PatchForwarder() {}

    static void passOn(HttpExchange exchange, URI backend, String host) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        backend.resolve(exchange.getRequestURI().toString()))
                .method("PATCH", BodyPublishers.ofByteArray(body))
                .setHeader("X-Forwarded-Host", host);
        for (String name : TO_BACKEND) {
            Optional.ofNullable(exchange.getRequestHeaders().getFirst(name))
                    .ifPresent(value -> request.setHeader(name, value));
        }
        HttpResponse<byte[]> answer = send(request.build());
        for (String name : TO_CLIENT) {
            answer.headers().firstValue(name).ifPresent(value -> exchange.getResponseHeaders()
                    .set(name, value));
        }
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }

    private static HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        try {
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request, BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while passing a PATCH on");
        }
    }
}
