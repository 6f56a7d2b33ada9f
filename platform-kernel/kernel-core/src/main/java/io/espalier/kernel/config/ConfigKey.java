package io.espalier.kernel.config;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of a schema.
 *
 * @param defaultValue as text, null for none
 * @param required whether a value must be given when there is no default
 * @param allowed the only values allowed; empty allows every value
 * @param min the least number allowed, null for none; for a list, of elements
 * @param max the greatest number allowed, null for none; for a list, of elements
 */
public record ConfigKey(
        String name,
        ConfigType type,
        @Nullable String defaultValue,
        boolean required,
        List<String> allowed,
        @Nullable Double min,
        @Nullable Double max,
        String description) {
    public ConfigKey {
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
        allowed = List.copyOf(allowed);
        requireNonNull(description, "description is null");
    }

    /** An optional key with neither default nor bounds. */
    public static ConfigKey optional(String name, ConfigType type, String description) {
        return new ConfigKey(name, type, null, false, List.of(), null, null, description);
    }

    /** A key that must be given. */
    public static ConfigKey required(String name, ConfigType type, String description) {
        return new ConfigKey(name, type, null, true, List.of(), null, null, description);
    }

    /** The same key with a default. */
    public ConfigKey withDefault(String value) {
        return new ConfigKey(name, type, value, required, allowed, min, max, description);
    }

    /** The same key with its only allowed values. */
    public ConfigKey oneOf(String... values) {
        return new ConfigKey(name, type, defaultValue, required, List.of(values), min, max, description);
    }

    /** The same key with bounds. */
    public ConfigKey between(double least, double greatest) {
        return new ConfigKey(name, type, defaultValue, required, allowed, least, greatest, description);
    }
}
