package io.espalier.file.writer;

import io.espalier.file.input.InputBatch;
import io.espalier.file.input.InputException;
import io.espalier.file.input.OffsetBounds;
import io.espalier.file.input.RecordSource;
import io.espalier.file.latency.LatencyWindow;
import io.espalier.file.roll.PartFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A writer's work from one recovery to the next failure: finds out from the files how far they go, and goes on from there.
 * For one thread.
 */
final class WritingRound {
    private static final Logger LOG = LoggerFactory.getLogger(WritingRound.class);

    private final String stream;
    private final String topic;
    private final PartFolder folder;
    private final RecordSource source;
    private final WriterSettings settings;
    private final Map<Integer, PartWriter> parts = new TreeMap<>();

    WritingRound(String stream, String topic, PartFolder folder, RecordSource source, WriterSettings settings) {
        this.stream = stream;
        this.topic = topic;
        this.folder = folder;
        this.source = source;
        this.settings = settings;
    }

    /** Finds the position of each partition and starts to read there. */
    void begin(WriterCounters counters, LatencyWindow latency, ByteBuffer buffer, Clock clock)
            throws IOException, InputException {
        PartFolder.Recovered recovered = folder.recover();
        for (String finding : recovered.findings()) {
            LOG.warn(
                    "The files of stream {} in {} do not tile its topic: {}; was a file deleted or added by hand?",
                    stream,
                    folder.current(),
                    finding);
        }
        Set<Integer> partitions = source.partitions();
        Map<Integer, OffsetBounds> bounds = source.bounds(partitions);
        Map<Integer, Long> positions = positions(recovered.positions(), bounds);
        positions.forEach((partition, position) -> parts.put(
                partition, new PartWriter(folder.current(), partition, position, counters, latency, buffer, clock)));
        source.assign(positions);
    }

    private Map<Integer, Long> positions(Map<Integer, Long> recovered, Map<Integer, OffsetBounds> bounds)
            throws IOException {
        if (bounds.entrySet().stream()
                .anyMatch(b ->
                        recovered.getOrDefault(b.getKey(), 0L) > b.getValue().end())) {
            folder.startNewTopic();
            LOG.warn(
                    "Topic {} ends before the offsets that are in the files of stream {}: it was deleted and created anew, or"
                            + " lost records. Its records are written to {} from the first one on.",
                    topic,
                    stream,
                    folder.current());
            return positions(Map.of(), bounds);
        }
        Map<Integer, Long> positions = new HashMap<>();
        bounds.forEach((partition, bound) -> {
            Long position = recovered.get(partition);
            if (position != null && position < bound.earliest()) {
                LOG.warn(
                        "Records {} to {} of partition {} of topic {} were deleted by Kafka's retention before they were"
                                + " written to the files of stream {}; writing goes on at {}.",
                        position,
                        bound.earliest() - 1,
                        partition,
                        topic,
                        stream,
                        bound.earliest());
            }
            positions.put(partition, position == null ? bound.earliest() : Math.max(position, bound.earliest()));
        });
        return positions;
    }

    /** Waits for records and writes them, and makes files visible that are large or old enough. */
    void step(Duration longest) throws IOException, InputException {
        long wait = longest.toNanos();
        for (PartWriter part : parts.values()) {
            wait = Math.min(wait, Math.max(0, part.nanosToRoll(settings)));
        }
        for (InputBatch batch : source.poll(Duration.ofNanos(wait))) {
            PartWriter part = parts.get(batch.partition());
            if (part != null) {
                part.write(batch);
                publishIf(part, part.due(settings));
            }
        }
        for (PartWriter part : parts.values()) {
            publishIf(part, part.due(settings));
        }
    }

    private void publishIf(PartWriter part, boolean due) throws IOException {
        if (due && part.publish()) {
            reportProgress();
        }
    }

    /** Makes all visible that is written. */
    void publishAll() throws IOException {
        boolean published = false;
        for (PartWriter part : parts.values()) {
            published |= part.publish();
        }
        if (published) {
            reportProgress();
        }
    }

    private void reportProgress() {
        Map<Integer, Long> offsets = new HashMap<>();
        parts.forEach((partition, part) -> offsets.put(partition, part.published()));
        source.report(offsets);
    }

    /** The offsets at which the topic ends now. */
    Map<Integer, Long> ends() throws InputException {
        return source.ends(parts.keySet());
    }

    /** Whether all below these offsets is written. */
    boolean reached(Map<Integer, Long> ends) {
        return parts.entrySet().stream()
                .allMatch(part -> part.getValue().next() >= ends.getOrDefault(part.getKey(), 0L));
    }

    /** Whether the topic has other partitions than those that are read. */
    boolean partitionsChanged() throws InputException {
        return !source.partitions().equals(parts.keySet());
    }

    /** Saves what can be saved after a failure: good files become visible, others are deleted and written again later. */
    void salvage() {
        for (PartWriter part : parts.values()) {
            try {
                part.publish();
            } catch (IOException | RuntimeException cannot) {
                LOG.debug("A file in flight of stream {} is given up and will be written again.", stream, cannot);
                part.giveUp();
            }
        }
    }

    List<WriterStatus.PartitionStatus> status() {
        List<WriterStatus.PartitionStatus> all = new ArrayList<>();
        parts.forEach(
                (partition, part) -> all.add(part.status(source.lag(partition).orElse(-1))));
        return all;
    }
}
