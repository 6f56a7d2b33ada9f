package io.espalier.engine.check;

import static java.util.Objects.requireNonNull;

/** What an engine shows to a registry; prints no password. */
public record RegistryLogin(String host, String user, String password) {
    public RegistryLogin {
        requireNonNull(host, "host is null");
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
    }

    @Override
    public String toString() {
        return user + ":***@" + host;
    }
}
