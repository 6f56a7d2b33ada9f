package io.espalier.kernel.supervise;

import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a listener's faults away from the life cycle. */
record GuardedEvents(PluginEvents listener) implements PluginEvents {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedEvents.class);

    @Override
    public void on(PluginEvent event) {
        try {
            listener.on(event);
        } catch (RuntimeException e) {
            LOG.error("A listener to plug-in events failed at {}.", event, e);
        }
    }
}
