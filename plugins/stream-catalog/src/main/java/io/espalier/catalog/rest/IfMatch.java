package io.espalier.catalog.rest;

import io.espalier.http.HttpFault;
import io.vertx.ext.web.RoutingContext;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The version that a request is meant for.
 *
 * @param isGiven whether the header is there
 * @param version the version, or empty for {@code *}: any
 */
record IfMatch(boolean isGiven, OptionalLong version) {
    private static final Pattern ETAG = Pattern.compile("\"([1-9][0-9]{0,17})\"");

    static IfMatch of(RoutingContext ctx) {
        @Nullable String header = ctx.request().getHeader("If-Match");
        if (header == null) {
            return new IfMatch(false, OptionalLong.empty());
        }
        if (header.strip().equals("*")) {
            return new IfMatch(true, OptionalLong.empty());
        }
        Matcher etag = ETAG.matcher(header.strip());
        if (!etag.matches()) {
            throw new HttpFault(
                    400,
                    "BAD_IF_MATCH",
                    "The header If-Match cannot be read; send the ETag of the stream as it was answered, as in \"3\", or *.");
        }
        return new IfMatch(true, OptionalLong.of(Long.parseLong(etag.group(1))));
    }

    /** The status for a version that is no longer the current one. */
    int staleStatus() {
        return isGiven ? 412 : 409;
    }
}
