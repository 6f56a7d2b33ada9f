package io.espalier.kernel.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Something that happened to a plug-in or to a jar that wanted to be one. */
public sealed interface PluginEvent {
    /** Every change of state, in order for one plug-in. */
    record StateChanged(PluginId id, String version, PluginState before, PluginState after) implements PluginEvent {}

    /** Uninstalled. */
    record Removed(PluginId id, String version, Instant at) implements PluginEvent {}

    /**
     * A jar from the drop folder became active for the first time.
     *
     * @param detected when the drop folder found the jar complete
     * @param active when every component was active
     */
    record Deployed(PluginId id, Path jar, Instant detected, Instant active) implements PluginEvent {
        public Duration took() {
            return Duration.between(detected, active);
        }
    }

    /** A jar was not taken; {@code reason} is a sentence. */
    record JarRefused(Path jar, String reason, Instant at) implements PluginEvent {}
}
