package io.espalier.replication.rest.removals;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.http.JsonBody;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.NodePreview;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalView;
import io.espalier.replication.removal.Removals;
import io.espalier.replication.rest.Blocking;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /v1/removals} of the controller's door. */
public final class RemovalRoutes {
    private static final int MAX_TEXT_CHARS = 4_096;
    private static final int AT_ONCE = 2;
    private static final int MOST_LISTED = 1_000;

    private final Function<String, Removals> removals;
    private final boolean ownMachineAlone;
    private final Blocking blocking;
    /** Nodes may let a dry run wait, so that more would take all of a door's four workers. */
    private final Blocking asking = new Blocking(AT_ONCE);

    private final JsonBody json = new JsonBody(MAX_TEXT_CHARS);

    /**
     * Routes.
     *
     * @param removals by the address of who asks; throws IllegalStateException with a sentence while there are none
     * @param ownMachineAlone whether nobody else reaches the door, which asks for no password
     */
    public RemovalRoutes(Function<String, Removals> removals, boolean ownMachineAlone, Blocking blocking) {
        this.ownMachineAlone = ownMachineAlone;
        this.removals = requireNonNull(removals, "removals is null");
        this.blocking = requireNonNull(blocking, "blocking is null");
    }

    /** Adds the routes to a door's router. */
    public void addTo(Router router) {
        router.get("/v1/removals").handler(this::list);
        router.post("/v1/removals*").handler(this::requireOwnMachine);
        router.post("/v1/removals").handler(this::remove);
        router.post("/v1/removals/:id/confirm")
                .handler(ctx -> decide(ctx, id -> removals(ctx).confirm(id)));
        router.post("/v1/removals/:id/reject")
                .handler(ctx -> decide(ctx, id -> removals(ctx).reject(id)));
    }

    private void requireOwnMachine(RoutingContext ctx) {
        if (!ownMachineAlone) {
            throw new HttpFault(
                    403,
                    "NOT_HERE",
                    "Removals are decided on the master itself, since this door asks for no password; use image:removals and"
                            + " image:remove there.");
        }
        ctx.next();
    }

    private Removals removals(RoutingContext ctx) {
        SocketAddress from = ctx.request().remoteAddress();
        return removals.apply(from == null ? "unknown" : String.valueOf(from.hostAddress()));
    }

    private void list(RoutingContext ctx) {
        blocking.run(ctx, () -> listed(removals(ctx)), answer -> json.answer(ctx, 200, answer));
    }

    private static Map<String, Object> listed(Removals removals) {
        return Map.of(
                "removals",
                removals.list(MOST_LISTED).stream().map(RemovalRoutes::view).toList(),
                "undecided",
                removals.undecided());
    }

    private void remove(RoutingContext ctx) {
        RemovalRequest request = json.read(ctx, RemovalRequest.class);
        ImageName name = name(request);
        Optional<RemovalMode> mode = mode(request.mode());
        boolean dryRun = Boolean.TRUE.equals(request.dryRun());
        asking.run(
                ctx,
                () -> removed(removals(ctx), name, mode, dryRun),
                answer -> json.answer(ctx, dryRun ? 200 : 202, answer));
    }

    private static Map<String, Object> removed(
            Removals removals, ImageName name, Optional<RemovalMode> mode, boolean dryRun) {
        try {
            return dryRun
                    ? Map.of(
                            "nodes",
                            removals.preview(name, mode).stream()
                                    .map(RemovalRoutes::preview)
                                    .toList())
                    : Map.of("answer", removals.remove(name, mode));
        } catch (ImageException e) {
            throw fault(e);
        }
    }

    /** What an operator decides about a removal. */
    @FunctionalInterface
    private interface Decision {
        String make(String id) throws ImageException;
    }

    private void decide(RoutingContext ctx, Decision decision) {
        String id = String.valueOf(ctx.pathParam("id"));
        blocking.run(ctx, () -> answer(decision, id), answer -> json.answer(ctx, 200, Map.of("answer", answer)));
    }

    private static String answer(Decision decision, String id) {
        try {
            return decision.make(id);
        } catch (ImageException e) {
            throw fault(e);
        }
    }

    private static ImageName name(RemovalRequest request) {
        if (request.repository() == null || request.tag() == null) {
            throw new HttpFault(400, "NO_IMAGE", "The request names no 'repository' and 'tag'; send both.");
        }
        try {
            return new ImageName(request.repository(), request.tag());
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "WRONG_NAME", String.valueOf(e.getMessage()));
        }
    }

    private static Optional<RemovalMode> mode(@Nullable String word) {
        try {
            return word == null ? Optional.empty() : Optional.of(RemovalMode.parse(word));
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "WRONG_MODE", "The mode '" + word + "' is none; send untag or delete.");
        }
    }

    private static HttpFault fault(ImageException e) {
        return switch (e.code()) {
            case NOT_FOUND -> new HttpFault(404, "NO_SUCH_IMAGE", e.sentence());
            case REFUSED -> new HttpFault(409, "NOT_REMOVED", e.sentence());
            case UNREADABLE -> new HttpFault(502, "REGISTRY_TROUBLE", e.sentence());
        };
    }

    private static Map<String, Object> view(RemovalView view) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", view.id());
        json.put("repository", view.image().repository());
        json.put("tag", view.image().reference());
        json.put("digest", view.digest());
        json.put("state", view.state().name().toLowerCase(Locale.ROOT));
        json.put("byHand", view.byHand());
        json.put("reason", view.reason());
        json.put("seen", view.seen().toString());
        json.put("due", view.due().map(Object::toString).orElse(""));
        json.put("nodes", view.nodes().stream().map(RemovalRoutes::part).toList());
        return json;
    }

    private static Map<String, Object> part(RemovalView.Part part) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", part.node().value());
        json.put("connected", part.connected());
        json.put("outcome", part.outcome().toLowerCase(Locale.ROOT));
        json.put("sentence", part.sentence());
        json.put("tries", part.tries());
        return json;
    }

    private static Map<String, Object> preview(NodePreview preview) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", preview.node().value());
        json.put("outcome", preview.outcome().toLowerCase(Locale.ROOT));
        json.put("tags", preview.tags());
        json.put("manifests", preview.manifests());
        json.put("sentence", preview.sentence());
        return json;
    }
}
