package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobSource;
import io.espalier.relay.spool.BlobStream;
import io.espalier.relay.spool.SpooledBlob;
import java.io.InputStream;
import java.util.ArrayList;
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

    /** Begins an upload; to be closed when it has ended. */
    Upload upload() {
        return new Upload();
    }

    /** How many streams hear of a failure. */
    int streams() {
        return streams.size();
    }

    /** One upload, which opens a stream for each of its attempts. For one thread. */
    final class Upload implements BlobSource, AutoCloseable {
        private final List<BlobStream> own = new ArrayList<>();

        private Upload() {}

        @Override
        public InputStream open() {
            BlobStream stream = stream();
            own.add(stream);
            return stream;
        }

        @Override
        public void close() {
            streams.removeAll(own);
        }
    }

    /** The blob in order, while it comes; ends with the fetch's problem when that fails. */
    private BlobStream stream() {
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
