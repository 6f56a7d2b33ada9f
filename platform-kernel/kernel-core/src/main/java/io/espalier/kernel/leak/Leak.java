package io.espalier.kernel.leak;

import static java.util.Objects.requireNonNull;

/**
 * Something of a removed plug-in that survives.
 *
 * @param plugin the plug-in's name
 * @param subject the thread's name, the MBean's name, the hook's name, or the loader's text
 * @param sentence what survives and what the plug-in should do about it
 */
public record Leak(String plugin, Kind kind, String subject, String sentence) {
    public Leak {
        requireNonNull(plugin, "plugin is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(subject, "subject is null");
        requireNonNull(sentence, "sentence is null");
    }

    /** What kind of thing it is. */
    public enum Kind {
        CLASS_LOADER,
        THREAD,
        MBEAN,
        SHUTDOWN_HOOK
    }
}
