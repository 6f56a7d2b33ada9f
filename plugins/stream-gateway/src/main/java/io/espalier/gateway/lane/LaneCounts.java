package io.espalier.gateway.lane;

import io.espalier.stream.id.StreamId;
import io.espalier.stream.stage.StreamCounts;
import io.espalier.stream.stage.StreamCounts.Measure;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What is counted for one stream; outlives its lanes. Safe for use by many threads. */
final class LaneCounts {
    final AtomicLong queuedRecords = new AtomicLong();
    final AtomicLong queuedRequests = new AtomicLong();
    final AtomicLong queuedBytes = new AtomicLong();
    final LongAdder pushedBack = new LongAdder();
    final LongAdder stored = new LongAdder();

    void entered(Submission submission) {
        queued(submission, 1);
    }

    void left(Submission submission) {
        queued(submission, -1);
    }

    private void queued(Submission submission, int sign) {
        queuedRecords.addAndGet((long) sign * submission.entries().size());
        queuedRequests.addAndGet(sign);
        queuedBytes.addAndGet(sign * submission.weight());
    }

    StreamCounts asCounts(StreamId stream) {
        return new StreamCounts(
                stream,
                Map.of(
                        Measure.QUEUED, queuedRecords.get(),
                        Measure.PUSHED_BACK, pushedBack.sum(),
                        Measure.STORED, stored.sum()));
    }

    QueueView asView(StreamId stream) {
        return new QueueView(stream, queuedRequests.get(), queuedBytes.get(), pushedBack.sum(), stored.sum());
    }
}
