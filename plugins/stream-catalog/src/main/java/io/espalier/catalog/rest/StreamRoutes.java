package io.espalier.catalog.rest;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.catalog.definition.DraftReader;
import io.espalier.catalog.definition.StreamDraft;
import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.StreamCatalog;
import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/streams} and {@code /v1/streams/{id}} (docs/streams.md). Reads answer on the event loop from memory, so they go
 * on while changes wait for Kafka or the database.
 */
public final class StreamRoutes {
    /** The longest text in a body; a longer one is refused before the field is known. */
    private static final int MAX_TEXT_CHARS = 16_384;

    private static final int MAX_PAGE = 1_000;
    private static final int DEFAULT_PAGE = 100;

    private final StreamCatalog catalog;
    private final ChangeQueue changes;
    private final JsonBody json = new JsonBody(MAX_TEXT_CHARS);

    /** @param maxChanges creates, updates and deletes that run or wait at most */
    public StreamRoutes(StreamCatalog catalog, int maxChanges) {
        this.catalog = requireNonNull(catalog, "catalog is null");
        this.changes = new ChangeQueue(maxChanges);
    }

    /** Adds the routes to a door's router. */
    public void addTo(Router router) {
        router.get("/v1/streams").handler(this::list);
        router.post("/v1/streams").handler(this::create);
        router.get("/v1/streams/:id").handler(this::get);
        router.put("/v1/streams/:id").handler(this::update);
        router.delete("/v1/streams/:id").handler(this::delete);
    }

    private void list(RoutingContext ctx) {
        QueryParameters query = QueryParameters.of(ctx, "after", "limit");
        int limit = query.whole("limit", 1, MAX_PAGE, DEFAULT_PAGE);
        // One more than asked for shows whether there is a next page.
        json.answer(ctx, 200, StreamJson.page(catalog.list(query.text("after"), limit + 1), limit));
    }

    private void get(RoutingContext ctx) {
        QueryParameters.of(ctx);
        StreamId id = id(ctx);
        StreamDefinition found = catalog.directory().find(id).orElse(null);
        if (found == null) {
            throw CatalogFaults.of(StreamCatalog.noSuchStream(id));
        }
        answer(ctx, 200, found);
    }

    private void create(RoutingContext ctx) {
        QueryParameters.of(ctx);
        StreamDraft draft = DraftReader.read(StreamJson.fields(json.read(ctx, JsonNode.class)));
        changes.run(
                ctx,
                () -> {
                    try {
                        return catalog.create(draft);
                    } catch (CatalogException refused) {
                        throw CatalogFaults.of(refused);
                    }
                },
                created -> {
                    ctx.response().putHeader("Location", "/v1/streams/" + created.id());
                    answer(ctx, 201, created);
                });
    }

    private void update(RoutingContext ctx) {
        QueryParameters.of(ctx);
        StreamId id = id(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        Map<String, @Nullable Object> fields = StreamJson.fields(json.read(ctx, JsonNode.class));
        if (ifMatch.isGiven()) {
            takeVersion(id, ifMatch, fields);
        }
        StreamDraft draft = DraftReader.read(fields);
        changes.run(
                ctx,
                () -> {
                    try {
                        return catalog.update(id, draft);
                    } catch (CatalogException refused) {
                        throw CatalogFaults.of(refused, ifMatch.staleStatus());
                    }
                },
                updated -> answer(ctx, 200, updated));
    }

    private void takeVersion(StreamId id, IfMatch ifMatch, Map<String, @Nullable Object> fields) {
        OptionalLong wanted = ifMatch.version();
        long version = wanted.isPresent()
                ? wanted.getAsLong()
                : catalog.directory().find(id).map(StreamDefinition::version).orElse(1L);
        @Nullable Object written = fields.putIfAbsent("version", version);
        if (written instanceof Number number && wanted.isPresent() && number.longValue() != version) {
            throw new HttpFault(
                    400,
                    "BAD_IF_MATCH",
                    "The body's version is " + number + " but If-Match says " + version
                            + "; send one of them, or both alike.");
        }
    }

    private void delete(RoutingContext ctx) {
        boolean withTopic = QueryParameters.of(ctx, "deleteTopic").flag("deleteTopic");
        StreamId id = id(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        changes.run(
                ctx,
                () -> {
                    try {
                        catalog.delete(id, ifMatch.version(), withTopic);
                        return id;
                    } catch (CatalogException refused) {
                        throw CatalogFaults.of(refused, ifMatch.staleStatus());
                    }
                },
                deleted -> ctx.response().setStatusCode(204).end());
    }

    private void answer(RoutingContext ctx, int status, StreamDefinition definition) {
        ctx.response().putHeader("ETag", StreamJson.etag(definition.version()));
        json.answer(ctx, status, StreamJson.of(definition));
    }

    private static StreamId id(RoutingContext ctx) {
        try {
            return StreamId.parse(requireNonNull(ctx.pathParam("id"), "the route has an id"));
        } catch (IllegalArgumentException unreadable) {
            throw new HttpFault(400, "BAD_STREAM_ID", String.valueOf(unreadable.getMessage()));
        }
    }
}
