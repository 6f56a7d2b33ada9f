package io.espalier.kernel.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys that a plug-in declares for one PID. */
public final class ConfigSchema {
    private final Map<String, ConfigKey> keys;

    /**
     * Keeps the keys' order.
     *
     * @throws IllegalArgumentException when a name is declared twice
     */
    public ConfigSchema(List<ConfigKey> keys) {
        var byName = new LinkedHashMap<String, ConfigKey>();
        for (ConfigKey key : keys) {
            if (byName.put(key.name(), key) != null) {
                throw new IllegalArgumentException("The key '" + key.name() + "' is declared twice.");
            }
        }
        this.keys = Collections.unmodifiableMap(byName);
    }

    public static ConfigSchema of(ConfigKey... keys) {
        return new ConfigSchema(List.of(keys));
    }

    /** Name to key, in the order of declaration. */
    public Map<String, ConfigKey> keys() {
        return keys;
    }

    public Set<String> names() {
        return keys.keySet();
    }
}
