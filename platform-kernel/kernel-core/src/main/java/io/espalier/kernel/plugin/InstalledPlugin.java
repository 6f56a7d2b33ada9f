package io.espalier.kernel.plugin;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime read from a plug-in's jar.
 *
 * @param startBudget the time the plug-in asks for in its manifest ({@code Espalier-Start-Budget: 30s}), null for the default
 */
public record InstalledPlugin(
        PluginId id, String version, @Nullable Duration startBudget) {
    public InstalledPlugin {
        requireNonNull(id, "id is null");
        requireNonNull(version, "version is null");
    }
}
