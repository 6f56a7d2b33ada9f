package io.espalier.replication.rest;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.control.AuditTrail;
import io.espalier.replication.control.ControlPolicy;
import io.espalier.replication.store.ControlStore.RequestRow;
import io.espalier.replication.store.ControlStore.RuleRow;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /v1/control/rules} and {@code /v1/control/requests}. */
public final class ControlRoutes {
    private static final int MAX_TEXT_CHARS = 256;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST_REQUESTS = 10_000;
    private static final int MAX_GLOBS = 100;

    private final ControlPolicy policy;
    private final AuditTrail audit;
    private final JsonBody json = new JsonBody(MAX_TEXT_CHARS);
    private final Blocking blocking;

    public ControlRoutes(ControlPolicy policy, AuditTrail audit, Blocking blocking) {
        this.policy = requireNonNull(policy, "policy is null");
        this.audit = requireNonNull(audit, "audit is null");
        this.blocking = requireNonNull(blocking, "blocking is null");
    }

    /** Adds the routes to a door's router. */
    public void addTo(Router router) {
        router.get("/v1/control/rules").handler(this::rules);
        router.post("/v1/control/rules").handler(this::grant);
        router.delete("/v1/control/rules/:id").handler(this::revoke);
        router.get("/v1/control/requests").handler(this::requests);
    }

    private void rules(RoutingContext ctx) {
        Query.of(ctx);
        json.answer(
                ctx,
                200,
                Map.of("rules", policy.rules().stream().map(ControlRoutes::of).toList()));
    }

    private static Map<String, @Nullable Object> of(RuleRow rule) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", rule.id());
        fields.put("node", rule.node());
        fields.put("actions", List.of(rule.actions().split(",", -1)));
        fields.put("target", rule.target());
        fields.put("repositories", List.of(rule.repositories().split(",", -1)));
        fields.put(
                "made", rule.made().equals(Instant.EPOCH) ? null : rule.made().toString());
        return fields;
    }

    /** The body of {@code POST /v1/control/rules}; without a target it is the node itself, without repositories all. */
    record Grant(
            @Nullable String node,
            @Nullable List<String> actions,
            @Nullable String target,
            @Nullable List<String> repositories) {}

    private void grant(RoutingContext ctx) {
        Query.of(ctx);
        Grant wish = json.read(ctx, Grant.class);
        String node = wish.node();
        List<String> actions = requireNonNullElse(wish.actions(), List.of());
        List<String> repositories = requireNonNullElse(wish.repositories(), List.of());
        if (node == null || actions.isEmpty()) {
            throw new HttpFault(400, "WRONG_FIELD", "A rule needs the fields 'node' and 'actions'; send both.");
        }
        if (repositories.size() > MAX_GLOBS || repositories.stream().anyMatch(glob -> glob.indexOf(',') >= 0)) {
            throw new HttpFault(
                    400, "WRONG_FIELD", "The field 'repositories' has at most " + MAX_GLOBS + " globs without commas.");
        }
        blocking.run(
                ctx,
                () -> policy.grant(node, actions, requireNonNullElse(wish.target(), "self"), repositories),
                rule -> json.answer(ctx, 201, of(rule)));
    }

    private void revoke(RoutingContext ctx) {
        Query.of(ctx);
        String id = requireNonNull(ctx.pathParam("id"), "the route has an id");
        blocking.run(
                ctx,
                () -> {
                    if (!policy.revoke(id)) {
                        throw new HttpFault(
                                404,
                                "NO_SUCH_RULE",
                                "There is no such rule; GET /v1/control/rules lists those that are.");
                    }
                    return id;
                },
                gone -> ctx.response().setStatusCode(204).end());
    }

    private void requests(RoutingContext ctx) {
        Query query = Query.of(ctx, "node", "limit");
        int limit = query.whole("limit", MOST_REQUESTS, DEFAULT_LIMIT);
        blocking.run(
                ctx,
                () -> {
                    Optional<NodeId> node = query.text("node").map(NodeId::new);
                    return audit.latest(node, limit).stream()
                            .map(ControlRoutes::of)
                            .toList();
                },
                rows -> json.answer(ctx, 200, Map.of("requests", rows)));
    }

    private static Map<String, @Nullable Object> of(RequestRow row) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", row.id());
        fields.put("asked", row.asked().toString());
        fields.put("node", row.node());
        fields.put("action", row.action());
        fields.put("target", row.target());
        fields.put("subject", row.subject());
        fields.put("granted", row.granted());
        fields.put("reason", row.reason());
        fields.put("outcome", row.outcome().isEmpty() ? null : row.outcome());
        fields.put("answer", row.answer().isEmpty() ? null : row.answer());
        fields.put("answered", row.answered().map(Instant::toString).orElse(null));
        return fields;
    }
}
