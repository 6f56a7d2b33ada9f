package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.Stripe;
import io.espalier.relay.spool.SpooledBlob;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Getting one blob into the spool, all stripes of the route at once, for all transfers that need it. It ends when all chunks are
 * there, or with a problem when a stripe has tried every source. Thread-safe.
 */
final class BlobFetch {
    private final Job job;
    private final BlobPart part;
    private final SpooledBlob blob;
    private final FeedHub hub;
    private final Duration hashWait;
    private final FetchReaders readers;
    private final Set<SourceLink> used = new HashSet<>();
    private List<StripeFetch> stripes = List.of();
    private boolean over;
    private boolean whole;
    private boolean rested;
    private int users;

    /** @param job whose route is followed, and whose bytes are counted */
    BlobFetch(Job job, BlobPart part, SpooledBlob blob, FeedHub hub, Duration hashWait) {
        this.job = requireNonNull(job, "job is null");
        this.part = requireNonNull(part, "part is null");
        this.blob = requireNonNull(blob, "blob is null");
        this.hub = requireNonNull(hub, "hub is null");
        this.hashWait = requireNonNull(hashWait, "hashWait is null");
        this.readers = new FetchReaders(blob);
    }

    Job job() {
        return job;
    }

    SpooledBlob blob() {
        return blob;
    }

    /** Who waits for it and reads it. */
    FetchReaders readers() {
        return readers;
    }

    /** Guarded by the table of fetches. */
    int users(int more) {
        users += more;
        return users;
    }

    /** Proves what is in the spool and wants the rest. May take as long as reading the blob. */
    void start() {
        blob.check();
        long found = blob.have().stream().mapToLong(blob::chunkLength).sum();
        job.progress().found(part.digest(), found, job.isResumed());
        if (found > 0 || blob.isComplete()) {
            readers.begin();
        }
        if (blob.isComplete()) {
            finish(null);
        } else {
            begin().forEach(StripeFetch::start);
        }
    }

    /** The route is read under the lock, so that either this or {@link #rerouted} sees a new one. */
    private synchronized List<StripeFetch> begin() {
        stripes = job.cursors().all().stream()
                .map(cursor -> new StripeFetch(this, cursor, hub, hashWait))
                .toList();
        return stripes();
    }

    private synchronized List<StripeFetch> stripes() {
        return over ? List.of() : stripes;
    }

    /** The route has changed; what is there is kept. */
    void rerouted() {
        List<StripeFetch> before;
        List<StripeFetch> now;
        synchronized (this) {
            before = stripes();
            if (before.isEmpty()) {
                return;
            }
            boolean same = before.get(0).cursor() == job.cursors().all().get(0);
            now = same ? before : begin();
        }
        if (now == before) {
            now.forEach(StripeFetch::rerouted);
        } else {
            before.forEach(StripeFetch::end);
            now.forEach(StripeFetch::start);
        }
    }

    /** It is or was wanted over this link, which is to forget it in the end. */
    synchronized void uses(SourceLink link) {
        used.add(link);
    }

    /** A want was sent over this link when all had ended. */
    void leftLate(SourceLink link) {
        boolean ended;
        synchronized (this) {
            ended = over;
        }
        if (ended) {
            link.forget(this);
        }
    }

    /** A chunk came from this node and is in the spool now. */
    void stored(int index, int length, NodeId from) {
        job.progress().received(part.digest(), length, from.value());
        readers.begin();
        if (blob.isComplete()) {
            finish(null);
            return;
        }
        for (StripeFetch stripe : stripes()) {
            if (stripe.stripe().has(part.digest(), index)) {
                stripe.stored();
            }
        }
    }

    /**
     * To be called now and then, by one thread: goes on when hashes have come, and looks whether chunks that had come are still there,
     * also when their stripe has ended already.
     */
    void tick() {
        requireStillThere();
        List<StripeFetch> running = stripes();
        running.forEach(StripeFetch::tick);
        boolean rests = !running.isEmpty() && running.stream().allMatch(stripe -> stripe.link() == null);
        if (rests && rested) {
            again();
        }
        rested = rests;
    }

    /**
     * All had come, but chunks have been dropped since, as they rotted or their hashes were corrected. Nobody fetches them any more, so
     * an upload would wait for them for ever: it fails, and the transfer's next try fetches them.
     */
    private void requireStillThere() {
        boolean lost;
        synchronized (this) {
            lost = whole && !readers.hasFailed() && !blob.isComplete();
        }
        if (lost) {
            readers.fail(new TransferProblem(
                    Haste.SOON,
                    "Chunks of blob " + part.digest()
                            + " are no longer right on this node's disk; they are fetched again."));
        }
    }

    /** Chunks were lost on this node's disk: they are wanted again. */
    void again() {
        requireStillThere();
        stripes().forEach(StripeFetch::again);
    }

    /** Whether chunks that may be of this stripe, too, are wanted from that node now. */
    boolean isFrom(NodeId node, Stripe stripe) {
        for (StripeFetch fetch : stripes()) {
            SourceLink from = fetch.link();
            if (from != null
                    && from.peer().node().equals(node)
                    && fetch.stripe().meets(stripe)) {
                return true;
            }
        }
        return false;
    }

    void fail(TransferProblem problem) {
        finish(problem);
    }

    private void finish(@Nullable TransferProblem problem) {
        List<StripeFetch> last;
        synchronized (this) {
            if (over) {
                return;
            }
            last = stripes;
            over = true;
            whole = problem == null;
        }
        last.forEach(StripeFetch::end);
        Set<SourceLink> all;
        synchronized (this) {
            all = Set.copyOf(used);
        }
        all.forEach(each -> each.forget(this));
        if (problem == null) {
            job.progress().spooled(part.digest());
        }
        readers.end(problem);
    }
}
