package io.espalier.relay.transfer;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage.Observed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a link was last heard, how fast it is, and whose fault it is when it is slow. Time is {@code System.nanoTime()}. Thread-safe.
 */
final class LinkMeter {
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int SAMPLES = 64;
    private static final double ENOUGH = 0.25;

    /** The state of the counters at one tick. */
    private record Sample(long at, long bytes, long inListener) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private long heard;
    private long lastChunk;
    /** Of flows of which something is wanted: when a chunk last came, or the first one was wanted. */
    private final Map<Flow, Long> lastChunks = new HashMap<>();

    private long upstreamAt;
    private boolean upstreamSeen;
    private long bytes;
    private long inListener;
    private long entered;
    private boolean inside;
    private long activeSince;
    private boolean active;
    private long rate;
    private long busySince;
    private long busyBytes;

    /** Something of this flow is wanted from now on. */
    synchronized void begin(Flow flow, long now) {
        lastChunks.putIfAbsent(flow, now);
        if (!active) {
            active = true;
            activeSince = now;
            heard = now;
            lastChunk = now;
            samples.clear();
            busyBytes = 0;
        }
    }

    /** This node had no time to look, so perhaps none to receive either: nothing of before counts, and it is judged after a whole window. */
    synchronized void missed(long now) {
        samples.clear();
        activeSince = now;
        heard = now;
    }

    /** The feed is open: what was wanted before could not come. */
    synchronized void opened(long now) {
        missed(now);
        lastChunk = now;
        lastChunks.replaceAll((flow, before) -> now);
    }

    /** Something of these flows is wanted still, and nothing of others. */
    synchronized void keep(Set<Flow> flows) {
        lastChunks.keySet().retainAll(flows);
        active = !lastChunks.isEmpty();
    }

    synchronized void alive(boolean upstream, long now) {
        heard = now;
        if (upstream) {
            upstreamSeen = true;
            upstreamAt = now;
            busyBytes = 0;
        }
    }

    synchronized void heard(long now) {
        heard = now;
    }

    synchronized void enter(long now) {
        inside = true;
        entered = now;
        heard = now;
    }

    /** The listener is done with a chunk; of a flow, if that is known still. */
    synchronized void leave(int length, @Nullable Flow flow, long now) {
        inside = false;
        inListener += now - entered;
        heard = now;
        if (busyBytes == 0 || entered - lastChunk > GAP_NANOS) {
            busySince = now;
            busyBytes = 1; // the first chunk only starts the clock
        } else {
            busyBytes += length;
        }
        lastChunk = now;
        bytes += length;
        if (flow != null) {
            lastChunks.replace(flow, now);
        }
    }

    /** Nothing was heard for so long although something is wanted and this side did not keep the link waiting. */
    synchronized boolean isSilent(long now, long limit) {
        return active && !inside && now - heard > limit;
    }

    /** No chunk of the flow came for so long though one is wanted, whatever the parent says. */
    synchronized boolean isStarving(Flow flow, long now, long limit) {
        Long last = lastChunks.get(flow);
        return last != null && !inside && now - last > limit;
    }

    /**
     * Less than a quarter of the expected rate came over a whole window in which something was wanted, the parent did not say that
     * it waits itself, and this side kept up. Takes a sample, so it is to be called regularly.
     */
    synchronized boolean isSlow(long now, long window, long expectedBytesPerSecond) {
        samples.addLast(new Sample(now, bytes, inListener + (inside ? now - entered : 0)));
        while (samples.size() > SAMPLES
                || (samples.size() > 1 && now - samples.getFirst().at() > window + window / 4)) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        long span = now - first.at();
        rate = span <= 0 ? 0 : (long) ((bytes - first.bytes()) * 1e9 / span);
        if (!active || expectedBytesPerSecond <= 0 || now - activeSince < window || span < window * 3 / 4) {
            return false;
        }
        boolean upstream = upstreamSeen && now - upstreamAt < window;
        boolean ownFault = samples.getLast().inListener() - first.inListener() > span / 2;
        return !upstream && !ownFault && rate < ENOUGH * expectedBytesPerSecond;
    }

    /** Bytes a second up to the last look; at most those of a window. */
    synchronized long rate() {
        return rate;
    }

    /** A rate, when data has flowed without a pause for a second; each second gives one. */
    synchronized Optional<Observed> observed(NodeId peer, long now) {
        long span = lastChunk - busySince;
        if (busyBytes <= 1 || span < BUSY_NANOS || now - lastChunk > GAP_NANOS) {
            return Optional.empty();
        }
        Observed seen = new Observed(peer, busyBytes - 1, (long) ((busyBytes - 1) * 1e9 / span));
        busySince = lastChunk;
        busyBytes = 1;
        return Optional.of(seen);
    }
}
