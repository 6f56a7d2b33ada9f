package io.espalier.registry.endpoint;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A registry and how to talk to it. Immutable.
 *
 * @param uri scheme, host and port; a path before {@code /v2/} is kept
 * @param plainHttp whether http:// was allowed by name
 * @param credentials for this host; anonymous if none
 * @param authority a PEM file with certificates that are trusted besides the system's
 * @param userAgent what the client calls itself; a registry puts it into its notifications
 */
public record RegistryEndpoint(
        URI uri,
        boolean plainHttp,
        Optional<Credentials> credentials,
        Optional<Path> authority,
        Timeouts timeouts,
        RetryPolicy retry,
        String userAgent) {
    /** How the client calls itself if nothing else is said. */
    public static final String DEFAULT_USER_AGENT = "espalier-registry-client";

    public RegistryEndpoint {
        requireNonNull(uri, "uri is null");
        requireNonNull(credentials, "credentials is null");
        requireNonNull(authority, "authority is null");
        requireNonNull(timeouts, "timeouts is null");
        requireNonNull(retry, "retry is null");
        requireNonNull(userAgent, "userAgent is null");
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (uri.getHost() == null
                || uri.getRawUserInfo() != null
                || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException("Not a registry's address: " + withoutUser(uri)
                    + ". Write https://host or https://host:port, credentials apart.");
        }
        if (scheme.equals("http") && !plainHttp) {
            throw new IllegalArgumentException("The registry " + withoutUser(uri)
                    + " would be reached without TLS; allow plain HTTP for it by name, or use https.");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("The registry's address " + withoutUser(uri)
                    + " has a query or fragment; write scheme, host and port alone.");
        }
        if (!userAgent.matches("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?")) {
            throw new IllegalArgumentException("The user agent must be printable ASCII.");
        }
    }

    /** A registry with TLS, anonymous, trusting the system's authorities. */
    public static RegistryEndpoint of(URI uri) {
        return create(uri, false);
    }

    /** A registry that may be reached without TLS. */
    public static RegistryEndpoint allowingPlainHttp(URI uri) {
        return create(uri, true);
    }

    /** The same with these credentials. */
    public RegistryEndpoint as(Credentials login) {
        return new RegistryEndpoint(uri, plainHttp, Optional.of(login), authority, timeouts, retry, userAgent);
    }

    /** The same trusting the certificates in this PEM file too. */
    public RegistryEndpoint trusting(Path file) {
        return new RegistryEndpoint(uri, plainHttp, credentials, Optional.of(file), timeouts, retry, userAgent);
    }

    /** The same with other time limits. */
    public RegistryEndpoint within(Timeouts limits) {
        return new RegistryEndpoint(uri, plainHttp, credentials, authority, limits, retry, userAgent);
    }

    /** The same with other retries. */
    public RegistryEndpoint retrying(RetryPolicy policy) {
        return new RegistryEndpoint(uri, plainHttp, credentials, authority, timeouts, policy, userAgent);
    }

    /** The same under another name. */
    public RegistryEndpoint callingItself(String agent) {
        return new RegistryEndpoint(uri, plainHttp, credentials, authority, timeouts, retry, agent);
    }

    private static RegistryEndpoint create(URI uri, boolean plainHttp) {
        return new RegistryEndpoint(
                uri,
                plainHttp,
                Optional.empty(),
                Optional.empty(),
                Timeouts.DEFAULT,
                RetryPolicy.DEFAULT,
                DEFAULT_USER_AGENT);
    }

    private static String withoutUser(URI uri) {
        return uri.getRawUserInfo() == null ? uri.toString() : uri.getScheme() + "://***@" + uri.getHost();
    }
}
