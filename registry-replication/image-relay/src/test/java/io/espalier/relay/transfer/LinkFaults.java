package io.espalier.relay.transfer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Switches of the link from one parent to one child, and what went over it. Thread-safe. */
final class LinkFaults {
    /** No feed opens, open ones are closed. */
    volatile boolean cut;

    /** Nothing comes any more, not even that the parent lives. */
    volatile boolean silent;

    /** Bytes a second; 0 is no limit. */
    volatile long rate;

    /** The index of a chunk that is sent with a wrong bit; -1 for none. */
    volatile int corrupt = -1;

    final AtomicLong bytes = new AtomicLong();
    final AtomicLong feeds = new AtomicLong();
    final Set<String> sent = ConcurrentHashMap.newKeySet();
}
