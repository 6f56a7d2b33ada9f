package io.espalier.replication.rest;

import static java.util.Objects.requireNonNull;

import io.espalier.http.HttpFault;
import io.espalier.replication.harbor.HarborHooks;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** {@code /v1/webhooks/harbor}. */
public final class HarborRoutes {
    private static final int AT_ONCE = 32;

    private final HarborHooks hooks;
    private final Blocking noting = new Blocking(AT_ONCE);

    public HarborRoutes(HarborHooks hooks) {
        this.hooks = requireNonNull(hooks, "hooks is null");
    }

    /** Adds the route to a door's router. */
    public void addTo(Router router) {
        router.post("/v1/webhooks/harbor").handler(this::heard);
    }

    private void heard(RoutingContext ctx) {
        Buffer body = ctx.body().buffer();
        byte[] bytes = body == null ? new byte[0] : body.getBytes();
        String authorization = ctx.request().getHeader("Authorization");
        // Not by the door's own thread: what was told of is noted on disk first.
        noting.run(ctx, () -> status(authorization, bytes), status -> ctx.response()
                .setStatusCode(status)
                .end());
    }

    private int status(@Nullable String authorization, byte[] body) {
        try {
            return switch (hooks.receive(authorization, body)) {
                case TAKEN -> 202;
                case FORBIDDEN ->
                    throw new HttpFault(
                            401,
                            "TOKEN_REFUSED",
                            "The webhook's token is missing or wrong; set the auth header of Harbor's webhook policy to the"
                                    + " setting webhook-token, word for word and not sealed.");
                case BUSY ->
                    throw new HttpFault(503, "BUSY", "Too many changes wait already; send the webhook again later.")
                            .header("Retry-After", "5");
                case ABSENT ->
                    throw new HttpFault(
                            503, "NO_HARBORS", "No Harbors are configured here; write etc/replication.harbor.json.");
            };
        } catch (IllegalArgumentException e) {
            throw new HttpFault(400, "NO_WEBHOOK", String.valueOf(e.getMessage()));
        }
    }
}
