package io.espalier.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers everything that goes wrong in the one JSON form; nothing of an unexpected fault but an id leaves the door. */
final class FaultAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(FaultAnswers.class);
    private static final int MAX_SHOWN = 120;

    private final String door;
    private final int maxBodyBytes;
    private final String bodyTooLargeCode;

    FaultAnswers(DoorSettings settings) {
        this.door = settings.name();
        this.maxBodyBytes = settings.maxBodyBytes();
        this.bodyTooLargeCode = settings.bodyTooLargeCode();
    }

    void installIn(Router router) {
        router.route().failureHandler(this::failed);
        router.errorHandler(404, ctx -> send(ctx.response(), notFound(ctx)));
        router.errorHandler(405, ctx -> send(ctx.response(), methodNotAllowed(ctx, router)));
        router.errorHandler(500, this::failed);
    }

    private void failed(RoutingContext ctx) {
        HttpServerResponse response = ctx.response();
        if (response.ended() || response.headWritten()) {
            ctx.request().connection().close();
            return;
        }
        @Nullable Throwable failure = ctx.failure();
        if (response.closed() || failure instanceof HttpClosedException) {
            LOG.debug("Door {} lost a client in the middle of its request.", door);
            return;
        }
        if (failure instanceof HttpFault fault) {
            send(response, fault);
        } else if (ctx.statusCode() == 413) {
            send(response, tooLarge());
        } else if (ctx.statusCode() == 404) {
            send(response, notFound(ctx));
        } else if (ctx.statusCode() >= 400 && ctx.statusCode() < 500) {
            send(
                    response,
                    new HttpFault(
                            ctx.statusCode(),
                            "BAD_REQUEST",
                            "The request could not be read; check its headers and body."));
        } else {
            send(response, unexpected(ctx, failure));
        }
    }

    private HttpFault unexpected(RoutingContext ctx, @Nullable Throwable failure) {
        String id = UUID.randomUUID().toString().substring(0, 8);
        LOG.error(
                "Door {} failed at {} {} (id {}).",
                door,
                ctx.request().method(),
                shown(ctx.request().path()),
                id,
                failure);
        return new HttpFault(
                500,
                "INTERNAL_ERROR",
                "The request failed unexpectedly; the log has the reason under the id " + id + ".");
    }

    private HttpFault tooLarge() {
        return new HttpFault(
                        413,
                        bodyTooLargeCode,
                        "The request body is larger than the " + maxBodyBytes + " bytes allowed; send less at once.")
                .header("Connection", "close");
    }

    private static HttpFault notFound(RoutingContext ctx) {
        return new HttpFault(
                404,
                "UNKNOWN_PATH",
                "There is nothing at " + shown(ctx.request().path()) + "; check the path.");
    }

    private static HttpFault methodNotAllowed(RoutingContext ctx, Router router) {
        Set<String> allowed = allowedMethods(router, ctx.request().path());
        return new HttpFault(
                        405,
                        "METHOD_NOT_ALLOWED",
                        shown(ctx.request().method().name()) + " is not possible at "
                                + shown(ctx.request().path()) + "; use " + String.join(" or ", allowed) + ".")
                .header("Allow", String.join(", ", allowed));
    }

    private static Set<String> allowedMethods(Router router, @Nullable String path) {
        Set<String> allowed = new TreeSet<>();
        for (Route route : router.getRoutes()) {
            @Nullable String template = route.getPath();
            @Nullable Set<HttpMethod> methods = route.methods();
            if (template != null && methods != null && path != null && fits(template, path)) {
                methods.forEach(method -> allowed.add(method.name()));
            }
        }
        return allowed;
    }

    private static boolean fits(String template, String path) {
        List<String> names = List.of(template.split("/", -1));
        List<String> parts = List.of(path.split("/", -1));
        boolean fits = names.size() == parts.size();
        for (int i = 0; fits && i < names.size(); i++) {
            fits = names.get(i).startsWith(":") || names.get(i).equals(parts.get(i));
        }
        return fits;
    }

    /** What is not HTTP, or has lines and headers beyond the limits; it never reaches the router. */
    void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        HttpFault fault;
        if (cause instanceof TooLongHttpLineException) {
            fault = new HttpFault(
                    414,
                    "URI_TOO_LONG",
                    "The request line is longer than " + ServerOptions.MAX_LINE_BYTES + " bytes; use a shorter URI.");
        } else if (cause instanceof TooLongHttpHeaderException) {
            fault = new HttpFault(
                    431,
                    "HEADERS_TOO_LARGE",
                    "The request's headers are larger than " + ServerOptions.MAX_HEADER_BYTES
                            + " bytes; send fewer or shorter headers.");
        } else {
            fault = new HttpFault(
                    400, "BAD_REQUEST", "The request is not valid HTTP; check its first line and headers.");
        }
        send(request.response(), fault.header("Connection", "close"))
                .onComplete(sent -> request.connection().close());
    }

    private static io.vertx.core.Future<Void> send(HttpServerResponse response, HttpFault fault) {
        response.setStatusCode(fault.status()).putHeader("Content-Type", "application/json");
        fault.headers().forEach(response::putHeader);
        return response.end(
                JsonObject.of("code", fault.code(), "message", fault.sentence()).toBuffer());
    }

    private static String shown(@Nullable String text) {
        String shown = String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
        return shown.length() <= MAX_SHOWN ? shown : shown.substring(0, MAX_SHOWN) + "...";
    }
}
