package io.espalier.kernel.plugin;

/** Hears what happens to plug-ins; called on the thread where it happens, so it must return at once. */
@FunctionalInterface
public interface PluginEvents {
    void on(PluginEvent event);
}
