package io.espalier.replication.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.store.RemovalStore.RemovalRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What the last complete look at the master's registry says of images that are to go, and how many went of late. A clock that jumps does
 * not make an image ripe, nor does time during which nobody looked. Thread-safe.
 */
final class Evidence {
    private final LongSupplier nanos;
    /** When rows of this process began; those of an earlier one are not here. */
    private final Map<String, Long> born = new HashMap<>();

    private final Deque<Instant> told = new ArrayDeque<>();
    private Set<String> absent = Set.of();
    private Instant lookedAt = Instant.MIN;
    private boolean looked;

    /** @param nanos a clock that nobody sets */
    Evidence(LongSupplier nanos) {
        this.nanos = requireNonNull(nanos, "nanos is null");
    }

    /** A removal begins. */
    synchronized void begun(RemovalRow row) {
        born.put(row.id(), nanos.getAsLong());
    }

    /**
     * A look is complete.
     *
     * @param missing removals that were known before it, and whose images it did not see
     * @param open all removals that are not over
     */
    synchronized void looked(Set<String> missing, Set<String> open, Instant at) {
        absent = Set.copyOf(missing);
        born.keySet().retainAll(open);
        lookedAt = at;
        looked = true;
    }

    synchronized boolean hasLooked() {
        return looked;
    }

    /** Whether a look after this time saw that the image is still gone; never the look that found it gone. */
    synchronized boolean saysGone(RemovalRow row, Duration after) {
        Long birth = born.get(row.id());
        return absent.contains(row.id())
                && !lookedAt.isBefore(row.seen().plus(after))
                && (birth == null || nanos.getAsLong() - birth >= after.toNanos());
    }

    /** By the policy nodes are told of an image that was found gone then. */
    synchronized void told(Instant seen) {
        told.add(seen);
    }

    /** How many images nodes were told of by the policy that were found gone since then. */
    synchronized int toldSince(Instant since) {
        told.removeIf(seen -> seen.isBefore(since));
        return told.size();
    }
}
