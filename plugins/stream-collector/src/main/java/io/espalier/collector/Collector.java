package io.espalier.collector;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.discovery.Discovery;
import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.pipeline.PipelineCounts;
import io.espalier.collector.pipeline.PipelineParts;
import io.espalier.collector.pipeline.SourceStatus;
import io.espalier.collector.pipeline.StreamPipeline;
import io.espalier.collector.settings.CollectorSettings;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.stage.ReadLedger;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamCounts.Measure;
import io.espalier.stream.stage.StreamStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tails files into streams: searches for them, and runs a pipeline for each stream that has any.
 *
 * <p>Safe for use by many threads. Delivery is at least once: a record that was read is sent until the gateway acknowledges
 * it, after a restart under the same identity. Starts once, stops once.
 */
public final class Collector implements StreamStage, ReadLedger {
    private static final Logger log = LoggerFactory.getLogger(Collector.class);

    private final CollectorSettings settings;
    private final PipelineParts parts;
    private final Discovery discovery;
    private final Thread searcher;
    private final ConcurrentSkipListMap<StreamId, StreamPipeline> pipelines = new ConcurrentSkipListMap<>();
    private volatile boolean searching = true;
    private boolean overflowed;

    public Collector(PipelineParts parts) {
        this.parts = requireNonNull(parts, "parts is null");
        this.settings = parts.settings();
        this.discovery = new Discovery(settings.sources(), settings.tail(), parts.claims());
        this.searcher = new Thread(this::searchOn, "collector-discovery");
        searcher.setDaemon(true);
    }

    /** Starts searching and reading; returns at once. */
    public void start() {
        searcher.start();
    }

    private void searchOn() {
        resumeStreams();
        boolean first = true;
        while (searching) {
            try {
                search(first);
                first = false;
            } catch (RuntimeException e) {
                log.error("Searching for files failed unexpectedly; it is tried again.", e);
            }
            LockSupport.parkNanos(this, settings.tail().rescan().toNanos());
        }
    }

    /** Streams of the last run may have renamed files to read to their end, which no search finds. */
    private void resumeStreams() {
        for (StreamId stream : parts.checkpoints().streams()) {
            if (searching && settings.sources().stream().anyMatch(spec -> spec.feeds(stream))) {
                open(stream);
            }
        }
    }

    private void search(boolean first) {
        for (Map.Entry<StreamId, List<Path>> found : discovery.search().entrySet()) {
            StreamPipeline pipeline = searching ? open(found.getKey()) : null;
            if (pipeline != null) {
                pipeline.offer(found.getValue(), first);
            }
        }
    }

    private @Nullable StreamPipeline open(StreamId stream) {
        StreamPipeline known = pipelines.get(stream);
        if (known != null) {
            return known;
        }
        if (pipelines.size() >= settings.maxStreams()) {
            if (!overflowed) {
                log.warn(
                        "There are {} streams already, so {} and others are not collected; raise max-streams or narrow the"
                                + " sources.",
                        pipelines.size(),
                        stream);
            }
            overflowed = true;
            return null;
        }
        StreamPipeline pipeline = new StreamPipeline(stream, parts);
        pipelines.put(stream, pipeline);
        pipeline.start();
        return pipeline;
    }

    @Override
    public void stopReading() {
        searching = false;
        LockSupport.unpark(searcher);
        pipelines.values().forEach(StreamPipeline::stopReading);
    }

    /**
     * Stops: answers that are due are waited for within the limit, checkpoints are saved, threads end. What is read and not
     * acknowledged is sent after the next start.
     *
     * @return whether every thread has ended
     */
    public boolean stop(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        stopReading();
        searcher.join(Math.max(1, limit.toMillis() / 3));
        boolean ended = !searcher.isAlive();
        if (!ended) {
            log.warn("Searching for files does not end; it is at {}.", Arrays.toString(searcher.getStackTrace()));
        }
        // A search that was under way may have opened one more.
        Duration answers = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()) / 2);
        pipelines.values().forEach(pipeline -> pipeline.stop(answers));
        for (StreamPipeline pipeline : pipelines.values()) {
            if (!pipeline.join(Duration.ofNanos(deadline - System.nanoTime()))) {
                ended = false;
                log.warn(
                        "Stream {} does not end within {} ms; its thread is at {}.",
                        pipeline.stream(),
                        limit.toMillis(),
                        Arrays.toString(pipeline.stack()));
            }
        }
        return ended;
    }

    @Override
    public String name() {
        return "collector";
    }

    @Override
    public List<StreamCounts> counts() {
        List<StreamCounts> all = new ArrayList<>();
        for (StreamPipeline pipeline : pipelines.values()) {
            PipelineCounts counts = pipeline.counts();
            long acknowledged = counts.acknowledged();
            all.add(new StreamCounts(
                    pipeline.stream(), Map.of(Measure.READ, counts.read(), Measure.ACKNOWLEDGED, acknowledged)));
        }
        return all;
    }

    @Override
    public List<SourceRead> sources() {
        List<SourceRead> all = new ArrayList<>();
        for (StreamPipeline pipeline : pipelines.values()) {
            for (SourceStatus source : pipeline.sources()) {
                all.add(new SourceRead(
                        pipeline.stream(),
                        settings.agentId() + "/" + source.number(),
                        pipeline.epoch(),
                        source.readSeq(),
                        source.ackedSeq()));
            }
        }
        return all;
    }

    /** How far every stream is, in the order of their ids. */
    public List<StreamStatus> streams() {
        List<StreamStatus> all = new ArrayList<>();
        for (StreamPipeline pipeline : pipelines.values()) {
            PipelineCounts counts = pipeline.counts();
            all.add(new StreamStatus(
                    pipeline.stream(),
                    pipeline.sources(),
                    counts.read(),
                    counts.acknowledged(),
                    counts.refused(),
                    counts.parts(),
                    pipeline.trouble()));
        }
        return all;
    }

    /** Whether the stream's records in the file at this path are all acknowledged, so that the file may be deleted. */
    public boolean isSettled(StreamId stream, Path path) throws IOException {
        StreamPipeline pipeline = pipelines.get(stream);
        if (pipeline == null) {
            return false;
        }
        FileIdentity identity = FileIdentity.of(path);
        SourceStatus last = null;
        for (SourceStatus source : pipeline.sources()) {
            last = source.file().equals(identity) ? source : last;
        }
        return last != null && last.ackedOffset() == Files.size(path);
    }
}
