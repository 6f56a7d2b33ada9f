package io.espalier.registry.http;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.auth.Access;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to be made, with what it is for. Immutable. */
public final class Call {
    private final String method;
    private final URI uri;
    private final Access access;
    private final String purpose;
    private final Map<String, String> headers;
    private final byte @Nullable [] body;
    private final @Nullable Duration limit;

    private Call(
            String method,
            URI uri,
            Access access,
            String purpose,
            Map<String, String> headers,
            byte @Nullable [] body,
            @Nullable Duration limit) {
        this.method = requireNonNull(method, "method is null");
        this.uri = requireNonNull(uri, "uri is null");
        this.access = requireNonNull(access, "access is null");
        this.purpose = requireNonNull(purpose, "purpose is null");
        this.headers = Map.copyOf(headers);
        this.body = body;
        this.limit = limit;
    }

    /**
     * A request without a body.
     *
     * @param purpose stands in messages after "Tried to", as {@code read the tags of team/app}
     */
    public static Call of(String method, URI uri, Access access, String purpose) {
        return new Call(method, uri, access, purpose, Map.of(), null, null);
    }

    /** The same with a header. */
    public Call with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Call(method, uri, access, purpose, more, body, limit);
    }

    /** The same with a body, which is not copied. */
    public Call sending(byte[] bytes) {
        return new Call(method, uri, access, purpose, headers, bytes, limit);
    }

    /** The same to another place. */
    public Call to(URI place) {
        return new Call(method, place, access, purpose, headers, body, limit);
    }

    /** The same with an own limit for the time until the answer begins, as while a registry hashes and stores a blob. */
    public Call within(Duration longest) {
        return new Call(method, uri, access, purpose, headers, body, requireNonNull(longest, "longest is null"));
    }

    /** The time until the answer must begin. */
    Duration limit(Duration otherwise) {
        return limit == null ? otherwise : limit;
    }

    String method() {
        return method;
    }

    URI uri() {
        return uri;
    }

    Access access() {
        return access;
    }

    /** What is tried, as it stands in messages after "Tried to". */
    public String purpose() {
        return purpose;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte @Nullable [] body() {
        return body;
    }
}
