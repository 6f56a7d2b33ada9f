package io.espalier.collector.checkpoint;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves one stream's checkpoint when it has changed, at most once per interval; while saving fails, says so once and goes on
 * trying. Confined to one thread.
 */
public final class CheckpointKeeper {
    private static final Logger log = LoggerFactory.getLogger(CheckpointKeeper.class);

    private final StreamId stream;
    private final CheckpointStore store;
    private final Supplier<Checkpoint> current;
    private final long intervalNanos;
    private long notBefore;
    private boolean changed;
    private boolean failing;

    public CheckpointKeeper(
            StreamId stream, CheckpointStore store, Supplier<Checkpoint> current, Duration interval, long now) {
        this.stream = requireNonNull(stream, "stream is null");
        this.store = requireNonNull(store, "store is null");
        this.current = requireNonNull(current, "current is null");
        this.intervalNanos = interval.toNanos();
        this.notBefore = now;
    }

    /** Notes that the checkpoint is to be saved when the interval allows. */
    public void changed() {
        changed = true;
    }

    /** Saves if there is a change and the interval has passed. */
    public void saveIfDue(long now) {
        if (changed && now - notBefore >= 0) {
            save(now);
        }
    }

    /** How long until {@link #saveIfDue} has something to do, or {@code limit} if that is sooner. */
    public long nanosToWait(long now, long limit) {
        return changed ? Math.max(0, Math.min(limit, notBefore - now)) : limit;
    }

    /** Saves now; returns whether the checkpoint is durable. */
    public boolean save(long now) {
        notBefore = now + intervalNanos;
        try {
            store.save(stream, current.get());
        } catch (IOException e) {
            if (!failing) {
                log.warn(
                        "Tried to save the checkpoint of stream {} but: {}. Records are read and sent on; after a crash those"
                                + " since the last checkpoint are sent again. Make the data folder writable or free disk space.",
                        stream,
                        e.toString());
            }
            failing = true;
            changed = true;
            return false;
        }
        if (failing) {
            log.info("The checkpoint of stream {} is saved again.", stream);
        }
        failing = false;
        changed = false;
        return true;
    }
}
