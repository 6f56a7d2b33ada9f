package io.espalier.file.terminal;

import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.id.StreamId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A catalog in memory. */
final class FakeDirectory implements StreamDirectory {
    private final Map<StreamId, StreamDefinition> streams = new ConcurrentSkipListMap<>();

    void add(String stream, String topic, String... terminals) {
        StreamId id = StreamId.parse(stream);
        streams.put(
                id,
                new StreamDefinition(
                        id, 1, topic, 1, 5, DeliveryClass.REALTIME, "text", List.of(terminals), 1 << 20, ""));
    }

    void remove(String stream) {
        streams.remove(StreamId.parse(stream));
    }

    @Override
    public Optional<StreamDefinition> find(StreamId id) {
        return Optional.ofNullable(streams.get(id));
    }

    @Override
    public List<StreamDefinition> list() {
        return List.copyOf(streams.values());
    }
}
