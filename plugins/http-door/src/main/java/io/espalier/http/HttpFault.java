package io.espalier.http;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A refusal that a handler throws, or hands to {@code RoutingContext.fail}: the door answers it as
 * {@code {"code":"UPPER_SNAKE","message":"sentence"}} with the status and headers.
 *
 * <p>It is an answer, not a malfunction, so it carries no stack trace and is not logged.
 */
public final class HttpFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Map<String, String> headers;

    /**
     * @param status 400 to 599
     * @param code upper case with underscores, stable, for programs
     * @param sentence for people: what was tried, why it failed, what to do
     */
    public HttpFault(int status, String code, String sentence) {
        this(status, code, sentence, Map.of());
    }

    private HttpFault(int status, String code, String sentence, Map<String, String> headers) {
        super(requireNonNull(sentence, "sentence is null"), null, false, false);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status is " + status + "; a fault has 400 to 599.");
        }
        this.status = status;
        this.code = requireNonNull(code, "code is null");
        this.headers = headers;
    }

    /** The same fault with one more response header. */
    public HttpFault header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpFault(status, code, sentence(), more);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    Map<String, String> headers() {
        return headers;
    }
}
