package io.espalier.testkit.registry;

import static java.util.Objects.requireNonNull;

import io.espalier.kafka.embedded.LoopbackPorts;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to start a docker-registry. Immutable; made by {@link RegistryServer#in}.
 *
 * @param folder its configuration and, below it, its storage
 * @param host the address it listens on, loopback if not said otherwise
 * @param port kept over restarts
 * @param user name of the only user (htpasswd), with {@code password}
 * @param tokens the token server it trusts, instead of a user
 * @param authority the private authority that issues its certificate; none for plain HTTP
 * @param listeners who is told about pushes
 * @param delete whether manifests and blobs may be deleted
 * @param blobCache whether blob descriptors are cached in memory, as in Debian's configuration
 * @param prefix words before the command, as {@code ip netns exec name}
 */
public record RegistryPlan(
        Path folder,
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        @Nullable TokenServer tokens,
        @Nullable TestAuthority authority,
        List<Listener> listeners,
        boolean delete,
        boolean blobCache,
        List<String> prefix) {

    /** A receiver of notifications, with headers that the registry sends along. */
    public record Listener(URI uri, Map<String, String> headers) {
        public Listener {
            requireNonNull(uri, "uri is null");
            headers = Map.copyOf(headers);
        }
    }

    static RegistryPlan plain(Path folder) {
        return new RegistryPlan(
                requireNonNull(folder, "folder is null"),
                "127.0.0.1",
                LoopbackPorts.free(),
                null,
                null,
                null,
                null,
                List.of(),
                true,
                true,
                List.of());
    }

    /** Asks for this user and password (htpasswd with bcrypt). */
    public RegistryPlan withUser(String name, String secret) {
        return new RegistryPlan(
                folder, host, port, name, secret, null, authority, listeners, delete, blobCache, prefix);
    }

    /** Trusts this token server and sends clients to it. */
    public RegistryPlan withTokens(TokenServer server) {
        return new RegistryPlan(
                folder, host, port, null, null, server, authority, listeners, delete, blobCache, prefix);
    }

    /** Speaks TLS with a certificate of this authority. */
    public RegistryPlan withTls(TestAuthority issuer) {
        return new RegistryPlan(
                folder, host, port, user, password, tokens, issuer, listeners, delete, blobCache, prefix);
    }

    /** Tells one more listener about pushes; the headers go along. */
    public RegistryPlan notifying(URI uri, Map<String, String> headers) {
        List<Listener> more = new ArrayList<>(listeners);
        more.add(new Listener(uri, headers));
        return new RegistryPlan(
                folder, host, port, user, password, tokens, authority, List.copyOf(more), delete, blobCache, prefix);
    }

    /** Refuses deletes. */
    public RegistryPlan withoutDelete() {
        return new RegistryPlan(
                folder, host, port, user, password, tokens, authority, listeners, false, blobCache, prefix);
    }

    /** Looks at the disk for each blob. */
    public RegistryPlan withoutBlobCache() {
        return new RegistryPlan(
                folder, host, port, user, password, tokens, authority, listeners, delete, false, prefix);
    }

    /** Listens on this address and port, started by a command behind these words (as {@code ip netns exec name}). */
    public RegistryPlan listeningOn(String address, int fixedPort, String... commandPrefix) {
        return new RegistryPlan(
                folder,
                address,
                fixedPort,
                user,
                password,
                tokens,
                authority,
                listeners,
                delete,
                blobCache,
                List.of(commandPrefix));
    }

    /** Starts it and waits until it listens. */
    public RegistryServer start() {
        RegistryServer server = new RegistryServer(this);
        server.start();
        return server;
    }
}
