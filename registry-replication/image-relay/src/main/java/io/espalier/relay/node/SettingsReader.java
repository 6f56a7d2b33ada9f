package io.espalier.relay.node;

import io.espalier.embedded.node.EmbeddedSettings;
import io.espalier.registry.endpoint.Credentials;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.control.MasterAddress;
import io.espalier.relay.identity.JoinToken;
import io.espalier.relay.protocol.NodeCapacity;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.seal.CredentialSeal;
import io.espalier.relay.seal.SealException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a node's settings and finds all that is wrong with them at once. For one use. */
public final class SettingsReader {
    /** What the relay calls itself at registries, which put it into their notifications. */
    public static final String USER_AGENT = "espalier-image-relay";

    private static final String EMBEDDED = "embedded";
    static final long MIN_SPOOL_BYTES = 16L * Transfer.MAX_CHUNK_BYTES;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_SITE_CHARS = 100;

    private final RelayTexts texts;
    private final Path folder;
    private final List<String> problems = new ArrayList<>();

    private SettingsReader(RelayTexts texts, Path folder) {
        this.texts = texts;
        this.folder = folder;
    }

    /** The file of the key that seals credentials, below a node's folder. */
    public static Path sealKey(Path folder) {
        return folder.resolve("credentials.key");
    }

    /**
     * Reads all settings.
     *
     * @param folder the node's own, as {@code data/relay}
     * @param version of this program
     * @throws RelayException that names every problem
     */
    public static RelaySettings read(RelayTexts texts, Path folder, String version) throws RelayException {
        SettingsReader reader = new SettingsReader(texts, folder);
        Optional<RelaySettings> settings = reader.settings(version);
        if (settings.isEmpty() || !reader.problems.isEmpty()) {
            throw new RelayException("The configuration image.relay has " + reader.problems.size() + " problem"
                    + (reader.problems.size() == 1 ? "" : "s") + ": " + String.join(" ", reader.problems));
        }
        return settings.get();
    }

    private Optional<RelaySettings> settings(String version) {
        String host = host();
        NodeId node = node(host);
        String bind = bind(host);
        MasterAddress master = master();
        JoinToken token = token();
        EmbeddedSettings store = isEmbedded() ? store(host) : null;
        RegistryEndpoint registry = store == null ? registry() : address(store);
        NodeCapacity capacity = capacity();
        checkNumbers();
        if (node == null || registry == null) {
            return Optional.empty();
        }
        return Optional.of(new RelaySettings(
                node,
                host,
                bind,
                texts.port(),
                Optional.ofNullable(master),
                Optional.ofNullable(token),
                texts.site(),
                registry,
                folder,
                texts.spoolBytes(),
                capacity,
                texts.insecurePlainHttp(),
                version,
                Optional.ofNullable(store)));
    }

