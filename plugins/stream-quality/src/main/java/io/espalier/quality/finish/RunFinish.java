package io.espalier.quality.finish;

import static java.util.Objects.requireNonNull;

import io.espalier.quality.reconcile.Reconciliation;
import io.espalier.stream.stage.ReadLedger;
import io.espalier.stream.stage.ReadLedger.SourceRead;
import io.espalier.stream.stage.WrittenFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Ends a run: stops reading, lets what is on its way arrive, and compares. Blocks the caller; starts no thread. */
public final class RunFinish {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    /** What is in Kafka must become visible also when the wait for the rest took all the time. */
    private static final Duration LEAST_FOR_FILES = Duration.ofSeconds(1);

    private final ReadLedger ledger;
    private final WrittenFiles files;

    public RunFinish(ReadLedger ledger, WrittenFiles files) {
        this.ledger = requireNonNull(ledger, "ledger is null");
        this.files = requireNonNull(files, "files is null");
    }

    /**
     * Ends the run.
     *
     * @param limit how long records may take to arrive; reading the files back comes on top of it
     * @throws IOException when the files cannot be read back
     */
    public FinishedRun finish(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        ledger.stopReading();
        List<SourceRead> read = awaitAcknowledged(deadline);
        long left = Math.max(LEAST_FOR_FILES.toNanos(), deadline - System.nanoTime());
        boolean published = files.publishAll(Duration.ofNanos(left));
        return new FinishedRun(
                Reconciliation.reconcile(read, files.folder()),
                unacknowledged(read),
                published,
                files.latencyMillis(99));
    }

    /** Waits until all is acknowledged at two looks in a row, since a read may still have been under way at the first. */
    private List<SourceRead> awaitAcknowledged(long deadline) {
        List<SourceRead> before = ledger.sources();
        while (true) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            List<SourceRead> now = ledger.sources();
            boolean settled = unacknowledged(now) == 0 && now.equals(before);
            if (settled
                    || System.nanoTime() - deadline >= 0
                    || Thread.currentThread().isInterrupted()) {
                return now;
            }
            before = now;
        }
    }

    private static long unacknowledged(List<SourceRead> sources) {
        return sources.stream()
                .mapToLong(source -> Math.max(0, source.nextSeq() - source.acknowledgedSeq()))
                .sum();
    }
}
