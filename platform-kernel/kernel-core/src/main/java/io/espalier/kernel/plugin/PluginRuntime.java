package io.espalier.kernel.plugin;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Port to the module system that carries the plug-ins (Felix, Equinox).
 *
 * <p>Every method works on the calling thread and returns when the work is done; {@link #start} and {@link #stop} run the
 * plug-in's own code and so may hang: callers give them a thread of their own and a deadline. Calls for different plug-ins
 * may come from different threads at once; calls for one plug-in come one after the other. Whatever plug-in code throws,
 * Error included, comes back as {@link PluginException} with code {@code THREW}.
 */
public interface PluginRuntime {
    /** Copies the jar into the runtime; the file is not read again afterwards. */
    InstalledPlugin install(Path jar) throws PluginException;

    /** Puts the jar in the place of a stopped plug-in of the same name and rewires whatever depends on it. */
    InstalledPlugin update(PluginId id, Path jar) throws PluginException;

    /** Resolves and starts; returns when the plug-in's activator has returned. Idempotent. */
    void start(PluginId id) throws PluginException;

    /** Stops; returns when the plug-in's activator has returned. Idempotent. */
    void stop(PluginId id) throws PluginException;

    /**
     * Removes a stopped plug-in and its wiring.
     *
     * @return its class loader, if it ever had one, so that it can be watched for leaks
     */
    Optional<ClassLoader> uninstall(PluginId id) throws PluginException;

    /** Looks at the plug-in as it is now; never runs plug-in code and never blocks for long. */
    Diagnosis diagnose(PluginId id);
}
