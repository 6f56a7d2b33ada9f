package io.espalier.kernel.plugin;

import static java.util.Objects.requireNonNull;

/** Names a plug-in: in OSGi its bundle's symbolic name. */
public record PluginId(String name) implements Comparable<PluginId> {
    public PluginId {
        requireNonNull(name, "name is null");
        if (name.isBlank()) {
            throw new IllegalArgumentException("A plug-in's name is blank.");
        }
    }

    @Override
    public int compareTo(PluginId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
