package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.send.Delivery;
import io.espalier.collector.send.RefusedRecords;
import io.espalier.collector.send.SendResult;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.report.Report;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches that wait to be settled, in order: stored by the gateway, or refused and kept in the side file. Confined to the
 * pipeline's thread.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final long SIDE_FILE_RETRY_NANOS = 1_000_000_000L;

    /** One in so many refusals is told in the log; all are counted. */
    private static final int REFUSALS_TOLD = 1000;

    private final StreamId stream;
    private final String agentId;
    private final long epoch;
    private final Delivery delivery;
    private final RefusedRecords refusedRecords;
    private final PipelineCounts counts;
    private final Deque<Batch> batches = new ArrayDeque<>();
    private long sideFileNotBefore;
    private boolean sideFileFailing;

    Outbox(
            StreamId stream,
            String agentId,
            long epoch,
            Delivery delivery,
            RefusedRecords refusedRecords,
            PipelineCounts counts) {
        this.stream = requireNonNull(stream, "stream is null");
        this.agentId = requireNonNull(agentId, "agentId is null");
        this.epoch = epoch;
        this.delivery = requireNonNull(delivery, "delivery is null");
        this.refusedRecords = requireNonNull(refusedRecords, "refusedRecords is null");
        this.counts = requireNonNull(counts, "counts is null");
    }

    void add(Batch batch) {
        batches.addLast(batch);
    }

    int size() {
        return batches.size();
    }

    /** Goes on with sending; returns whether records were settled. */
    boolean advance(long now) {
        boolean settled = take(delivery.poll(now), now);
        Batch head = batches.peekFirst();
        while (head != null && head.refusal() != null && keepAside(head, now)) {
            settled = true;
            head = batches.peekFirst();
        }
        if (head != null && head.refusal() == null && delivery.isIdle()) {
            delivery.start(head.toReport(stream, agentOf(head.source()), epoch), now);
        }
        return settled;
    }

    /** Takes the answer to the report on its way, if there is one, and starts nothing new. */
    void settleOnly(long now) {
        take(delivery.poll(now), now);
    }

    private String agentOf(Source source) {
        return agentId + "/" + source.number();
    }

    private boolean take(@Nullable SendResult result, long now) {
        if (result == null) {
            return false;
        }
        Batch head = batches.removeFirst();
        if (result instanceof SendResult.Refused refused) {
            isolate(head, refused).forEach(batches::addFirst);
            sideFileNotBefore = now;
            return false;
        }
        head.source().acknowledge(head.end(), head.nextSeq());
        counts.addAcknowledged(head.size());
        return true;
    }

    /** The parts of a refused batch, last first: single refused records, and what is between them to be sent again. */
    static List<Batch> isolate(Batch batch, SendResult.Refused refused) {
        List<Batch> parts = new ArrayList<>();
        List<Integer> indexes = refused.indexes().stream()
                .filter(i -> i >= 0 && i < batch.size())
                .distinct()
                .sorted()
                .toList();
        if (batch.size() == 1) {
            parts.add(batch.part(0, 1, refused));
        } else if (indexes.isEmpty()) {
            // The gateway did not say which; halves find it.
            parts.add(batch.part(batch.size() / 2, batch.size(), null));
            parts.add(batch.part(0, batch.size() / 2, null));
        } else {
            int from = 0;
            for (int index : indexes) {
                if (index > from) {
                    parts.add(0, batch.part(from, index, null));
                }
                parts.add(0, batch.part(index, index + 1, refused));
                from = index + 1;
            }
            if (from < batch.size()) {
                parts.add(0, batch.part(from, batch.size(), null));
            }
        }
        return parts;
    }

    private boolean keepAside(Batch record, long now) {
        SendResult.Refused why = requireNonNull(record.refusal(), "refusal is null");
        if (now - sideFileNotBefore < 0) {
            return false;
        }
        Report report = record.toReport(stream, agentOf(record.source()), epoch);
        Report.Entry entry = report.entries().get(0);
        try {
            refusedRecords.keep(
                    stream,
                    new RefusedRecords.Refusal(
                            report.position(0),
                            entry.timestampMillis(),
                            record.source().watched(),
                            entry.payload(),
                            why.code(),
                            why.sentence()));
        } catch (IOException e) {
            sideFileFailed(e, now);
            return false;
        }
        sideFileFailing = false;
        batches.removeFirst();
        record.source().acknowledge(record.end(), record.nextSeq());
        counts.addRefused();
        if (counts.refused() % REFUSALS_TOLD == 1) {
            log.warn(
                    "The gateway refused record {} of {} in stream {}: {} It is kept in the side file; {} so far.",
                    report.firstSeq(),
                    record.source().watched(),
                    stream,
                    why.sentence(),
                    counts.refused());
        }
        return true;
    }

    private void sideFileFailed(IOException reason, long now) {
        sideFileNotBefore = now + SIDE_FILE_RETRY_NANOS;
        if (!sideFileFailing) {
            sideFileFailing = true;
            log.warn(
                    "Tried to keep a refused record of stream {} in the side file but: {}. The stream waits until that works;"
                            + " make the data folder writable or free disk space.",
                    stream,
                    reason.toString());
        }
    }

    /** How long until {@link #advance} has something to do by the clock, or {@code limit} if that is sooner. */
    long nanosToWait(long now, long limit) {
        return delivery.nanosToWait(now, limit);
    }
}
