package io.espalier.registry.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.Base64;

/** A user and a password or robot secret; prints neither the secret nor its length. */
public record Credentials(String user, String secret) {
    public Credentials {
        requireNonNull(user, "user is null");
        requireNonNull(secret, "secret is null");
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("A registry's user name must not be empty or contain a colon.");
        }
    }

    /** The value of an Authorization header. To be sent to the host only that the credentials are for. */
    public String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return user + ":***";
    }
}
