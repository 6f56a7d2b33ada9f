package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.spool.BlobStream;
import io.espalier.relay.spool.SpooledBlob;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Those who wait for a blob that is being fetched, and read it meanwhile: all of them hear of its failure. Thread-safe. */
final class FetchReaders {
    private final SpooledBlob blob;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<BlobStream> streams = new CopyOnWriteArrayList<>();
    private volatile @Nullable TransferProblem failure;

    FetchReaders(SpooledBlob blob) {
        this.blob = requireNonNull(blob, "blob is null");
    }

    /** The first chunk is there. */
    void begin() {
        begun.countDown();
    }

    /** Nothing more comes; with a problem what is read ends with that. */
    void end(@Nullable TransferProblem problem) {
        if (problem != null) {
            fail(problem);
        }
        begun.countDown();
        ended.countDown();
    }

    /** Whoever reads, or will, gets this problem. */
    void fail(TransferProblem problem) {
        failure = requireNonNull(problem, "problem is null");
        streams.forEach(stream -> stream.abort(problem.sentence()));
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** The blob in order, while it comes; ends with the fetch's problem when that fails. */
    BlobStream stream() {
        BlobStream stream = blob.stream();
        streams.add(stream);
        TransferProblem problem = failure;
        if (problem != null) {
            stream.abort(problem.sentence());
        }
        return stream;
    }

    /** Waits for the first chunk. */
    void awaitBegin() throws InterruptedException, TransferProblem {
        begun.await();
        requireNoFailure();
    }

    /** Waits for the end, up to the limit; answers whether it came. */
    boolean awaitEnd(long nanos) throws InterruptedException, TransferProblem {
        boolean came = ended.await(nanos, TimeUnit.NANOSECONDS);
        requireNoFailure();
        return came;
    }

    void requireNoFailure() throws TransferProblem {
        TransferProblem problem = failure;
        if (problem != null) {
            throw problem;
        }
    }
}
