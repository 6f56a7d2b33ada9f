package io.espalier.registry.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

    /**
     * Reads what comes first of the body. A body that is not longer is then at its end, so that its connection can be used again;
     * what cannot be read counts as the end, for the status alone says enough.
     */
    byte[] beginning(int mostBytes) {
        try {
            return body.readNBytes(mostBytes);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** Ends the connection if the body was not read to its end. */
    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The body of an answer does not close.", e);
        }
    }
}
