package io.espalier.harbor.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.Base64;

/** A user or robot and its secret; prints no secret. */
public record HarborLogin(String user, String secret) {
    public HarborLogin {
        requireNonNull(user, "user is null");
        requireNonNull(secret, "secret is null");
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("A Harbor's user must not be empty or contain a colon.");
        }
    }

    /** The value of an Authorization header. */
    public String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return user + ":***";
    }
}
