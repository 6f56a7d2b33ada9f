package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Want;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.PeerAddress;
import io.espalier.relay.protocol.Stripe;
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
import org.slf4j.event.Level;

/**
 * Getting the chunks of one stripe of a blob, from one source at a time. Wants nothing when none of them is missing; the blob fails
 * when every source was tried. Thread-safe.
 */
final class StripeFetch {
    private static final Logger log = LoggerFactory.getLogger(StripeFetch.class);
    private static final int NO_WANT = -1;

    private final BlobFetch fetch;
    private final SpooledBlob blob;
    private final RouteCursor cursor;
    private final FeedHub hub;
    private final HashPause hashes;
    private final Set<NodeId> tried = new HashSet<>();
    private @Nullable SourceLink link;
    private int wantId = NO_WANT;
    /** Counts the choices of a source, so that a want which was sent meanwhile is not taken for that of a later choice. */
    private int choice;
    /** No chunk of the stripe that comes before is missing. */
    private int lacking;

    private boolean over;

    StripeFetch(BlobFetch fetch, RouteCursor cursor, FeedHub hub, Duration hashWait) {
        this.fetch = requireNonNull(fetch, "fetch is null");
        this.blob = fetch.blob();
        this.cursor = requireNonNull(cursor, "cursor is null");
        this.hub = requireNonNull(hub, "hub is null");
        this.hashes = new HashPause(blob, hashWait);
    }

    BlobFetch fetch() {
        return fetch;
    }

    Job job() {
        return fetch.job();
    }

    RouteCursor cursor() {
        return cursor;
    }

    Stripe stripe() {
        return cursor.stripe();
    }

    Flow flow() {
        return new Flow(job().transfer().repository(), stripe());
    }

    /** Wants what is missing. */
    void start() {
        cursor.begin(System.nanoTime());
        seek("");
    }

    private boolean isLacking() {
        while (lacking < blob.chunks() && (!stripe().has(blob.digest(), lacking) || blob.has(lacking))) {
            lacking++;
        }
        return lacking < blob.chunks();
    }

