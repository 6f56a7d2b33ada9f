package io.espalier.relay.feed;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.Lane.BrokenWant;
import io.espalier.relay.protocol.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parent's end of one feed: sends the child the chunks that it wants, as they become available.
 *
 * <p>Wants of one image (repository, priority and rate limit) are served in the order in which they came; images share the feed in
 * proportion to their priority (stride scheduling, Waldspurger and Weihl 1995). A want of a blob that the source does not know is
 * tried again for 3 seconds and then refused. At most two chunks are on their way to the link; their memory is the source's, who
 * decides how much of it all feeds together may have. Has a thread of its own, so that a slow child, or a source that blocks, delays
 * no other feed. Thread-safe.
 */
public final class FeedSender implements AutoCloseable {
    static final Duration PENDING_LIMIT = Duration.ofSeconds(3);
    private static final long TRY_AGAIN_NANOS = Duration.ofMillis(100).toNanos();
    /** So long at most a step may be late, should a wake-up ever be lost. */
    private static final long LONGEST_REST_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int CHUNKS_ON_THE_WAY = 2;
    private static final int MAX_ORDERS = 2 * FeedLimits.WANTS;
    private static final Logger LOG = LoggerFactory.getLogger(FeedSender.class);

    private final NodeId child;
    private final ChunkSource source;
    private final FeedSink sink;
    private final UplinkLimit.Share uplink;
    private final EdgeCounters.Edge counters;
    private final WantTable wants;
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final AtomicInteger orderCount = new AtomicInteger();
    private final AtomicInteger onTheWay = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean woken;
    private volatile boolean idle = true;
    private final AtomicBoolean starved = new AtomicBoolean();
    private volatile long lastAlive = System.nanoTime();

    /** Serves nobody before {@link #start}. */
    public FeedSender(NodeId child, ChunkSource source, FeedSink sink, UplinkLimit uplink, EdgeCounters counters) {
        this.child = requireNonNull(child, "child is null");
        this.source = requireNonNull(source, "source is null");
        this.sink = requireNonNull(sink, "sink is null");
        this.uplink = uplink.join(this::wake);
        this.counters = counters.of(child);
        this.wants = new WantTable();
        this.thread = new Thread(this::run, "relay-feed-to-" + child);
        thread.setDaemon(true);
    }

    /** Begins to serve the child, unless it was closed; to be called once. */
    public void start() {
        thread.start();
    }

    public NodeId child() {
        return child;
    }

    /** The child wants a blob; a want that breaks a bound of {@link FeedLimits} ends the feed. Never blocks. */
    public void want(Want want) {
        requireNonNull(want, "want is null");
        order(() -> accept(want));
    }

    /** The child wants no more of it; one that is not known is ignored. Never blocks. */
    public void release(int want) {
        order(() -> wants.remove(want));
    }

    private void order(Runnable order) {
        if (orderCount.incrementAndGet() > MAX_ORDERS) {
            end("the child sends wants faster than they can be read; more than " + MAX_ORDERS + " wait");
            return;
        }
        orders.add(order);
        wake();
    }

    private void accept(Want want) {
        Optional<String> problem = wants.add(want, System.nanoTime(), PENDING_LIMIT.toNanos());
        problem.ifPresent(this::end);
    }

    /** Says that the node lives when it is time; to be called several times in {@link FeedLimits#ALIVE_EVERY}. Never blocks. */
    public void tick() {
        long now = System.nanoTime();
        if (closed || now - lastAlive < FeedLimits.ALIVE_EVERY.toNanos()) {
            return;
        }
        boolean upstream = starved.getAndSet(false) || idle;
        if (sink.alive(upstream)) {
            lastAlive = now;
        } else if (upstream) {
            starved.set(true);
        }
    }

