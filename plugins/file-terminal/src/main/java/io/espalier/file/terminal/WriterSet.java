package io.espalier.file.terminal;

import io.espalier.file.writer.StreamWriter;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.id.StreamId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writers of all streams, kept in step with the catalog. Safe for use by many threads. */
final class WriterSet {
    private static final Logger LOG = LoggerFactory.getLogger(WriterSet.class);
    private static final String FILE = "file";

    private final StreamDirectory directory;
    private final int maxStreams;
    private final Function<StreamDefinition, StreamWriter> factory;
    private final Map<StreamId, StreamWriter> writers = new TreeMap<>();
    private final Map<StreamId, StreamWriter> leaving = new TreeMap<>();
    private boolean closed;
    private boolean warned;

    WriterSet(StreamDirectory directory, int maxStreams, Function<StreamDefinition, StreamWriter> factory) {
        this.directory = directory;
        this.maxStreams = maxStreams;
        this.factory = factory;
    }

    /**
     * Starts and stops writers after the catalog.
     *
     * @return whether every stream with a file terminal has a writer now
     */
    synchronized boolean follow() {
        if (closed) {
            return false;
        }
        Map<StreamId, StreamDefinition> wanted = directory.list().stream()
                .filter(definition -> definition.terminals().contains(FILE))
                .collect(Collectors.toMap(StreamDefinition::id, definition -> definition, (a, b) -> a, TreeMap::new));
        leaving.values().removeIf(StreamWriter::ended);
        retire(wanted);
        boolean complete = true;
        for (StreamDefinition definition : wanted.values()) {
            complete &= follow(definition);
        }
        return complete;
    }

    /** A stream that is gone, or whose topic is another one now, loses its writer. */
    private void retire(Map<StreamId, StreamDefinition> wanted) {
        writers.entrySet().removeIf(entry -> {
            StreamDefinition definition = wanted.get(entry.getKey());
            if (definition != null
                    && definition.topic().equals(entry.getValue().definition().topic())) {
                return false;
            }
            entry.getValue().stop();
            leaving.put(entry.getKey(), entry.getValue());
            return true;
        });
    }

    private boolean follow(StreamDefinition definition) {
        StreamWriter writer = writers.get(definition.id());
        if (writer != null) {
            writer.update(definition);
            return true;
        }
        if (leaving.containsKey(definition.id())) {
            return false;
        }
        if (writers.size() >= maxStreams) {
            warnOfTooMany();
            return false;
        }
        StreamWriter created = factory.apply(definition);
        writers.put(definition.id(), created);
        created.start();
        return true;
    }

    private void warnOfTooMany() {
        if (!warned) {
            warned = true;
            LOG.warn(
                    "The catalog has more than {} streams for the file terminal; the others are not written and wait in Kafka."
                            + " Raise max-streams of file.terminal.",
                    maxStreams);
        }
    }

    synchronized List<StreamWriter> all() {
        return List.copyOf(writers.values());
    }

    private synchronized List<StreamWriter> allEver() {
        return Stream.concat(writers.values().stream(), leaving.values().stream())
                .toList();
    }

    /** Tells all writers to end, and starts no more. */
    void stopAll() {
        synchronized (this) {
            closed = true;
        }
        allEver().forEach(StreamWriter::stop);
    }

    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        boolean ended = true;
        for (StreamWriter writer : allEver()) {
            ended &= writer.awaitEnd(deadlineNanos - System.nanoTime());
        }
        return ended;
    }

    void interruptAll() {
        allEver().stream().filter(writer -> !writer.ended()).forEach(StreamWriter::interrupt);
    }

    void reportStuck() {
        for (StreamWriter writer : allEver()) {
            if (!writer.ended()) {
                LOG.warn(
                        "The writer of stream {} does not end; it stands at {}.",
                        writer.definition().id(),
                        Stream.of(writer.stack()).limit(8).map(String::valueOf).collect(Collectors.joining(" < ")));
            }
        }
    }
}
