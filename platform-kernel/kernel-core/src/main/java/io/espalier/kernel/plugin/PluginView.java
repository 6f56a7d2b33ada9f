package io.espalier.kernel.plugin;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A plug-in as a list shows it.
 *
 * @param reason why it is not active, a sentence; empty when there is nothing to say
 * @param origin the jar it was installed from
 */
public record PluginView(PluginId id, String version, PluginState state, String reason, Path origin) {
    public Instant since() {
        return state.since();
    }
}
