package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.probe.Prober;
import io.espalier.relay.protocol.MasterMessage.Measure;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Measured;
import io.espalier.relay.protocol.PeerSample;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the master's measurements one after another on a thread of its own. Thread-safe. */
final class MeasureThread implements AutoCloseable {
    private static final int MAX_WAITING = 16;
    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_LIMIT_MS = 3000;
    private static final Logger LOG = LoggerFactory.getLogger(MeasureThread.class);

    private final Prober prober;
    private final Consumer<NodeMessage> out;
    private final ThreadPoolExecutor thread;

    MeasureThread(Prober prober, Consumer<NodeMessage> out) {
        this.prober = requireNonNull(prober, "prober is null");
        this.out = requireNonNull(out, "out is null");
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                task -> new Thread(task, "relay-measure"));
        thread.allowCoreThreadTimeOut(true);
    }

    /** Measures when its turn comes; what cannot wait any more is answered at once. Never blocks. */
    void measure(Measure order) {
        try {
            thread.execute(() -> answer(order));
        } catch (RejectedExecutionException full) {
            String problem = "more than " + MAX_WAITING + " measurements wait at this node";
            out.accept(new Measured(
                    order.measurement(),
                    order.mode(),
                    order.peers().stream()
                            .map(peer -> new PeerSample(peer.node(), Double.NaN, 0, 0, problem))
                            .toList()));
        }
    }

    private void answer(Measure order) {
        try {
            out.accept(prober.measure(order));
        } catch (RuntimeException e) {
            LOG.error("The measurement {} met an unexpected fault.", order.measurement(), e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The thread relay-measure has not ended within {} ms.", CLOSE_LIMIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
