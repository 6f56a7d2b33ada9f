package io.espalier.kernel.fakes;

import io.espalier.kernel.plugin.PluginEvent;
import io.espalier.kernel.plugin.PluginEvents;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers every event. */
public final class RecordedEvents implements PluginEvents {
    private final List<PluginEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void on(PluginEvent event) {
        events.add(event);
    }

    public <E extends PluginEvent> List<E> of(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The words of the states that the plug-in went through. */
    public List<String> statesOf(String plugin) {
        return of(PluginEvent.StateChanged.class).stream()
                .filter(change -> change.id().name().equals(plugin))
                .map(change -> change.after().word())
                .toList();
    }
}