    /** A permit alone could be used up by a lock within a step. */
    private void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!closed) {
                woken = false;
                long nanos = Math.min(step(), LONGEST_REST_NANOS);
                if (nanos > 0 && !woken) {
                    LockSupport.parkNanos(nanos);
                }
            }
        } catch (Throwable e) { // also an error: the feed must not look alive when nobody serves it
            LOG.error("The feed to {} failed unexpectedly and is closed.", child, e);
            end("the parent failed unexpectedly; its log says why");
        } finally {
            uplink.rest();
            wants.close();
        }
    }

    /** Sends at most one chunk; answers how long nothing needs to be done unless woken. */
    private long step() {
        runOrders();
        long now = System.nanoTime();
        long untilTry = openPending(now);
        @Nullable Lane lane;
        try {
            lane = wants.choose(now);
            idle = lane == null && !wants.hasDelayed();
            if (idle) {
                starved.set(true);
            }
            if (lane == null) {
                uplink.rest();
                return Math.min(untilTry, wants.delay());
            }
            @Nullable ServedWant want = lane.first();
            return want == null ? 0 : send(lane, want, untilTry);
        } catch (BrokenWant e) {
            refuse(e.want().want(), "the parent cannot give it: " + e.getMessage(), e.retryable());
            return 0;
        }
    }

    private void runOrders() {
        for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
            orderCount.decrementAndGet();
            order.run();
        }
    }

    private long openPending(long now) {
        long next = LONGEST_REST_NANOS;
        for (ServedWant want : wants.pending()) {
            if (want.untilTry(now) == 0) {
                uplink.rest(); // the source may take its time
                if (!opened(want, now)) {
                    continue;
                }
            }
            next = Math.min(next, want.isOpen() ? 0 : want.untilTry(now));
        }
        return next;
    }

    /** Answers false when the want was refused. */
    private boolean opened(ServedWant want, long now) {
        try {
            if (want.open(source, now, TRY_AGAIN_NANOS, this::wake) || !want.isGivenUp(now)) {
                return true;
            }
            refuse(want.want(), "the parent does not know the blob, and has not heard of a transfer that has it", true);
        } catch (RuntimeException e) {
            LOG.warn("Blob {} could not be opened for {}.", want.want().blob(), child, e);
            refuse(want.want(), "the parent failed to open the blob: " + e.getMessage(), true);
        }
        return false;
    }

    private long send(Lane lane, ServedWant want, long untilTry) throws BrokenWant {
        int index = index(want);
        int length = want.length(index);
        @Nullable HeldChunk held = hold(want, index);
        if (held == null) {
            uplink.rest();
            return untilTry;
        }
        long delay = uplink.take(length, lane.key().priority());
        if (delay > 0) {
            held.close();
            return Math.min(delay, untilTry);
        }
        ByteBuffer bytes = read(want, index, held);
        want.sent(index);
        wants.spend(lane, want, length);
        counters.sent(length);
        onTheWay.incrementAndGet();
        sink.chunk(new ChunkHeader(want.want().id(), index, length), bytes, () -> {
            held.close();
            onTheWay.decrementAndGet();
            wake();
        });
        return 0;
    }

    /** Null when as much is on its way as may be. */
    private @Nullable HeldChunk hold(ServedWant want, int index) throws BrokenWant {
        int before = onTheWay.get();
        try {
            return before < CHUNKS_ON_THE_WAY ? want.hold(index, before == 0) : null;
        } catch (IOException e) {
            throw new BrokenWant(want, e, false);
        }
    }

    private ByteBuffer read(ServedWant want, int index, HeldChunk held) throws BrokenWant {
        try {
            return held.bytes();
        } catch (IOException | RuntimeException e) {
            held.close();
            LOG.warn(
                    "Chunk {} of blob {} could not be read for {}.",
                    index,
                    want.want().blob(),
                    child,
                    e);
            throw new BrokenWant(want, e, true);
        }
    }

    private static int index(ServedWant want) throws BrokenWant {
        try {
            return want.next();
        } catch (IOException e) {
            throw new BrokenWant(want, e, false);
        }
    }

    private void refuse(Want want, String reason, boolean retryable) {
        wants.remove(want.id());
        counters.refused();
        sink.refused(want.id(), reason, retryable);
    }

    private void end(String reason) {
        close();
        sink.close(reason);
    }

    /** Serves the child no more; idempotent, does not wait. */
    @Override
    public void close() {
        closed = true;
        wake();
    }

    /** Waits until the thread has ended; answers whether it did. To be called after {@link #close}. */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        thread.join(Math.max(1, limit.toMillis()));
        return !thread.isAlive();
    }
}
