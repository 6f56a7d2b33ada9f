package io.espalier.testkit.replication;

import static java.util.Objects.requireNonNull;

import io.espalier.testkit.registry.RegistryPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One site of a {@link RelayCluster}.
 *
 * @param name of the node
 * @param host under which the other relays reach this one
 * @param relayPort where its relay listens
 * @param endpointPort of the kernel's health endpoint
 * @param registry the registry beside it, not started yet; null for a relay with its embedded store
 * @param relay more settings of {@code image.relay}
 * @param before words before the kernel's command, as {@code ip netns exec NAME}
 */
public record RelaySite(
        String name,
        String host,
        int relayPort,
        int endpointPort,
        @Nullable RegistryPlan registry,
        Map<String, Object> relay,
        List<String> before) {
    public RelaySite {
        requireNonNull(name, "name is null");
        requireNonNull(host, "host is null");
        relay = Map.copyOf(relay);
        before = List.copyOf(before);
    }

    /** A site without a registry, whose relay gives out images at this port. */
    public static RelaySite embedded(String name, int relayPort, int endpointPort, int storePort) {
        return new RelaySite(
                name,
                "127.0.0.1",
                relayPort,
                endpointPort,
                null,
                Map.of("registry-url", "embedded", "store-port", storePort),
                List.of());
    }

    /** The same with one more setting of its relay. */
    public RelaySite with(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(relay);
        more.put(key, value);
        return new RelaySite(name, host, relayPort, endpointPort, registry, more, before);
    }

    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("name", name);
        settings.put("host", host);
        settings.put("port", relayPort);
        if (registry != null) {
            settings.put("registry-url", "http://127.0.0.1:" + registry.port());
        }
        settings.putAll(relay);
        return settings;
    }
}
