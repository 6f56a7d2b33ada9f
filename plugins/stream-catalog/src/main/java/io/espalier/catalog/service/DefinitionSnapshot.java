package io.espalier.catalog.service;

import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.id.StreamId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All definitions in memory: readers see one moment, a change copies. */
final class DefinitionSnapshot implements StreamDirectory {
    private volatile Moment moment = new Moment(Map.of(), List.of());

    private record Moment(Map<StreamId, StreamDefinition> byId, List<StreamDefinition> ordered) {}

    DefinitionSnapshot(Collection<StreamDefinition> definitions) {
        Map<StreamId, StreamDefinition> byId = new HashMap<>();
        definitions.forEach(definition -> byId.put(definition.id(), definition));
        show(byId);
    }

    @Override
    public Optional<StreamDefinition> find(StreamId id) {
        return Optional.ofNullable(moment.byId.get(id));
    }

    @Override
    public List<StreamDefinition> list() {
        return moment.ordered;
    }

    synchronized void put(StreamDefinition definition) {
        Map<StreamId, StreamDefinition> byId = new HashMap<>(moment.byId);
        byId.put(definition.id(), definition);
        show(byId);
    }

    synchronized void remove(StreamId id) {
        Map<StreamId, StreamDefinition> byId = new HashMap<>(moment.byId);
        byId.remove(id);
        show(byId);
    }

    private void show(Map<StreamId, StreamDefinition> byId) {
        List<StreamDefinition> ordered = new ArrayList<>(byId.values());
        ordered.sort(Comparator.comparing(definition -> definition.id().toString()));
        moment = new Moment(byId, List.copyOf(ordered));
    }
}
