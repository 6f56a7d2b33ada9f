package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.checkpoint.Checkpoint;
import io.espalier.collector.checkpoint.CheckpointKeeper;
import io.espalier.collector.file.ReadBuffer;
import io.espalier.collector.file.TailedFile.ReadResult;
import io.espalier.collector.send.Delivery;
import io.espalier.collector.settings.SendSettings;
import io.espalier.collector.settings.TailSettings;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pipeline does, turn by turn: look after rotation, settle what was sent, read what there is room for, send, save.
 *
 * <p>At most two batches wait and one is being filled; while the gateway does not take records, nothing more is read, but new
 * and renamed files are still taken in, so that their descriptors are held. Confined to the pipeline's thread, except where
 * noted.
 */
final class PipelineLoop {
    private static final Logger log = LoggerFactory.getLogger(PipelineLoop.class);
    private static final int MOST_WAITING = 2;
    private static final int READ_BYTES = 128 * 1024;

    private final StreamId stream;
    private final TailSettings tail;
    private final SendSettings send;
    private final PipelineCounts counts;
    private final StreamSources sources;
    private final CheckpointKeeper keeper;
    private final Delivery delivery;
    private final Outbox outbox;
    private final BatchBuilder filling;
    private final ReadBuffer buffer = new ReadBuffer(READ_BYTES);
    private long nextWatch = System.nanoTime();
    private int turnOf;
    private volatile String trouble = "";

    PipelineLoop(
            StreamId stream,
            PipelineParts parts,
            PipelineCounts counts,
            Optional<Checkpoint> checkpoint,
            Runnable wakeUp) {
        this.stream = requireNonNull(stream, "stream is null");
        this.counts = requireNonNull(counts, "counts is null");
        this.tail = parts.settings().tail();
        this.send = parts.settings().send();
        this.sources = new StreamSources(stream, tail, parts.claims(), checkpoint);
        this.keeper = new CheckpointKeeper(
                stream,
                parts.checkpoints(),
                sources::checkpoint,
                parts.settings().checkpointInterval(),
                System.nanoTime());
        this.delivery = new Delivery(stream, parts.sender(), parts.creator(), send, wakeUp);
        this.outbox = new Outbox(
                stream, parts.settings().agentId(), sources.epoch(), delivery, parts.refusedRecords(), counts);
        this.filling = new BatchBuilder(send);
    }

    /** May be called by any thread. */
    long epoch() {
        return sources.epoch();
    }

    /** May be called by any thread. */
    List<SourceStatus> statuses() {
        return sources.statuses();
    }

    /** May be called by any thread. */
    String trouble() {
        return trouble;
    }

    void adopt(List<Path> paths, boolean firstSearch) {
        sources.adopt(paths, firstSearch);
    }

    /** One turn; returns how long nothing is to be done, in nanoseconds. */
    long turn(long now, boolean reading) {
        if (reading && now - nextWatch >= 0) {
            sources.watch(now);
            nextWatch = now + tail.watch().toNanos();
        }
        if (sources.hasUnsaved()) {
            sources.numbered(keeper.save(now));
        }
        boolean settled = outbox.advance(now);
        boolean progress = reading && outbox.size() < MOST_WAITING && fill(now);
        if (isDue(now, reading)) {
            outbox.add(filling.take());
            settled |= outbox.advance(now);
        }
        if (sources.retire() || settled) {
            keeper.changed();
        }
        keeper.saveIfDue(now);
        trouble = delivery.trouble();
        return progress ? 0 : nanosToWait(System.nanoTime());
    }

    private long nanosToWait(long now) {
        long wait = tail.poll().toNanos();
        if (!filling.isEmpty() && outbox.size() < MOST_WAITING) {
            wait = Math.min(wait, Math.max(0, filling.openedAt() + send.linger().toNanos() - now));
        }
        return keeper.nanosToWait(now, outbox.nanosToWait(now, wait));
    }

    /** Whether the batch being filled should go: it is full, has waited, or others have records that it must not hold up. */
    private boolean isDue(long now, boolean reading) {
        return !filling.isEmpty()
                && outbox.size() < MOST_WAITING
                && (!reading
                        || filling.isFull()
                        || now - filling.openedAt() >= send.linger().toNanos()
                        || others(filling));
    }

    private boolean others(BatchBuilder batch) {
        for (Source source : sources.open()) {
            if (!source.equals(batch.source()) && !source.isFinished() && source.isItsTurn() && hasUnseen(source)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasUnseen(Source source) {
        try {
            return source.file().hasUnseen();
        } catch (IOException e) {
            // Said when it is read.
            return false;
        }
    }

    /** Reads until there is a record, each source in its turn; returns whether there may be more right away. */
    private boolean fill(long now) {
        Source only = filling.source();
        if (only != null) {
            return !only.isFinished() && read(only, now);
        }
        List<Source> open = sources.open();
        for (int i = 0; i < open.size() && filling.isEmpty(); i++) {
            Source source = open.get((turnOf + i) % open.size());
            if (!source.isFinished() && source.isItsTurn()) {
                read(source, now);
                turnOf = filling.isEmpty() ? turnOf : (turnOf + i + 1) % open.size();
            }
        }
        return !filling.isEmpty();
    }

    private boolean read(Source source, long now) {
        int before = filling.size();
        long parts = source.file().parts();
        int knownPrefix = source.file().fingerprintLength();
        filling.begin(source, now);
        boolean replaced = false;
        try {
            replaced = readOn(source, now);
            source.readable();
        } catch (IOException e) {
            if (source.failed()) {
                log.warn(
                        "Tried to read {} of stream {} but: {}. It is tried again.",
                        source.watched(),
                        stream,
                        e.toString());
            }
        }
        int records = filling.size() - before;
        if (records > 0) {
            source.read(source.readSeq() + records);
            counts.addRead(records);
        }
        countParts(source, parts);
        if (source.file().fingerprintLength() != knownPrefix) {
            sources.grown(source);
        }
        return records > 0 || replaced;
    }

    private boolean readOn(Source source, long now) throws IOException {
        boolean unseen = source.file().hasUnseen();
        boolean last = !unseen && source.isAbandoned(now, tail.grace().toNanos());
        ReadResult result = source.file().read(buffer, filling, last);
        if (result == ReadResult.REPLACED) {
            sources.replaced(source, now);
            return true;
        }
        if (result == ReadResult.END) {
            source.endReached(unseen, now);
            if (last) {
                sources.finish(source);
                keeper.changed();
            }
        }
        return false;
    }

    private void countParts(Source source, long partsBefore) {
        long parts = source.file().parts();
        if (parts > partsBefore) {
            counts.addParts(parts - partsBefore);
            if (partsBefore == 0) {
                log.warn(
                        "{} of stream {} has a line of more than {} bytes (max-record-bytes); it is cut into several records.",
                        source.watched(),
                        stream,
                        tail.maxRecordBytes());
            }
        }
    }

    /** Ends: waits for the answer that is due, saves and closes. */
    void end(long by) {
        while (!delivery.isIdle() && delivery.trouble().isEmpty() && System.nanoTime() - by < 0) {
            outbox.settleOnly(System.nanoTime());
            if (!delivery.isIdle()) {
                LockSupport.parkNanos(
                        this,
                        Math.max(1, Math.min(by - System.nanoTime(), tail.poll().toNanos())));
            }
        }
        delivery.abandon();
        sources.retire();
        keeper.save(System.nanoTime());
        sources.close();
    }
}
