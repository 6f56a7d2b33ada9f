package io.espalier.gateway.lane;

import static java.util.Objects.requireNonNull;

import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import io.espalier.stream.queue.Offer;
import io.espalier.stream.stage.StreamCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lanes of all streams that have traffic. A lane comes with a stream's first request and goes when the stream has been
 * quiet for a while, so that a quiet stream costs no thread and no producer.
 *
 * <p>Safe for use by many threads; {@link #submit} never blocks.
 */
public final class Lanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    private static final Offer CLOSED = new Offer.Closed();

    private final LaneSettings settings;
    private final GatewayIdentity identity;
    private final ConcurrentMap<StreamId, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentMap<StreamId, LaneCounts> counts = new ConcurrentSkipListMap<>();
    private volatile @Nullable WriterPool pool;

    public Lanes(LaneSettings settings, GatewayIdentity identity) {
        this.settings = requireNonNull(settings, "settings is null");
        this.identity = requireNonNull(identity, "identity is null");
    }

    /**
     * Puts the submission into its stream's queue.
     *
     * @return completed at once if it is not taken, else when it is settled; on any thread
     */
    public CompletableFuture<Outcome> submit(Submission submission) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        LaneCounts count = counts(submission.stream().id());
        Offer offer;
        do {
            WriterPool now = pool;
            if (now == null) {
                answer.complete(new Outcome.NoCluster());
                return answer;
            }
            Lane lane = lane(submission.stream(), now, count);
            if (pool == now) {
                offer = lane.offer(submission, answer);
            } else {
                // The pool changed while the lane was made, so use() may not have seen it.
                lane.stop();
                offer = CLOSED;
            }
        } while (offer instanceof Offer.Closed);
        if (offer instanceof Offer.Full full) {
            count.pushedBack.increment();
            answer.complete(new Outcome.QueueFull(full.retryAfter()));
        }
        return answer;
    }

    /** Counts a request that was refused for want of room before it came to its queue; answers when to send it again. */
    public Duration pushBack(StreamId stream) {
        counts(stream).pushedBack.increment();
        return settings.queue().retryAfter();
    }

    private LaneCounts counts(StreamId stream) {
        return counts.computeIfAbsent(stream, id -> new LaneCounts());
    }

    private Lane lane(StreamDefinition stream, WriterPool now, LaneCounts count) {
        return lanes.computeIfAbsent(stream.id(), id -> {
            Lane lane = new Lane(stream, settings, now, identity, count, this);
            lane.start();
            return lane;
        });
    }

    /** Takes a quiet lane out of use; a request that slips in meanwhile goes into a new lane. */
    void retire(StreamId stream, Lane lane) {
        lanes.remove(stream, lane);
        for (Pending late : lane.retire()) {
            late.moveTo(this);
        }
    }

    /** The lane's worker ends, for whatever reason. */
    void ended(StreamId stream, Lane lane) {
        lanes.remove(stream, lane);
    }

    /**
     * Uses this pool from now on, or none: with none, newcomers are answered {@link Outcome.NoCluster}. Lanes of the pool
     * before are stopped, and wait for their writers within the close limit.
     */
    public synchronized void use(@Nullable WriterPool next) {
        pool = next;
        List<Lane> before = new ArrayList<>(lanes.values());
        lanes.values().removeAll(before);
        before.forEach(Lane::stop);
        long end = System.nanoTime() + settings.closeLimit().toNanos();
        try {
            for (Lane lane : before) {
                if (!lane.join(Duration.ofNanos(end - System.nanoTime()))) {
                    LOG.warn("A lane did not end within {}; its thread was interrupted.", settings.closeLimit());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lanes with a thread, now. */
    public int active() {
        return lanes.size();
    }

    /** One entry for each stream seen, in the order of ids. */
    public List<StreamCounts> counts() {
        List<StreamCounts> all = new ArrayList<>();
        counts.forEach((stream, count) -> all.add(count.asCounts(stream)));
        return all;
    }

    /** One entry for each stream seen, in the order of ids. */
    public List<QueueView> queues() {
        List<QueueView> all = new ArrayList<>();
        counts.forEach((stream, count) -> all.add(count.asView(stream)));
        return all;
    }

    /** Stops every lane within the close limit; what waits is answered. */
    @Override
    public void close() {
        use(null);
    }
}
