package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.spool.Offer;
import io.espalier.relay.spool.SpoolException;
import io.espalier.relay.spool.SpooledBlob;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Getting one blob into the spool, from one source at a time, for all transfers that need it. It ends when all chunks are there, or
 * with a problem when every source of the route was tried. Thread-safe.
 */
final class BlobFetch {
    private static final Logger log = LoggerFactory.getLogger(BlobFetch.class);
    private static final int NO_WANT = -1;

    private final Job job;
    private final BlobPart part;
    private final SpooledBlob blob;
    private final FeedHub hub;
    private final HashPause hashes;
    private final FetchReaders readers;
    private final Set<SourceLink> used = new HashSet<>();
    private final Set<NodeId> tried = new HashSet<>();
    private @Nullable SourceLink link;
    private int wantId = NO_WANT;
    /** Counts the choices of a source, so that a want which was sent meanwhile is not taken for that of a later choice. */
    private int choice;

    private boolean over;
    private boolean whole;
    private int users;

    /** @param job whose route is followed, and whose bytes are counted */
    BlobFetch(Job job, BlobPart part, SpooledBlob blob, FeedHub hub, Duration hashWait) {
        this.job = requireNonNull(job, "job is null");
        this.part = requireNonNull(part, "part is null");
        this.blob = requireNonNull(blob, "blob is null");
        this.hub = requireNonNull(hub, "hub is null");
        this.readers = new FetchReaders(blob);
        this.hashes = new HashPause(blob, hashWait);
    }

    Job job() {
        return job;
    }

    SpooledBlob blob() {
        return blob;
    }

    /** Guarded by the table of fetches. */
    int users(int more) {
        users += more;
        return users;
    }

    /** Proves what is in the spool and wants the rest. May take as long as reading the blob. */
    void start() {
        blob.check();
        long found = foundBytes();
        job.progress().found(part.digest(), found, job.isResumed());
        if (found > 0 || blob.isComplete()) {
            readers.begin();
        }
        if (blob.isComplete()) {
            finish(null);
        } else {
            job.cursor().begin(System.nanoTime());
            seek("");
        }
    }

    private long foundBytes() {
        return blob.have().stream().mapToLong(blob::chunkLength).sum();
    }

    /** Wants the missing chunks from the next source of the route. */
    private void seek(String reason) {
        while (true) {
            Optional<PeerAddress> source;
            SourceLink next;
            synchronized (this) {
                if (over) {
                    return;
                }
                source = job.cursor().next(tried);
            }
            if (source.isEmpty()) {
                job.cursor().again();
                fail(new TransferProblem(
                        Haste.SOON,
                        "Tried to get blob " + part.digest()
                                + " from every source of the route but none gave it; the last: "
                                + (reason.isEmpty() ? "none is left" : reason) + "."));
                return;
            }
            next = hub.link(source.get());
            int mine;
            synchronized (this) {
                if (over) {
                    return;
                }
                mine = choose(next);
                used.add(next);
            }
            int id = next.want(this);
            if (id >= 0) {
                took(next, mine, id);
                return;
            }
            synchronized (this) {
                tried.add(source.get().node());
            }
        }
    }

    /** The source from now on; what is wanted there is not known yet. For holders of the lock. */
    private int choose(@Nullable SourceLink next) {
        link = next;
        wantId = NO_WANT;
        choice++;
        return choice;
    }

    /** The want was sent; another thread may have chosen another source since. */
    private void took(SourceLink next, int mine, int id) {
        boolean late;
        boolean ended;
        synchronized (this) {
            ended = over;
            late = over || choice != mine;
            if (!late) {
                wantId = id;
            }
        }
        if (late) {
            next.release(this, id);
            if (ended) {
                next.forget(this);
            }
        } else {
            job.progress().sender(next.peer().node().value());
        }
    }

    /** The wish for what is missing now. */
    Want want(int id) {
        return job.want(id, blob);
    }

