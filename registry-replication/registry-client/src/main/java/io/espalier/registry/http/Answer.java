package io.espalier.registry.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/** An answer whose body was read whole. */
public final class Answer {
    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;
    private final URI uri;

    Answer(int status, HttpHeaders headers, byte[] body, URI uri) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.uri = uri;
    }

    public int status() {
        return status;
    }

    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    HttpHeaders headers() {
        return headers;
    }

    /** Not copied. */
    public byte[] body() {
        return body;
    }

    /** Where it came from, after redirects. */
    public URI uri() {
        return uri;
    }
}
