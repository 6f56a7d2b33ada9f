package io.espalier.relay.feed;

import io.espalier.relay.feed.Lane.BrokenWant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open wants of one feed and whose turn it is. For the sender's thread. */
final class WantTable implements AutoCloseable {
    private static final long FOREVER_NANOS = 3_600_000_000_000L;
    private static final int MANY_LANES = 64;

    private final Map<Integer, ServedWant> wants = new LinkedHashMap<>();
    private final Map<Lane.Key, Lane> lanes = new HashMap<>();
    private final List<ServedWant> pending = new ArrayList<>();
    private long chunks;
    private double floor;
    private long delay;

    /** Takes a want in; answers a problem that ends the feed. */
    Optional<String> add(Want want, long now, long pendingLimit) {
        ServedWant served = new ServedWant(want, now, now + pendingLimit);
        if (wants.containsKey(want.id())) {
            return Optional.of("the child used the want id " + want.id() + " twice");
        }
        if (wants.size() >= FeedLimits.WANTS || chunks + served.chunks() > FeedLimits.CHUNKS_OF_A_FEED) {
            return Optional.of("the child has " + wants.size() + " open wants of " + chunks + " chunks; at most "
                    + FeedLimits.WANTS + " wants of " + FeedLimits.CHUNKS_OF_A_FEED + " chunks are served on one feed");
        }
        if (served.isServed()) {
            return Optional.empty();
        }
        if (lanes.size() >= MANY_LANES) {
            lanes.values().removeIf(lane -> lane.wants().isEmpty() && lane.delay(now) == 0);
        }
        chunks += served.chunks();
        pending.add(served);
        wants.put(want.id(), served);
        lanes.computeIfAbsent(Lane.Key.of(want), key -> new Lane(key, floor, now))
                .wants()
                .add(served);
        return Optional.empty();
    }

    void remove(int id) {
        ServedWant want = wants.remove(id);
        if (want == null) {
            return;
        }
        chunks -= want.chunks();
        pending.remove(want);
        Lane.Key key = Lane.Key.of(want.want());
        Lane lane = lanes.get(key);
        if (lane != null) {
            lane.wants().remove(want);
        }
        want.close();
    }

    /** Those whose blob is not open yet. */
    List<ServedWant> pending() {
        pending.removeIf(ServedWant::isOpen);
        return pending.isEmpty() ? List.of() : List.copyOf(pending);
    }

    /** The lane whose turn it is among those that have a chunk and may send it now; null when there is none. */
    @Nullable
    Lane choose(long now) throws BrokenWant {
        Lane chosen = null;
        delay = FOREVER_NANOS;
        for (Lane lane : lanes.values()) {
            if ((chosen == null || lane.pass() < chosen.pass()) && lane.first() != null) {
                long wait = lane.delay(now);
                if (wait == 0) {
                    chosen = lane;
                } else {
                    delay = Math.min(delay, wait);
                }
            }
        }
        return chosen;
    }

    /** Whether a lane had a chunk at the last {@link #choose} but must keep to its rate. */
    boolean hasDelayed() {
        return delay < FOREVER_NANOS;
    }

    /** Nanoseconds until such a lane may send. */
    long delay() {
        return delay;
    }

    /** Charges what was sent, and forgets the want when it was the last chunk. */
    void spend(Lane lane, ServedWant want, int bytes) {
        double before = lane.pass();
        lane.spend(bytes, floor);
        floor = Math.max(floor, before);
        if (want.isServed()) {
            remove(want.want().id());
        }
    }

    @Override
    public void close() {
        List.copyOf(wants.keySet()).forEach(this::remove);
    }
}