    /** A chunk came, by the link's thread; answers false when it was wrong. */
    boolean chunk(SourceLink from, int index, ByteBuffer data) {
        int length = data.remaining();
        try {
            Offer offer = hashes.offer(index, data, () -> from.isShared(this));
            switch (offer) {
                case STORED -> stored(length);
                case DUPLICATE -> job.progress().twice(length);
                case NO_HASH -> waitForHashes(from);
                case WRONG -> wrong(from, index);
            }
            return offer != Offer.WRONG;
        } catch (SpoolException e) {
            fail(TransferProblem.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private void stored(int length) {
        job.progress().received(part.digest(), length);
        readers.begin();
        if (blob.isComplete()) {
            finish(null);
        }
    }

    private void wrong(SourceLink from, int index) {
        NodeId node = from.peer().node();
        String reason = node + " sent a wrong chunk " + index + " of blob " + part.digest()
                + "; it was thrown away, and " + node + " is not asked again for this transfer";
        log.warn("Transfer {}: {}.", job, reason);
        job.progress().problem(reason + ".");
        job.cursor().wrong(node);
        moveFrom(from, reason);
    }

    /** Chunks whose hash does not come would be thrown away; so nothing is wanted until the master has sent more hashes. */
    private void waitForHashes(SourceLink from) {
        int id;
        synchronized (this) {
            if (hashes.isOn() || over || link != from) {
                return;
            }
            hashes.begin();
            id = wantId;
            choose(from);
        }
        from.release(this, id);
    }

    /** To be called now and then: goes on when hashes have come, and looks whether chunks that had come are still there. */
    void tick() {
        requireStillThere();
        SourceLink from = hashes.isOn() ? link() : null;
        if (from == null) {
            return;
        }
        if (hashes.isOver()) {
            int mine;
            synchronized (this) {
                if (over || link != from) {
                    return;
                }
                hashes.end();
                mine = choose(from);
            }
            int id = from.want(this);
            if (id >= 0) {
                took(from, mine, id);
            } else {
                linkLost(from, "its feed was closed");
            }
        } else if (hashes.isTooLong()) {
            fail(new TransferProblem(
                    Haste.SOON,
                    "The master has not sent the hashes of blob " + part.digest() + "; " + blob.hashesKnown() + " of "
                            + blob.chunks() + " are known. It goes on when they come."));
        }
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
        SourceLink from;
        int id;
        synchronized (this) {
            if (over || link == null) {
                return;
            }
            from = link;
            id = wantId;
            choose(null);
        }
        from.release(this, id);
        seek("");
    }

    /** Over which it comes now. */
    synchronized @Nullable SourceLink link() {
        return link;
    }

    void refused(SourceLink from, String reason) {
        moveFrom(from, from.peer().node() + " does not give it: " + reason);
    }

    void linkLost(SourceLink from, String reason) {
        synchronized (this) {
            if (over || link != from) {
                return;
            }
        }
        log.info("Transfer {} leaves source {}: {}.", job, from.peer(), reason);
        job.cursor().leave(from.peer());
        moveFrom(from, reason);
    }

    /** Leaves a source that still lives, if there is another one to try; answers whether it did. */
    boolean moveOn(SourceLink from, boolean slow, String reason) {
        synchronized (this) {
            Set<NodeId> without = new HashSet<>(tried);
            without.add(from.peer().node());
            if (over || link != from || job.cursor().next(without).isEmpty()) {
                return false;
            }
        }
        log.info("Transfer {} leaves source {}: {}.", job, from.peer(), reason);
        if (slow) {
            job.cursor().leaveSlow(from.peer(), System.nanoTime());
        } else {
            job.cursor().leave(from.peer());
        }
        moveFrom(from, reason);
        return true;
    }

    private void moveFrom(SourceLink from, String reason) {
        int id;
        synchronized (this) {
            if (over || link != from) {
                return;
            }
            id = wantId;
            choose(null);
            tried.add(from.peer().node());
            hashes.end();
        }
        from.release(this, id);
        seek(reason);
    }

    /** The route has changed: the new parent is asked. */
    void rerouted() {
        SourceLink from;
        int id;
        synchronized (this) {
            tried.clear();
            from = link;
            id = wantId;
            Optional<PeerAddress> first = job.cursor().next(tried);
            if (over || from == null || first.isEmpty() || first.get().equals(from.peer())) {
                return;
            }
            choose(null);
        }
        from.release(this, id);
        seek("");
    }

    long expected(PeerAddress source) {
        long most = job.transfer().linkBytesPerSecond();
        long planned = job.cursor().expected(source);
        return most > 0 ? Math.min(most, planned) : planned;
    }

    /** Whether its rate is limited by order, so that it says nothing about the link. */
    boolean isLimited() {
        return job.transfer().linkBytesPerSecond() > 0;
    }

    /** Who waits for it and reads it. */
    FetchReaders readers() {
        return readers;
    }

    void fail(TransferProblem problem) {
        finish(problem);
    }

    private void finish(@Nullable TransferProblem problem) {
        SourceLink last;
        int id;
        Set<SourceLink> all;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            whole = problem == null;
            last = link;
            id = wantId;
            choose(null);
            all = Set.copyOf(used);
        }
        if (last != null) {
            last.release(this, id);
        }
        all.forEach(each -> each.forget(this));
        if (problem == null) {
            job.progress().spooled(part.digest());
        }
        readers.end(problem);
    }
}
