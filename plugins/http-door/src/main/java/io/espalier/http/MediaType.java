package io.espalier.http;

import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The media type of a request body, without its parameters. */
public final class MediaType {
    private MediaType() {}

    /** The request's media type in lower case without parameters, or empty if it names none. */
    public static String of(RoutingContext ctx) {
        @Nullable String header = ctx.request().getHeader("Content-Type");
        if (header == null) {
            return "";
        }
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /**
     * Answers the request's media type if it is one of those.
     *
     * @throws HttpFault of status 415 that names them if it is not
     */
    public static String require(RoutingContext ctx, String... allowed) {
        String type = of(ctx);
        if (!List.of(allowed).contains(type)) {
            throw new HttpFault(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    (type.isEmpty()
                                    ? "The request names no Content-Type"
                                    : "The Content-Type '" + shortened(type) + "' is not known here")
                            + "; send " + String.join(" or ", allowed) + ".");
        }
        return type;
    }

    private static String shortened(String type) {
        return type.length() <= 80 ? type : type.substring(0, 80) + "...";
    }
}
