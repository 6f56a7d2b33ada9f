package io.espalier.replication.measure;

import io.espalier.relay.protocol.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Orders that were sent and not answered. An order that was waited for long enough stays here as late: its copy may still run, so
 * its nodes take part in no other copy until the answer comes, the node is gone or a long time has passed. Thread-safe.
 */
final class PendingOrders {
    private static final long FORGET_NANOS = Duration.ofMinutes(15).toNanos();

    private final Map<String, Sent> sent = new HashMap<>();

    /** An order on its way. */
    record Sent(String id, MeasureOrder order, boolean copy, long nanos) {}

    synchronized void add(String id, MeasureOrder order, boolean copy, long nanos) {
        sent.values().removeIf(old -> nanos - old.nanos > FORGET_NANOS);
        sent.put(id, new Sent(id, order, copy, nanos));
    }

    /** Takes the answer of this node to its order, once, before anybody who waits for it goes on. */
    synchronized void answered(String id, NodeId node, Consumer<MeasureOrder> taking) {
        @Nullable Sent order = sent.get(id);
        if (order != null && order.order.node().equals(node)) {
            sent.remove(id);
            taking.accept(order.order);
            notifyAll();
        }
    }

    /** It was never sent. */
    synchronized void cancel(String id) {
        sent.remove(id);
        notifyAll();
    }

    /** The node will not answer any more, and nobody copies from it. */
    synchronized void gone(NodeId node) {
        sent.values().removeIf(order -> order.order.node().equals(node));
        notifyAll();
    }

    /** Nodes that take part in a copy that may still run. */
    synchronized Set<NodeId> copying() {
        Set<NodeId> busy = new HashSet<>();
        for (Sent order : sent.values()) {
            if (order.copy) {
                busy.add(order.order.node());
                busy.addAll(order.order.peers());
            }
        }
        return busy;
    }

    /**
     * Waits until all of them are answered or gone.
     *
     * @return those that are not when the time is over
     */
    synchronized List<String> await(List<String> ids, Duration limit, BooleanSupplier stopped)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        List<String> left = left(ids);
        while (!left.isEmpty() && !stopped.getAsBoolean()) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return left;
            }
            wait(millis);
            left = left(ids);
        }
        return left;
    }

    /** Wakes who waits, to look whether it was stopped. */
    synchronized void wake() {
        notifyAll();
    }

    private List<String> left(List<String> ids) {
        List<String> left = new ArrayList<>(ids);
        left.retainAll(sent.keySet());
        return left;
    }
}
