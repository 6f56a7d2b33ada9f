package io.espalier.replication.rest;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.authority.ClusterMembership;
import io.espalier.replication.authority.JoinTokens;
import io.espalier.replication.control.PauseBoard;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.NodeConditions;
import io.espalier.replication.shell.Lifetime;
import io.espalier.replication.window.WindowRules;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /v1/nodes} and {@code /v1/tokens}. */
public final class NodeRoutes {
    private static final int MAX_TEXT_CHARS = 256;

    private final ClusterMembership members;
    private final JoinTokens tokens;
    private final Clock clock;
    private final PauseBoard pauses;
    private final NodeConditions conditions;
    private final WindowRules windows;
    private final JsonBody json = new JsonBody(MAX_TEXT_CHARS);
    private final Blocking blocking;

    public NodeRoutes(
            ClusterMembership members,
            JoinTokens tokens,
            Clock clock,
            PauseBoard pauses,
            NodeConditions conditions,
            WindowRules windows,
            Blocking blocking) {
        this.conditions = requireNonNull(conditions, "conditions is null");
        this.windows = requireNonNull(windows, "windows is null");
        this.blocking = requireNonNull(blocking, "blocking is null");
        this.pauses = requireNonNull(pauses, "pauses is null");
        this.members = requireNonNull(members, "members is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Adds the routes to a door's router. */
    public void addTo(Router router) {
        router.get("/v1/nodes").handler(this::list);
        router.delete("/v1/nodes/:id").handler(this::remove);
        router.post("/v1/tokens").handler(this::token);
        router.delete("/v1/tokens").handler(this::revokeTokens);
    }

    private void list(RoutingContext ctx) {
        Query.of(ctx);
        json.answer(
                ctx, 200, Map.of("nodes", members.all().stream().map(this::of).toList()));
    }

    private Map<String, Object> of(Member member) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", member.id().value());
        fields.put("master", member.master());
        fields.put("connected", member.connected());
        fields.put("paused", pauses.of(member.id()));
        fields.put(
                "windowOpens",
                windows.opensAt(member, clock.instant()).map(Object::toString).orElse(""));
        fields.put("problems", conditions.problems(member));
        fields.put("site", member.site());
        fields.put("host", member.host());
        fields.put("port", member.port());
        fields.put("registry", member.registry());
        fields.put("remoteAddress", member.remoteAddress());
        fields.put("joined", member.joined().toString());
        fields.put("lastSeen", member.lastSeen().toString());
        return fields;
    }

    private void remove(RoutingContext ctx) {
        Query.of(ctx);
        NodeId node = id(ctx);
        Member member = members.find(node).orElseThrow(() -> noSuchNode(node));
        if (member.master()) {
            throw new HttpFault(
                    409, "IS_MASTER", "Node '" + node + "' is the master, the root of every tree; it stays.");
        }
        blocking.run(
                ctx,
                () -> {
                    if (!members.remove(node)) {
                        throw noSuchNode(node);
                    }
                    return node;
                },
                removed -> ctx.response().setStatusCode(204).end());
    }

    private static HttpFault noSuchNode(NodeId node) {
        return new HttpFault(
                404, "NO_SUCH_NODE", "There is no node '" + node + "'; GET /v1/nodes lists those that are.");
    }

    private static NodeId id(RoutingContext ctx) {
        try {
            return new NodeId(requireNonNull(ctx.pathParam("id"), "the route has an id"));
        } catch (IllegalArgumentException unreadable) {
            throw Blocking.bad(unreadable);
        }
    }

    private void revokeTokens(RoutingContext ctx) {
        Query.of(ctx);
        blocking.run(
                ctx,
                () -> {
                    tokens.revokeAll();
                    return true;
                },
                done -> ctx.response().setStatusCode(204).end());
    }

    /** The body of {@code POST /v1/tokens}; both may be missing. */
    record TokenWish(@Nullable String ttl, @Nullable Integer uses) {}

    private void token(RoutingContext ctx) {
        Query.of(ctx);
        TokenWish wish = json.read(ctx, TokenWish.class);
        String ttl = wish.ttl();
        Integer uses = wish.uses();
        blocking.run(
                ctx,
                () -> {
                    Duration life = ttl == null ? JoinTokens.DEFAULT_LIFE : Lifetime.parse("field ttl", ttl);
                    int count = uses == null ? 1 : uses;
                    if (count > JoinTokens.MAX_USES) {
                        throw new IllegalArgumentException(
                                "A join token cannot have " + count + " uses; use 1 to " + JoinTokens.MAX_USES + ".");
                    }
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("token", tokens.create(life, count));
                    fields.put("uses", count);
                    fields.put("expires", clock.instant().plus(life).toString());
                    return fields;
                },
                fields -> {
                    ctx.response().putHeader("Cache-Control", "no-store");
                    json.answer(ctx, 201, fields);
                });
    }
}