    private String host() {
        if (!texts.host().isBlank()) {
            String host = texts.host().strip();
            if (!host.matches("[A-Za-z0-9.:-]{1,253}")) {
                problems.add("'host' is '" + host + "', which is no domain name or address.");
            }
            return host;
        }
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            problems.add(
                    "'host' is empty and this machine does not know its own name; set 'host' to the domain name under"
                            + " which other nodes reach it.");
            return "localhost";
        }
    }

    private @Nullable NodeId node(String host) {
        String name = texts.name().isBlank()
                ? host.toLowerCase(Locale.ROOT).replace(':', '-')
                : texts.name().strip();
        try {
            return new NodeId(name);
        } catch (IllegalArgumentException e) {
            problems.add("'name': " + e.getMessage());
            return null;
        }
    }

    private String bind(String host) {
        if (!texts.bind().isBlank()) {
            return texts.bind().strip();
        }
        return isThisMachine(host) ? "127.0.0.1" : "0.0.0.0";
    }

    private @Nullable MasterAddress master() {
        if (texts.master().isBlank()) {
            return null;
        }
        try {
            return MasterAddress.parse(texts.master().strip(), texts.insecurePlainHttp());
        } catch (IllegalArgumentException e) {
            problems.add("'master': " + e.getMessage());
            return null;
        }
    }

    private @Nullable JoinToken token() {
        if (texts.joinToken().isBlank()) {
            return null;
        }
        try {
            return JoinToken.parse(texts.joinToken());
        } catch (IllegalArgumentException e) {
            problems.add("'join-token': " + e.getMessage());
            return null;
        }
    }

    private boolean isEmbedded() {
        return texts.registryUrl().strip().equals(EMBEDDED);
    }

    private @Nullable EmbeddedSettings store(String host) {
        String bind = texts.store().bind().isBlank()
                ? "127.0.0.1"
                : texts.store().bind().strip();
        String reached = bind.equals("0.0.0.0") || bind.equals("::") ? host : bind;
        try {
            return new EmbeddedSettings(
                    folder.resolve("store"),
                    reached,
                    bind,
                    texts.store().port(),
                    texts.store().bytes());
        } catch (IllegalArgumentException e) {
            problems.add("'registry-url' is " + EMBEDDED + " and " + e.getMessage());
            return null;
        }
    }

    private @Nullable RegistryEndpoint address(EmbeddedSettings store) {
        String host = store.host().contains(":") ? "[" + store.host() + "]" : store.host();
        try {
            return RegistryEndpoint.allowingPlainHttp(URI.create("http://" + host + ":" + store.port()));
        } catch (IllegalArgumentException e) {
            problems.add("'store-bind': " + e.getMessage());
            return null;
        }
    }

    private @Nullable RegistryEndpoint registry() {
        if (isEmbedded()) {
            return null;
        }
        if (texts.registryUrl().isBlank()) {
            problems.add(
                    "'registry-url' is empty; set it to the address of this node's registry, as https://registry:5000, or to "
                            + EMBEDDED + ".");
            return null;
        }
        try {
            URI uri = URI.create(texts.registryUrl().strip());
            String host = uri.getHost() == null ? "" : uri.getHost();
            boolean plain = isThisMachine(host) || texts.registryInsecureHttp().contains(host);
            if ("http".equalsIgnoreCase(uri.getScheme()) && !plain) {
                problems.add("'registry-url' would reach " + host + " without TLS; use https, or name the host in"
                        + " 'registry-insecure-http'.");
                return null;
            }
            RegistryEndpoint endpoint = plain ? RegistryEndpoint.allowingPlainHttp(uri) : RegistryEndpoint.of(uri);
            return trusting(as(endpoint)).callingItself(USER_AGENT);
        } catch (IllegalArgumentException e) {
            problems.add("'registry-url': " + e.getMessage());
            return null;
        }
    }

    private RegistryEndpoint as(RegistryEndpoint endpoint) {
        if (texts.registryUser().isEmpty() && texts.registryPassword().isEmpty()) {
            return endpoint;
        }
        if (texts.registryUser().isEmpty() || texts.registryPassword().isEmpty()) {
            problems.add("'registry-user' and 'registry-password' belong together but only one of them is set.");
            return endpoint;
        }
        try {
            String password = CredentialSeal.open(sealKey(folder))
                    .unseal("registry-password", texts.registryPassword())
                    .reveal();
            return endpoint.as(new Credentials(texts.registryUser(), password));
        } catch (SealException e) {
            problems.add("'registry-password': " + e.sentence());
        } catch (IllegalArgumentException e) {
            problems.add("'registry-user': " + e.getMessage());
        }
        return endpoint;
    }

    private RegistryEndpoint trusting(RegistryEndpoint endpoint) {
        if (texts.registryCaFile().isBlank()) {
            return endpoint;
        }
        Path file = Path.of(texts.registryCaFile().strip());
        if (!Files.isReadable(file)) {
            problems.add("'registry-ca-file' is " + file + ", which cannot be read.");
            return endpoint;
        }
        return endpoint.trusting(file);
    }

    private NodeCapacity capacity() {
        long uplink = texts.uplinkBytesPerSecond();
        int children = texts.maxChildren();
        if (uplink < 0) {
            problems.add("'uplink-bytes-per-second' is " + uplink + "; use 0 for no limit or more.");
        }
        if (children < -1) {
            problems.add("'max-children' is " + children + "; use -1 for no limit, 0 for a leaf, or more.");
        }
        return new NodeCapacity(Math.max(0, uplink), Math.max(-1, children));
    }

    private void checkNumbers() {
        if (texts.port() < 0 || texts.port() > MAX_PORT) {
            problems.add("'port' is " + texts.port() + "; use 0 to " + MAX_PORT + ".");
        }
        if (texts.spoolBytes() < MIN_SPOOL_BYTES) {
            problems.add("'spool-bytes' is " + texts.spoolBytes() + "; use " + MIN_SPOOL_BYTES
                    + " or more, at least the size of the largest layer.");
        }
        if (texts.site().length() > MAX_SITE_CHARS) {
            problems.add("'site' has " + texts.site().length() + " characters; use at most " + MAX_SITE_CHARS + ".");
        }
    }

    static boolean isThisMachine(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || name.matches("127(\\.\\d{1,3}){3}");
    }
}
