package io.espalier.catalog.service;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.definition.Problem;
import io.espalier.catalog.definition.StreamDraft;
import io.espalier.catalog.service.CatalogException.Code;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.catalog.StreamDirectory;
import io.espalier.stream.id.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates, changes and removes streams, each together with its topic.
 *
 * <p>A change goes to Kafka first, then to the database, then to {@link #directory()}, then to the caller: what a reader sees
 * has a topic and survives a crash. A change that fails half-way leaves at most a topic (or partitions) too many, which the
 * same request adopts when it is repeated. Changes of different streams do not wait for each other, but for one in
 * {@value #LOCKS}. Changes block on Kafka and the database; reads answer from memory. Safe for use by many threads.
 */
public final class StreamCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(StreamCatalog.class);
    private static final int LOCKS = 64;

    private final StreamStore store;
    private final TopicAdmin topics;
    private final DefinitionSnapshot snapshot;
    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

    private StreamCatalog(StreamStore store, TopicAdmin topics, DefinitionSnapshot snapshot) {
        this.store = store;
        this.topics = topics;
        this.snapshot = snapshot;
    }

    /** Loads every definition from the store. */
    public static StreamCatalog load(StreamStore store, TopicAdmin topics) throws CatalogException {
        requireNonNull(topics, "topics is null");
        List<StreamDefinition> stored = store.loadAll();
        LOG.info("Stream catalog loaded {} streams.", stored.size());
        return new StreamCatalog(store, topics, new DefinitionSnapshot(stored));
    }

    /** What is defined now, for readers that must not block. */
    public StreamDirectory directory() {
        return snapshot;
    }

    /** The definition of one stream. */
    public StreamDefinition get(StreamId id) throws CatalogException {
        return snapshot.find(id).orElseThrow(() -> noSuchStream(id));
    }

    /** At most {@code limit} streams in the order of their ids, those after {@code after}; "" starts at the first. */
    public List<StreamDefinition> list(String after, int limit) {
        return snapshot.list().stream()
                .filter(definition -> definition.id().toString().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    /** Creates a stream and its topic; a topic that exists and fits is adopted. */
    public StreamDefinition create(StreamDraft draft) throws CatalogException {
        List<Problem> problems = new ArrayList<>(draft.problems());
        StreamId id = draft.id();
        if (id == null) {
            if (!draft.isUnreadable("id")) {
                problems.add(
                        new Problem("id", "id is missing; write department.project.business, as in ads.web.click."));
            }
            throw CatalogException.badDefinition(problems);
        }
        if (draft.version() != null && draft.version() != 1) {
            problems.add(new Problem(
                    "version", "version is " + draft.version() + "; a new stream starts at 1, leave it out."));
        }
        checkTopic(draft, id.toString(), problems);
        refuse(problems);
        return locked(id, () -> {
            if (snapshot.find(id).isPresent()) {
                throw exists(id);
            }
            StreamDefinition created = draft.asNew(id);
            topics.ensure(id, created.topic(), created.partitions());
            if (!store.insert(created)) {
                throw exists(id);
            }
            snapshot.put(created);
            LOG.info("Stream {} created with {} partitions.", id, created.partitions());
            return created;
        });
    }

    /** Changes the stream's fields that the draft names, if {@link StreamDraft#version()} is the current version. */
    public StreamDefinition update(StreamId id, StreamDraft draft) throws CatalogException {
        return locked(id, () -> {
            List<Problem> problems = new ArrayList<>(draft.problems());
            StreamDefinition current = get(id);
            checkAgainst(current, draft, problems);
            refuse(problems);
            checkVersion(current, OptionalLong.of(requireNonNull(draft.version())));
            StreamDefinition next = draft.asNextOf(current);
            if (next.partitions() > current.partitions()) {
                topics.grow(id, next.topic(), next.partitions());
            }
            if (!store.update(next)) {
                throw new CatalogException(
                        Code.STORE_FAILED,
                        "Tried to update stream " + id
                                + " but its row was changed by another program; restart the catalog.");
            }
            snapshot.put(next);
            LOG.info("Stream {} updated to version {}.", id, next.version());
            return next;
        });
    }

    /**
     * Removes a stream.
     *
     * @param version what the stored version must be, or empty for any
     * @param withTopic whether the topic and all its records go too; it is removed first, so that the request can be repeated
     */
    public void delete(StreamId id, OptionalLong version, boolean withTopic) throws CatalogException {
        locked(id, () -> {
            StreamDefinition current = get(id);
            checkVersion(current, version);
            if (withTopic) {
                topics.delete(id, current.topic());
            }
            if (!store.delete(id, current.version())) {
                throw new CatalogException(
                        Code.STORE_FAILED,
                        "Tried to delete stream " + id
                                + " but its row was changed by another program; restart the catalog.");
            }
            snapshot.remove(id);
            LOG.info("Stream {} deleted{}.", id, withTopic ? " with its topic" : ", its topic stays");
            return current;
        });
    }

    private static void checkAgainst(StreamDefinition current, StreamDraft draft, List<Problem> problems) {
        if (draft.id() != null && !draft.id().equals(current.id())) {
            problems.add(new Problem(
                    "id", "id is " + draft.id() + " but the stream is " + current.id() + "; an id never changes."));
        }
        if (draft.version() == null && !draft.isUnreadable("version")) {
            problems.add(new Problem(
                    "version", "version is missing; send the version that you change, now " + current.version() + "."));
        }
        checkTopic(draft, current.topic(), problems);
        if (draft.partitions() != null && draft.partitions() < current.partitions()) {
            problems.add(new Problem(
                    "partitions",
                    "partitions is " + draft.partitions() + " but the topic has " + current.partitions()
                            + "; partitions may grow and never shrink."));
        }
    }

    private static void checkTopic(StreamDraft draft, String topic, List<Problem> problems) {
        if (draft.topic() != null && !draft.topic().equals(topic)) {
            problems.add(new Problem(
                    "topic", "topic is '" + draft.topic() + "'; the topic is always " + topic + ", leave it out."));
        }
    }

    private static void refuse(List<Problem> problems) throws CatalogException {
        if (!problems.isEmpty()) {
            throw CatalogException.badDefinition(problems);
        }
    }

    private static void checkVersion(StreamDefinition current, OptionalLong version) throws CatalogException {
        if (version.isPresent() && version.getAsLong() != current.version()) {
            throw CatalogException.staleVersion(
                    "Tried to change version " + version.getAsLong() + " of stream " + current.id()
                            + " but the current version is " + current.version() + "; read it and try again.",
                    current.version());
        }
    }

    private static CatalogException exists(StreamId id) {
        return new CatalogException(
                Code.STREAM_EXISTS, "Tried to create stream " + id + " but it exists; update it or choose another id.");
    }

    /** The refusal for an id that no stream has. */
    public static CatalogException noSuchStream(StreamId id) {
        return new CatalogException(
                Code.NO_SUCH_STREAM, "There is no stream " + id + "; list the streams to see which there are.");
    }

    private StreamDefinition locked(StreamId id, Change change) throws CatalogException {
        ReentrantLock lock = locks.get(Math.floorMod(id.hashCode(), LOCKS));
        lock.lock();
        try {
            return change.run();
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    private interface Change {
        StreamDefinition run() throws CatalogException;
    }
}
