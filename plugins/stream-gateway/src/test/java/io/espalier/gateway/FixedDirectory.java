package io.espalier.gateway;

import io.espalier.stream.catalog.DeliveryClass;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.id.StreamId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A directory of the streams put into it; each writes to the topic of its name. */
final class FixedDirectory implements StreamDirectory {
    private final Map<StreamId, StreamDefinition> streams = new ConcurrentSkipListMap<>();

    StreamDefinition add(String id, String topic, int maxRecordBytes) {
        StreamDefinition stream = new StreamDefinition(
                StreamId.parse(id), 1, topic, 1, 5, DeliveryClass.REALTIME, "text", List.of(), maxRecordBytes, "");
        streams.put(stream.id(), stream);
        return stream;
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
