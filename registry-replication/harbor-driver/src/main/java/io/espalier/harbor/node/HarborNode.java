package io.espalier.harbor.node;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A Harbor of the cluster.
 *
 * @param name its name in the cluster, part of the names of what is made for it
 * @param uri scheme, host and port; the other Harbors reach it by the same
 * @param site the operator's label for where it stands; empty when not given
 * @param insecure whether its certificate is not checked, by us and by the Harbor above it
 * @param authority a PEM file with the authority of its certificate
 */
public record HarborNode(
        String name, URI uri, HarborLogin login, String site, boolean insecure, Optional<Path> authority) {
    public HarborNode {
        requireNonNull(name, "name is null");
        requireNonNull(uri, "uri is null");
        requireNonNull(login, "login is null");
        requireNonNull(site, "site is null");
        requireNonNull(authority, "authority is null");
        if (!name.matches("[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?")) {
            throw new IllegalArgumentException("The name of a Harbor is '" + name
                    + "'; use 1 to 63 lower-case letters, digits, '.' and '-', a letter or digit first and last.");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null
                || uri.getRawUserInfo() != null
                || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException("The address of the Harbor '" + name
                    + "' is none; write https://host or https://host:port, credentials apart.");
        }
        if ((uri.getRawPath() != null
                        && !uri.getRawPath().isEmpty()
                        && !uri.getRawPath().equals("/"))
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("The address " + uri + " of the Harbor '" + name
                    + "' has a path; write scheme, host and port alone, since Harbor's API is below its root.");
        }
    }

    /** A Harbor without a site, whose certificate the system trusts. */
    public static HarborNode of(String name, URI uri, String user, String secret) {
        return new HarborNode(name, uri, new HarborLogin(user, secret), "", false, Optional.empty());
    }

    /** The address as it is told to others: no slash at its end. */
    public String url() {
        String text = uri.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** Whether this address of a registry is that of this Harbor. */
    public boolean serves(URI registry) {
        return registry.getHost() != null
                && registry.getHost().equalsIgnoreCase(uri.getHost())
                && port(registry) == port(uri);
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "http".equalsIgnoreCase(address.getScheme()) ? 80 : 443;
    }
}
