package io.espalier.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The REST door of a controller on this machine, as programs use it. */
final class ControllerDoor {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final int port;

    ControllerDoor(int port) {
        this.port = port;
    }

    /** What the door answered. */
    record Reply(int status, String text) {
        JsonNode json() throws IOException {
            return JSON.readTree(text);
        }
    }

    Reply get(String path) throws IOException {
        return exchange(request(path).GET().build());
    }

    Reply post(String path, String body) throws IOException {
        return exchange(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    private Reply exchange(HttpRequest request) throws IOException {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The JSON that is there; a missing node while the door is shut or says no. */
    JsonNode look(String path) {
        try {
            Reply reply = get(path);
            return reply.status() == 200 ? reply.json() : JSON.missingNode();
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    /** The newest transfer of an image. */
    JsonNode transfer(String repository, String tag) {
        return look("/v1/images/where?repository=" + repository + "&tag=" + tag);
    }

    /** What the master knows of an image at a node. */
    JsonNode node(String name, String repository, String tag) {
        for (JsonNode node : transfer(repository, tag).path("nodes")) {
            if (node.path("node").asText().equals(name)) {
                return node;
            }
        }
        return JSON.missingNode();
    }

    /**
     * Waits until what the master knows of an image at a node is good.
     *
     * @param what is waited for, for the message
     */
    JsonNode await(String name, String repository, String tag, String what, Duration limit, Predicate<JsonNode> good) {
        JsonNode[] last = new JsonNode[1];
        try {
            return Awaitility.await()
                    .atMost(limit)
                    .pollInterval(LOOK)
                    .until(() -> last[0] = node(name, repository, tag), good);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    name + " did not reach " + what + " of " + repository + ":" + tag + " within " + limit + "; it is "
                            + last[0] + "\nof " + transfer(repository, tag),
                    e);
        }
    }
}
