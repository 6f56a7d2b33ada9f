package io.espalier.registry.http;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/** An answer whose body is still to be read; close it. */
public record StreamedAnswer(int status, HttpHeaders headers, InputStream body, URI uri) implements AutoCloseable {
    public StreamedAnswer {
        requireNonNull(headers, "headers is null");
        requireNonNull(body, "body is null");
        requireNonNull(uri, "uri is null");
    }

    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** Ends the connection if the body was not read to its end. */
    @Override
    public void close() {
        try {
            body.close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException("The body of an answer does not close.", e);
        }
    }
}
