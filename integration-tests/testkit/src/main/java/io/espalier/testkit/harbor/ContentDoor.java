package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.espalier.testkit.harbor.Accounts.Account;
import io.espalier.testkit.harbor.Artifacts.Artifact;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/}: passes on to the registry behind it, after Harbor's own rules; notes what was pushed. */
final class ContentDoor {
    private static final Pattern PATH = Pattern.compile("/v2/(.+)/(manifests|blobs|tags|referrers)/(.*)");
    private static final Set<String> OWN = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "date",
            "upgrade",
            "expect",
            "http2-settings",
            "authorization",
            "cookie");

    private final HarborState state;
    private final Events events;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ContentDoor(HarborState state, Events events) {
        this.state = state;
        this.events = events;
    }

    void serve(HttpExchange exchange) throws IOException {
        Optional<Account> who = state.accounts.of(exchange.getRequestHeaders().getFirst("Authorization"));
        Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
        boolean writes = !Set.of("GET", "HEAD").contains(exchange.getRequestMethod());
        if (!path.matches()) {
            if (who.isEmpty()) {
                challenge(exchange);
            } else {
                passOn(exchange, body(exchange));
            }
            return;
        }
        String repository = path.group(1);
        String project = HarborState.project(repository);
        if (who.isEmpty() && (writes || !state.isPublic(project))) {
            challenge(exchange);
        } else if (state.projects.named(project).isEmpty()) {
            refuse(exchange, new ApiFault(404, "NOT_FOUND", "project " + project + " not found"));
        } else if (writes && (state.readOnly || !who.orElseThrow().may("repository:push"))) {
            refuse(exchange, new ApiFault(403, "DENIED", "denied: requested access to the resource is denied"));
        } else if (exchange.getRequestMethod().equals("PUT") && path.group(2).equals("manifests")) {
            putManifest(exchange, repository, path.group(3));
        } else {
            passOn(exchange, body(exchange));
        }
    }

    private void putManifest(HttpExchange exchange, String repository, String reference) throws IOException {
        byte[] manifest = exchange.getRequestBody().readAllBytes();
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        Artifact artifact = state.artifacts.read(repository, Hashes.sha256(manifest), type, manifest);
        String tag = reference.startsWith("sha256:") ? "" : reference;
        Optional<ApiFault> refusal = state.refusal(repository, artifact, tag);
        if (refusal.isPresent()) {
            refuse(exchange, refusal.get());
            return;
        }
        HttpResponse<InputStream> answer = ask(exchange, BodyPublishers.ofByteArray(manifest));
        // Before the client has its answer, since it may look at once.
        if (answer.statusCode() == 201) {
            state.artifacts.pushed(repository, artifact, tag);
            events.pushed(repository, artifact.digest(), tag);
        }
        copy(exchange, answer);
    }

    private static void challenge(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"harbor\"");
        refuse(exchange, new ApiFault(401, "UNAUTHORIZED", "unauthorized to access repository"));
    }

    private static void refuse(HttpExchange exchange, ApiFault fault) throws IOException {
        exchange.getRequestBody().readAllBytes();
        ObjectNode json = ApiCall.JSON.createObjectNode();
        json.putArray("errors").addObject().put("code", fault.code()).put("message", fault.getMessage());
        byte[] bytes = json.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(fault.status(), head ? -1 : bytes.length);
        if (!head) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private static BodyPublisher body(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        if (exchange.getRequestHeaders().containsKey("Transfer-Encoding")) {
            return BodyPublishers.ofInputStream(exchange::getRequestBody);
        }
        long bytes = length == null ? 0 : Long.parseLong(length);
        return bytes == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(exchange::getRequestBody), bytes);
    }

    private void passOn(HttpExchange exchange, BodyPublisher body) throws IOException {
        copy(exchange, ask(exchange, body));
    }

    private HttpResponse<InputStream> ask(HttpExchange exchange, BodyPublisher body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        state.registry.uri().resolve(exchange.getRequestURI().toString()))
                .method(exchange.getRequestMethod(), body);
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        // So that places of uploads lead through this door, or that of the proxy before it.
        if (!exchange.getRequestHeaders().containsKey("X-Forwarded-Host")) {
            request.header(
                    "X-Forwarded-Host",
                    String.valueOf(exchange.getRequestHeaders().getFirst("Host")));
            request.header("X-Forwarded-Proto", "http");
        }
        try {
            return http.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("The double was closed.", e);
        }
    }

    private static void copy(HttpExchange exchange, HttpResponse<InputStream> answer) throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (!OWN.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        long length = answer.headers().firstValueAsLong("content-length").orElse(-1);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head && length >= 0) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        }
        boolean bodiless = head || length == 0 || answer.statusCode() == 204;
        exchange.sendResponseHeaders(answer.statusCode(), bodiless ? -1 : Math.max(0, length));
        try (InputStream in = answer.body()) {
            if (!bodiless) {
                in.transferTo(exchange.getResponseBody());
            }
        }
    }
}
