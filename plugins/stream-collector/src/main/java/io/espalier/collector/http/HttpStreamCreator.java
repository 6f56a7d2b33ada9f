package io.espalier.collector.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.collector.send.StreamCreator;
import io.espalier.stream.id.StreamId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Creates streams at {@code POST <catalog>/v1/streams}. */
public final class HttpStreamCreator implements StreamCreator {
    private static final int CONFLICT = 409;

    private final HttpClient client;
    private final URI catalog;
    private final List<String> terminals;
    private final Duration timeout;
    private final ObjectMapper json = new ObjectMapper();

    /** New streams go to these terminals; the client is shared and belongs to the caller. */
    public HttpStreamCreator(HttpClient client, URI catalog, List<String> terminals, Duration timeout) {
        this.client = requireNonNull(client, "client is null");
        this.catalog = requireNonNull(catalog, "catalog is null");
        this.terminals = List.copyOf(terminals);
        this.timeout = requireNonNull(timeout, "timeout is null");
    }

    @Override
    public CompletableFuture<Optional<String>> create(StreamId stream) {
        HttpRequest request = HttpRequest.newBuilder(catalog.resolve("/v1/streams"))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(definition(stream)))
                .build();
        return client.sendAsync(request, BoundedBody.handler()).handle(this::problemOf);
    }

    private byte[] definition(StreamId stream) {
        ObjectNode node = json.createObjectNode().put("id", stream.toString());
        ArrayNode names = node.putArray("terminals");
        terminals.forEach(names::add);
        try {
            return json.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree of texts cannot be written.", e);
        }
    }

    private Optional<String> problemOf(@Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        if (response == null) {
            return Optional.of("Creating it failed because the catalog at " + catalog + " cannot be reached: "
                    + HttpReportSender.reason(failure) + ".");
        }
        // Another collector may have been faster.
        if (response.statusCode() / 100 == 2 || response.statusCode() == CONFLICT) {
            return Optional.empty();
        }
        Fault fault = Fault.read(json, response.statusCode(), response.body());
        return Optional.of("Creating it failed because the catalog answered " + response.statusCode() + " "
                + fault.code() + ": " + fault.message());
    }
}
