package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.espalier.testkit.harbor.Accounts.Account;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request to {@code /api/v2.0} and its answer. */
final class ApiCall {
    static final String BASE = "/api/v2.0";
    static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ON_A_PAGE = 100;

    private final HttpExchange exchange;
    private final Optional<Account> account;
    private final List<String> path;
    private final Map<String, String> query = new LinkedHashMap<>();

    ApiCall(HttpExchange exchange, Optional<Account> account) {
        this.exchange = exchange;
        this.account = account;
        URI uri = exchange.getRequestURI();
        // Decoded once before it is cut: a repository's slash survives only if it was encoded twice.
        String decoded = URLDecoder.decode(uri.getRawPath().replace("+", "%2B"), UTF_8);
        this.path = Arrays.asList(decoded.substring(BASE.length() + 1).split("/", -1));
        String raw = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        for (String pair : raw.split("&", -1)) {
            String[] both = pair.split("=", 2);
            query.put(URLDecoder.decode(both[0], UTF_8), both.length < 2 ? "" : URLDecoder.decode(both[1], UTF_8));
        }
    }

    /** Whether method and path are so; {@code *} stands for any one part. */
    boolean is(String method, String... pattern) {
        if (!exchange.getRequestMethod().equals(method) || pattern.length != path.size()) {
            return false;
        }
        for (int i = 0; i < pattern.length; i++) {
            if (!pattern[i].equals("*") && !pattern[i].equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    String part(int at) {
        return path.get(at);
    }

    /** A part that is a repository's name, which was encoded twice. */
    String repository(int at) {
        return URLDecoder.decode(path.get(at), UTF_8);
    }

    long id(int at) {
        try {
            return Long.parseLong(path.get(at));
        } catch (NumberFormatException e) {
            throw new ApiFault(
                    422, "UNPROCESSABLE_ENTITY", "id in path must be of type int64: \"" + path.get(at) + "\"");
        }
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    boolean flag(String name) {
        return query(name).map("true"::equals).orElse(false);
    }

    @Nullable
    String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    Optional<Account> account() {
        return account;
    }

    /** Answers 401 to nobody and 403 to who may not. */
    void need(String permission) {
        Account who = account.orElseThrow(() -> new ApiFault(401, "UNAUTHORIZED", "unauthorized"));
        if (!who.may(permission)) {
            throw new ApiFault(403, "FORBIDDEN", "forbidden: " + permission);
        }
    }

    ObjectNode body() {
        try {
            JsonNode read = JSON.readTree(exchange.getRequestBody().readAllBytes());
            if (read instanceof ObjectNode object) {
                return object;
            }
            throw new ApiFault(422, "UNPROCESSABLE_ENTITY", "the body must be an object");
        } catch (JsonProcessingException e) {
            throw new ApiFault(422, "UNPROCESSABLE_ENTITY", "parsing body failed: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ApiFault.badRequest("the body could not be read");
        }
    }

    void answer(int status, JsonNode json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        send(status, json.toString().getBytes(UTF_8));
    }

    void text(String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        send(200, text.getBytes(UTF_8));
    }

    /** 201 without a body; the place is relative. */
    void created(String place) throws IOException {
        exchange.getResponseHeaders().set("Location", BASE + place);
        send(201, new byte[0]);
    }

    void empty(int status) throws IOException {
        send(status, new byte[0]);
    }

    void fault(ApiFault fault) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("errors").addObject().put("code", fault.code()).put("message", fault.getMessage());
        answer(fault.status(), json);
    }

    /** One page of these, with the count of all. */
    void page(List<? extends JsonNode> all) throws IOException {
        int size = Math.min(
                MOST_ON_A_PAGE, query("page_size").map(Integer::parseInt).orElse(10));
        int page = query("page").map(Integer::parseInt).orElse(1);
        if (page < 1 || size < 1) {
            throw new ApiFault(422, "UNPROCESSABLE_ENTITY", "page and page_size must be 1 or more");
        }
        ArrayNode items = JSON.createArrayNode();
        all.stream().skip((page - 1L) * size).limit(size).forEach(items::add);
        exchange.getResponseHeaders().set("X-Total-Count", Integer.toString(all.size()));
        if ((long) page * size < all.size()) {
            exchange.getResponseHeaders()
                    .set(
                            "Link",
                            "<" + exchange.getRequestURI().getRawPath() + "?page=" + (page + 1) + ">; rel=\"next\"");
        }
        answer(200, items);
    }

    private void send(int status, byte[] body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String asked = header("X-Request-Id");
        exchange.getResponseHeaders()
                .set("X-Request-Id", asked == null ? UUID.randomUUID().toString() : asked);
        // A client that keeps it runs into the check of CSRF tokens.
        exchange.getResponseHeaders().set("Set-Cookie", "sid=" + UUID.randomUUID() + "; Path=/; HttpOnly");
        boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
        if (!bodiless) {
            exchange.getResponseBody().write(body);
        }
    }
}
