package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.checkpoint.Checkpoint;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, sends and keeps account of one stream on a thread of its own, so that no stream waits for another.
 *
 * <p>Public methods may be called by any thread and return at once, but for {@link #join}.
 */
public final class StreamPipeline {
    private static final Logger log = LoggerFactory.getLogger(StreamPipeline.class);
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final StreamId stream;
    private final PipelineParts parts;
    private final PipelineCounts counts = new PipelineCounts();
    private final Thread thread;
    private final AtomicReference<@Nullable Found> found = new AtomicReference<>();
    private volatile @Nullable PipelineLoop loop;
    private volatile boolean reading = true;
    private volatile boolean stopping;
    private volatile long stopBy;

    /** Paths that were found for the stream. */
    private record Found(List<Path> paths, boolean firstSearch) {}

    public StreamPipeline(StreamId stream, PipelineParts parts) {
        this.stream = requireNonNull(stream, "stream is null");
        this.parts = requireNonNull(parts, "parts is null");
        this.thread = new Thread(this::run, "collector-" + stream);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    public StreamId stream() {
        return stream;
    }

    public PipelineCounts counts() {
        return counts;
    }

    /** Hands over what a search found for the stream; a later search replaces one that was not looked at yet. */
    public void offer(List<Path> paths, boolean firstSearch) {
        found.updateAndGet(before -> new Found(paths, firstSearch || (before != null && before.firstSearch())));
    }

    /** Reads nothing more; what is read is still sent. */
    public void stopReading() {
        reading = false;
        LockSupport.unpark(thread);
    }

    /** Ends the pipeline: an answer that is due is waited for within the limit, and the checkpoint is saved. */
    public void stop(Duration limit) {
        reading = false;
        stopBy = System.nanoTime() + limit.toNanos();
        stopping = true;
        LockSupport.unpark(thread);
    }

    /** Waits for the end of the thread; returns whether it has ended. */
    public boolean join(Duration limit) throws InterruptedException {
        thread.join(Math.max(1, limit.toMillis()));
        return !thread.isAlive();
    }

    /** Where the pipeline's thread is now, for a person who wonders why it does not end. */
    public StackTraceElement[] stack() {
        return thread.getStackTrace();
    }

    /** The life of the stream's store, or -1 as long as it is not open. */
    public long epoch() {
        PipelineLoop current = loop;
        return current == null ? -1 : current.epoch();
    }

    public List<SourceStatus> sources() {
        PipelineLoop current = loop;
        return current == null ? List.of() : current.statuses();
    }

    /** Why records are not sent at present; empty if nothing is wrong. */
    public String trouble() {
        PipelineLoop current = loop;
        return current == null ? "" : current.trouble();
    }

    private void run() {
        PipelineLoop current = open();
        if (current == null) {
            return;
        }
        loop = current;
        while (!stopping) {
            long wait = turn(current);
            if (wait > 0 && !stopping) {
                LockSupport.parkNanos(this, wait);
            }
        }
        current.end(stopBy);
    }

    private @Nullable PipelineLoop open() {
        boolean told = false;
        while (!stopping) {
            try {
                Optional<Checkpoint> checkpoint = parts.checkpoints().load(stream);
                return new PipelineLoop(stream, parts, counts, checkpoint, () -> LockSupport.unpark(thread));
            } catch (IOException e) {
                if (!told) {
                    log.warn(
                            "Tried to read the checkpoint of stream {} but: {}. The stream waits until it can be read.",
                            stream,
                            e.toString());
                }
                told = true;
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        return null;
    }

    private long turn(PipelineLoop current) {
        try {
            Found news = found.getAndSet(null);
            if (news != null && reading) {
                current.adopt(news.paths(), news.firstSearch());
            }
            return current.turn(System.nanoTime(), reading);
        } catch (RuntimeException e) {
            log.error("Stream {} failed unexpectedly; it goes on in a second.", stream, e);
            return RETRY_NANOS;
        }
    }
}
