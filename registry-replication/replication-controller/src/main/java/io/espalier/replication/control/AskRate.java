package io.espalier.replication.control;

import io.espalier.relay.protocol.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How often each node is heard in a minute, so that none fills the audit. Thread-safe. */
final class AskRate {
    static final int A_MINUTE = 60;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Map<NodeId, Window> windows = new HashMap<>();

    private record Window(long begin, int count) {}

    /** Whether it is heard. */
    enum Hearing {
        HEARD,
        /** The first one that is not. */
        TOO_OFTEN,
        STILL_TOO_OFTEN
    }

    synchronized Hearing hear(NodeId node, long nanoTime) {
        Window last = windows.get(node);
        Window now = last == null || nanoTime - last.begin() >= MINUTE_NANOS
                ? new Window(nanoTime, 1)
                : new Window(last.begin(), Math.min(last.count(), A_MINUTE + 1) + 1);
        windows.put(node, now);
        if (now.count() <= A_MINUTE) {
            return Hearing.HEARD;
        }
        return now.count() == A_MINUTE + 1 ? Hearing.TOO_OFTEN : Hearing.STILL_TOO_OFTEN;
    }

    synchronized void forget(NodeId node) {
        windows.remove(node);
    }
}
