package io.espalier.catalog.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Requests to a catalog's door as any HTTP client sends them. */
public final class DoorCalls {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    public DoorCalls(int port) {
        this.port = port;
    }

    /** What the door answered. */
    public record Answer(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (JsonProcessingException e) {
                throw new AssertionError("The answer is not JSON: " + response.body(), e);
            }
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** As in {@code 404 NO_SUCH_STREAM}. */
        public String fault() {
            return status() + " " + json().path("code").asText();
        }

        public String message() {
            return json().path("message").asText();
        }
    }

    public Answer get(String path) {
        return send(request("GET", path, ""));
    }

    public Answer post(String path, String json) {
        return send(json(request("POST", path, json)));
    }

    public Answer put(String path, String json, String... headers) {
        HttpRequest.Builder request = json(request("PUT", path, json));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    public Answer delete(String path, String... headers) {
        HttpRequest.Builder request = request("DELETE", path, "");
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    public CompletableFuture<Answer> postLater(String path, String json) {
        return client.sendAsync(json(request("POST", path, json)).build(), BodyHandlers.ofString())
                .thenApply(Answer::new);
    }

    public HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder json(HttpRequest.Builder request) {
        return request.header("Content-Type", "application/json");
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError("The door did not answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("The test was interrupted.", e);
        }
    }
}