    /** Wants the missing chunks from the next source of the route, unless another thread has found one meanwhile. */
    private void seek(String reason) {
        while (true) {
            SourceLink next;
            Optional<PeerAddress> source;
            synchronized (this) {
                if (over || link != null || !isLacking()) {
                    return;
                }
                source = cursor.next(tried);
            }
            if (source.isEmpty()) {
                cursor.again();
                fetch.fail(new TransferProblem(
                        Haste.SOON,
                        "Tried to get blob " + blob.digest()
                                + " from every source of the route but none gave it; the last: "
                                + (reason.isEmpty() ? "none is left" : reason) + "."));
                return;
            }
            next = hub.link(source.get());
            int mine;
            synchronized (this) {
                if (over || link != null) {
                    return;
                }
                if (!cursor.next(tried).equals(source)) {
                    continue; // the route has changed meanwhile
                }
                mine = choose(next);
                fetch.uses(next);
            }
            int id = next.want(this);
            if (id >= 0) {
                took(next, mine, id);
                return;
            }
            synchronized (this) {
                tried.add(source.get().node());
                if (choice != mine) {
                    return;
                }
                choose(null);
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

    /** The want was sent; another thread may have chosen another source since, or the last chunk may have come. */
    private void took(SourceLink next, int mine, int id) {
        boolean late;
        boolean ended;
        synchronized (this) {
            ended = over;
            late = over || choice != mine;
            if (!late && isLacking()) {
                wantId = id;
            } else if (!late) {
                choose(null);
                late = true;
            }
        }
        if (late) {
            next.release(this, id);
            if (ended) {
                fetch.leftLate(next);
            }
        } else {
            job().progress().sender(stripe(), next.peer().node().value());
        }
    }

    /** The wish for what is missing now. */
    Want want(int id) {
        return job().want(id, blob, stripe());
    }

    /** A chunk came, by the link's thread; answers false when it was wrong. */
    boolean chunk(SourceLink from, int index, ByteBuffer data) {
        int length = data.remaining();
        try {
            Offer offer = hashes.offer(index, data, () -> from.isShared(this));
            switch (offer) {
                case STORED -> fetch.stored(index, length, from.peer().node());
                case DUPLICATE -> job().progress().twice(length);
                case NO_HASH -> waitForHashes(from);
                case WRONG -> wrong(from, index);
            }
            return offer != Offer.WRONG;
        } catch (SpoolException e) {
            fetch.fail(TransferProblem.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    /** A chunk of the stripe is there, whoever brought it: with the last one nothing is wanted any more. */
    void stored() {
        SourceLink last;
        int id;
        synchronized (this) {
            // A want that is just being sent is looked at again when it was.
            if (over || link == null || wantId == NO_WANT || isLacking()) {
                return;
            }
            last = link;
            id = wantId;
            choose(null);
        }
        last.release(this, id);
    }

    private void wrong(SourceLink from, int index) {
        NodeId node = from.peer().node();
        String reason = node + " sent a wrong chunk " + index + " of blob " + blob.digest()
                + "; it was thrown away, and " + node + " is not asked again for this transfer";
        log.warn("Transfer {}: {}.", job(), reason);
        job().progress().problem(reason + ".");
        job().cursors().wrong(node);
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

    /** To be called now and then: goes on when hashes have come. */
    void tick() {
        SourceLink from = hashes.isOn() ? link() : null;
        if (from == null) {
            return;
        }
        if (hashes.isOver()) {
            wantAgain(from);
        } else if (hashes.isTooLong()) {
            fetch.fail(new TransferProblem(
                    Haste.SOON,
                    "The master has not sent the hashes of blob " + blob.digest() + "; " + blob.hashesKnown() + " of "
                            + blob.chunks() + " are known. It goes on when they come."));
        }
    }

    private void wantAgain(SourceLink from) {
        int mine;
        synchronized (this) {
            if (over || link != from || !hashes.isOn()) {
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
    }

    /** Chunks were lost on this node's disk: they are wanted again. */
    void again() {
        SourceLink from;
        int id;
        synchronized (this) {
            if (over) {
                return;
            }
            lacking = 0;
            from = link;
            id = wantId;
            hashes.end();
            choose(null);
        }
        if (from != null) {
            from.release(this, id);
        }
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
        tellLeaving(from, reason);
        cursor.leave(from.peer());
        moveFrom(from, reason);
    }

    /** Once, however often it is tried, until bytes have come. */
    private void tellLeaving(SourceLink from, String reason) {
        Level level = job().isNews(from.peer() + " " + reason) ? Level.INFO : Level.DEBUG;
        log.atLevel(level).log("Transfer {} leaves source {}: {}.", this, from.peer(), reason);
    }

    /** Leaves a source that still lives, if there is another one to try; answers whether it did. */
    boolean moveOn(SourceLink from, boolean slow, String reason) {
        synchronized (this) {
            Set<NodeId> without = new HashSet<>(tried);
            without.add(from.peer().node());
            if (over || link != from || cursor.next(without).isEmpty()) {
                return false;
            }
        }
        tellLeaving(from, reason);
        if (slow) {
            cursor.leaveSlow(from.peer(), System.nanoTime());
        } else {
            cursor.leave(from.peer());
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
            Optional<PeerAddress> first = cursor.next(tried);
            if (over || from == null || first.isEmpty() || first.get().equals(from.peer())) {
                return;
            }
            hashes.end();
            choose(null);
        }
        from.release(this, id);
        seek("");
    }

    /** Wants nothing more, for good; chunks on their way are used as long as the blob is fetched. */
    void end() {
        SourceLink last;
        int id;
        synchronized (this) {
            over = true;
            last = link;
            id = wantId;
            choose(null);
        }
        if (last != null) {
            last.release(this, id);
        }
    }

    @Override
    public String toString() {
        return stripe().count() == 1 ? job().toString() : job() + " stripe " + stripe();
    }
}
